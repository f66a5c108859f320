"""The lists of the transfer benchmark: the keys of its JSON, and what tables show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class AccuracyRow:
    """A classifier of one code of one arm on one data set, over seeds.

    `balanced_accuracy_mean` is the mean over seeds of all test parts of a seed
    together, `balanced_accuracy_sd` the sample standard deviation over all test parts
    (0 of a single one). ``plain`` is without weighing classes alike.
    """

    dataset: str
    crop: str
    input: str
    finetune: str
    classifier: str
    code: str
    balanced_accuracy_mean: float
    balanced_accuracy_sd: float
    balanced_accuracy_by_seed: tuple[float, ...]
    balanced_accuracy_plain_mean: float
    accuracy_mean: float
    macro_f1_mean: float
    n: int
    n_test: int
    parts: int
    seeds: int


@dataclass(frozen=True, slots=True)
class DisentanglementRow:
    """Scores of Source images before and after a fine-tuning; names; what it cost.

    `persistence` is, by dimension, the correlation with itself before; `swapped` and
    `silent` count fine-tunings after which some dimension is.
    """

    dataset: str
    crop: str
    input: str
    finetune: str
    omes_before: float
    omes_after: float
    omes_after_sd: float
    dci_before: float
    dci_after: float
    dci_after_sd: float
    dci_retained: float
    dci_without_orientation_before: float
    dci_without_orientation_after: float
    mig_before: float
    mig_after: float
    mig_after_sd: float
    persistence: dict[str, float]
    swapped: int
    silent: int
    seconds: float
    n_train: int
    fine_tunings: int
    seeds: int


@dataclass(frozen=True, slots=True)
class NameRow:
    """Rank correlation of a named dimension with a classical measure of the cells."""

    dataset: str
    crop: str
    input: str
    finetune: str
    factor: str
    measure: str
    rho_mean: float
    rho_sd: float
    abs_rho_mean: float


@dataclass(frozen=True, slots=True)
class BeyondRow:
    """Balanced accuracy of an arm beyond the papers' table, `width` numbers a cell.

    `variant` tells what was tried, see `recipes.transfer.plan.Arm`; `dci_retained` is
    None for controls.
    """

    dataset: str
    crop: str
    input: str
    finetune: str
    variant: str
    width: int
    classifier: str
    balanced_accuracy_mean: float
    balanced_accuracy_sd: float
    balanced_accuracy_by_seed: tuple[float, ...]
    dci_retained: float | None
    n: int
    seeds: int


@dataclass(frozen=True, slots=True)
class OpenSetRow:
    """How well a class that was left out is told from held-out known cells."""

    dataset: str
    crop: str
    held_out: str
    method: str
    input: str
    finetune: str
    code: str
    distance: str
    auroc_mean: float
    auroc_sd: float
    seeds: int


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A data set: crops of each class, images, and what was left out, by reason.

    `copies` counts images with the very pixels of another one, which no split parts;
    `contradictions` those of them that are in another class.
    """

    dataset: str
    crop: str
    counts: dict[str, int]
    images: int
    skipped: dict[str, int]
    copies: int = 0
    contradictions: int = 0


@dataclass(frozen=True, slots=True)
class TransferRows:
    """All lists of a benchmark.

    Attributes
    ----------
    accuracy, disentanglement, names, open_set, targets, beyond : tuple of rows
        Each may be empty but `targets`.
    notes : tuple of str
        What was left out, a sentence each.
    seconds : float
        Time that the run took.
    n_labels : int
        Labels a class of the arms that use few.
    """

    accuracy: tuple[AccuracyRow, ...]
    disentanglement: tuple[DisentanglementRow, ...]
    names: tuple[NameRow, ...]
    open_set: tuple[OpenSetRow, ...]
    targets: tuple[TargetRow, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    n_labels: int = 20
    beyond: tuple[BeyondRow, ...] = ()

    def sets(self) -> Iterator[tuple[str, str, list[AccuracyRow]]]:
        """Yield name, crop and accuracies of each data set, in order."""
        for each in self.targets:
            where = (each.dataset, each.crop)
            mine = [row for row in self.accuracy if (row.dataset, row.crop) == where]
            yield *where, mine
