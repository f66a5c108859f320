"""A user's cells as batches: which are learned from, kept out, and annotated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from numpy.typing import NDArray

    from napari_disentangle.training.finetune_config import FinetuneConfig

_MIN_GROUPS = 5
_MOST_KEPT_OUT = 1024
_SPLIT, _LABELS = 11, 12  # seeds of their own, so that one choice never moves another


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Inputs of N cells and what each is used for.

    Attributes
    ----------
    values : array, (N, ...), float32 scaled features, or uint8 pixels
        Inputs of the autoencoder; may be memory-mapped.
    train : array, (n,)
        Rows to learn from.
    validation : array, (m,)
        Rows kept out; empty if none are.
    annotated : array, (k,)
        Training rows whose class is used, sorted by class.
    classes : array, (k,)
        Their classes, 0 to `n_classes` - 1.
    n_classes : int
        Number of classes; 0 if none are used.
    """

    values: NDArray[np.float32] | NDArray[np.uint8]
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    annotated: NDArray[np.int64]
    classes: NDArray[np.int64]
    n_classes: int

    @classmethod
    def split(
        cls,
        values: NDArray[np.float32] | NDArray[np.uint8],
        config: FinetuneConfig,
        labels: NDArray[np.int64] | None = None,
        groups: NDArray[np.int64] | None = None,
    ) -> Self:
        """Split cells by the config's seed.

        Parameters
        ----------
        values : array, (N, ...)
            Inputs.
        config : FinetuneConfig
            Shares and number of annotated cells.
        labels : array, (N,), optional
            Class of each cell from 0 on, -1 where it is unknown.
        groups : array, (N,), optional
            Image of each cell; whole images are kept out if there are five or more.

        Raises
        ------
        DataError
            If there are fewer than two cells to learn from, lengths differ, or classes
            are to be used and fewer than two have cells.
        """
        for name, given in (("labels", labels), ("groups", groups)):
            if given is not None and len(given) != len(values):
                raise DataError(
                    f"There are {len(values)} cells but {len(given)} {name}; give one "
                    f"for each cell."
                )
        kept_out = _choose_kept_out(len(values), groups, config)
        train = np.setdiff1d(np.arange(len(values)), kept_out)
        if len(train) < 2:
            raise DataError(
                f"Fine-tuning needs at least two cells to learn from; got {len(train)}."
            )
        rows, classes, n = _choose_annotated(train, labels, config)
        return cls(values, train, kept_out, rows, classes, n)

    def batches(
        self, size: int, rng: np.random.Generator
    ) -> Iterator[NDArray[np.int64]]:
        """Yield the training rows in random order, in batches of equal size."""
        order = rng.permutation(self.train)
        yield from np.array_split(order, -(-len(order) // size))

    def looked_at(self) -> NDArray[np.int64]:
        """Return the rows that losses are reported on, at most 1,024."""
        rows = self.validation if len(self.validation) else self.train
        picked = np.linspace(0, len(rows) - 1, min(len(rows), _MOST_KEPT_OUT))
        return rows[np.unique(picked.astype(np.int64))]

    def draw_annotated(self, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return places in `annotated`, (size,), each class as likely as any other."""
        counts = np.bincount(self.classes, minlength=self.n_classes)
        starts = np.cumsum(counts) - counts
        drawn = rng.choice(np.flatnonzero(counts), size)
        return np.asarray(starts[drawn] + rng.integers(0, counts[drawn]), np.int64)


def _choose_kept_out(
    n: int, groups: NDArray[np.int64] | None, config: FinetuneConfig
) -> NDArray[np.int64]:
    """Return the rows of the validation, sorted."""
    if config.validation == 0:
        return np.empty(0, np.int64)
    if groups is None or len(np.unique(groups)) < _MIN_GROUPS:
        groups = np.arange(n)
    names = np.unique(groups)
    rng = np.random.default_rng((config.seed, _SPLIT))
    count = max(1, round(config.validation * len(names)))
    return np.flatnonzero(np.isin(groups, rng.permutation(names)[:count]))


def _choose_annotated(
    train: NDArray[np.int64],
    labels: NDArray[np.int64] | None,
    config: FinetuneConfig,
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return training rows whose class is used, their classes, and how many there are.

    Classes are counted over all cells, those without training cells included.
    """
    if config.class_weight == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64), 0
    known = np.full(len(train), -1) if labels is None else labels[train]
    classes = np.unique(known[known >= 0])
    if labels is None or len(classes) < 2:
        raise DataError(
            f"Fine-tuning with class_weight {config.class_weight:g} needs annotated "
            f"cells of two classes or more; got {len(classes)}. Annotate cells, or set "
            f"class_weight to 0."
        )
    rng = np.random.default_rng((config.seed, _LABELS))
    most = config.labels_per_class or len(train)
    rows = [rng.permutation(train[known == c])[:most] for c in classes]
    used = np.concatenate(rows)
    return used, labels[used].astype(np.int64), int(labels.max()) + 1
