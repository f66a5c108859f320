"""Would a cell of a kind that nobody annotated be noticed? Each class in turn tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.novelty import NoveltyKind, auroc, fit_detector
from napari_disentangle.classify.splits import deal_parts
from napari_disentangle.errors import DataError
from napari_disentangle.metrics.checks import check_codes
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

KINDS: tuple[NoveltyKind, ...] = ("mahalanobis", "neighbors")

_STAGE = "Leaving classes out"


@dataclass(frozen=True, slots=True)
class OpenSet:
    """How well each class is noticed by a detector that knows only the others.

    Attributes
    ----------
    classes : tuple of str, length C
        The class that was left out.
    counts : array, (C,), int64
        Its cells.
    auroc : mapping of str to array, (C, F)
        For each kind of novelty and each fold: how often a cell of the class is more
        novel than a held-out cell of the known classes. 0.5 is chance, 1 is best.
    """

    classes: tuple[str, ...]
    counts: NDArray[np.int64]
    auroc: dict[NoveltyKind, NDArray[np.float64]]

    def mean(self, kind: NoveltyKind) -> NDArray[np.float64]:
        """Return the mean over the folds for each class, (C,)."""
        return np.asarray(self.auroc[kind].mean(axis=1))

    def sd(self, kind: NoveltyKind) -> NDArray[np.float64]:
        """Return the standard deviation over the folds for each class, (C,)."""
        return np.asarray(self.auroc[kind].std(axis=1))


def iter_open_set(
    values: ArrayLike,
    y: NDArray[np.int64],
    classes: Sequence[str],
    *,
    groups: ArrayLike | None = None,
    folds: int = 5,
    seed: int = 0,
    kinds: Sequence[NoveltyKind] = KINDS,
) -> Task[Progress, OpenSet]:
    """Leave each class out in turn and look whether its cells seem novel.

    The other classes are split into folds; a detector learns all but one, and tells
    held-out known cells from the cells of the class that was left out.

    Parameters
    ----------
    values : array, (N, J)
        Codes, finite.
    y : array, (N,), int64
        Class of each cell as a position.
    classes : sequence of str, length C
        Their names; every class needs a cell.
    groups : array, (N,), optional
        Known cells of equal value stay together (the image they are of).
    folds : int
        Parts of the known cells.
    seed : int
        Decides the parts.
    kinds : sequence of {"mahalanobis", "neighbors"}
        Which distances.

    Raises
    ------
    DataError
        If there is one class only, a class has no cell, or there are fewer groups than
        folds.
    """
    codes, member = check_codes(values).astype(np.float64), np.asarray(y, np.int64)
    counts = np.bincount(member, minlength=len(classes))
    if len(classes) < 2 or (counts == 0).any():
        raise DataError(
            "Leaving a class out needs cells of at least two classes, and of each one "
            f"named; there are {dict(zip(classes, counts.tolist(), strict=False))}."
        )
    unit = np.arange(len(member)) if groups is None else np.asarray(groups)
    found = {kind: np.empty((len(classes), folds)) for kind in kinds}
    for left in range(len(classes)):
        known = np.flatnonzero(member != left)
        part = deal_parts(member[known], unit[known], folds, seed)
        for fold in range(folds):
            yield Progress(_STAGE, left * folds + fold, len(classes) * folds)
            train, test = known[part != fold], known[part == fold]
            for kind in kinds:
                detector = fit_detector(codes[train], member[train], kind)
                usual = detector.score(codes[test])
                novel = detector.score(codes[member == left])
                found[kind][left, fold] = auroc(usual, novel)
    yield Progress(_STAGE, len(classes) * folds, len(classes) * folds)
    return OpenSet(tuple(classes), counts, found)


def open_set(
    values: ArrayLike,
    y: NDArray[np.int64],
    classes: Sequence[str],
    *,
    groups: ArrayLike | None = None,
    folds: int = 5,
    seed: int = 0,
    kinds: Sequence[NoveltyKind] = KINDS,
) -> OpenSet:
    """Leave each class out in turn: `iter_open_set` at once."""
    return run(
        iter_open_set(
            values, y, classes, groups=groups, folds=folds, seed=seed, kinds=kinds
        )
    )
