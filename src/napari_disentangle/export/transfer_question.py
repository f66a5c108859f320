"""Does a Source model pay: its codes against the best control of equal width."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING

from napari_disentangle.export.markdown import markdown_table
from napari_disentangle.export.transfer_tables import FINETUNES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from napari_disentangle.export.transfer_rows import AccuracyRow, TransferRows

_CONTROLS = ("pca", "scratch")
_INPUTS = ("features", "pixels")
_UNLABELED = ("none", "paper", "anchored")
_VERDICTS = ("higher", "lower", "equal")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One code of one target, and the best control of its width.

    Attributes
    ----------
    target, crop : str
        The cells.
    ours, control : AccuracyRow
        What is compared, each with the better of its classifiers.
    """

    target: str
    crop: str
    ours: AccuracyRow
    control: AccuracyRow

    @property
    def gap(self) -> float:
        """How much more accurate ours is; a share of 1."""
        return self.ours.balanced_accuracy_mean - self.control.balanced_accuracy_mean

    @property
    def noise(self) -> float:
        """The standard deviations of both over all test parts, added as squares."""
        return hypot(self.ours.balanced_accuracy_sd, self.control.balanced_accuracy_sd)

    @property
    def verdict(self) -> str:
        """``higher`` or ``lower`` by more than the noise, or ``equal``."""
        if abs(self.gap) <= self.noise:
            return "equal"
        return "higher" if self.gap > 0 else "lower"


def open_question(found: TransferRows) -> list[str]:
    """Return how codes through a Source model compare with the best control."""
    anchored = list(_compare(found, "features", "anchored"))
    if not anchored:
        return []
    head = ["target", "crops", "code", "anchored", "best control of equal width"]
    verdicts = [each.verdict for each in anchored]
    answer = (
        f"Of {len(anchored)} comparisons of anchored fine-tuning, without labels, with "
        f"the better of principal components and an autoencoder from scratch, accuracy "
        f"is higher in {verdicts.count('higher')}, lower in {verdicts.count('lower')}, "
        f"and within the spread in {verdicts.count('equal')}."
    )
    rows = [_row(each) for each in anchored]
    table = markdown_table([*head, "difference", "accuracy is"], rows)
    return [answer, "", *table, *_every_way(found)]


def best(
    rows: Iterable[AccuracyRow],
    inputs: Sequence[str],
    code: str,
    finetune: str = "none",
) -> AccuracyRow | None:
    """Return the row of the most accurate classifier, None if there is none."""
    mine = [
        row
        for row in rows
        if row.input in inputs and (row.code, row.finetune) == (code, finetune)
    ]
    return max(mine, key=lambda row: row.balanced_accuracy_mean, default=None)


def _compare(found: TransferRows, kind: str, finetune: str) -> Iterator[Comparison]:
    for name, crop, rows in found.sets():
        for code in ("named", "all"):
            ours = best(rows, [kind], code, finetune)
            control = best(rows, _CONTROLS, code)
            if ours is not None and control is not None:
                yield Comparison(name, crop, ours, control)


def _row(each: Comparison) -> list[str]:
    difference = f"{100 * each.gap:+.1f} ± {100 * each.noise:.1f}"
    words = [_words(each.ours), _words(each.control), difference, each.verdict]
    return [each.target, each.crop, each.ours.code, *words]


def _every_way(found: TransferRows) -> list[str]:
    """Return the verdicts on each way through a Source model that needs no label."""
    rows = []
    for kind in _INPUTS:
        for finetune in _UNLABELED:
            compared = list(_compare(found, kind, finetune))
            verdicts = [each.verdict for each in compared]
            counts = [str(verdicts.count(verdict)) for verdict in _VERDICTS]
            wins = [_where(each) for each in compared if each.verdict == "higher"]
            if compared:
                rows.append(
                    [kind, FINETUNES[finetune], *counts, "; ".join(wins) or "-"]
                )
    reading = (
        "The same comparisons for every way through a Source model without labels:"
    )
    head = ["input", "fine-tuning", *_VERDICTS, "where it is higher"]
    return [reading, "", *markdown_table(head, rows)]


def _where(each: Comparison) -> str:
    ours, control = (
        100 * row.balanced_accuracy_mean for row in (each.ours, each.control)
    )
    where = f"{each.target} {each.crop}, {each.ours.code}"
    return f"{where}: {ours:.1f} against {control:.1f} ({each.control.input})"


def _words(row: AccuracyRow) -> str:
    mean, sd = 100 * row.balanced_accuracy_mean, 100 * row.balanced_accuracy_sd
    return f"{mean:.1f} ± {sd:.1f} ({row.input}, {row.classifier.upper()})"
