"""Repeated cross-validation: every cell judged by classifiers that never saw it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.models import iter_fit
from napari_disentangle.classify.scores import Scores, score
from napari_disentangle.metrics.checks import check_codes
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from napari_disentangle.classify.config import ClassifierConfig
    from napari_disentangle.classify.models import Fitted
    from napari_disentangle.classify.splits import Split

STAGE = "Cross-validating"


@dataclass(frozen=True, slots=True)
class Spread:
    """A number and how much it varies.

    Attributes
    ----------
    mean : float
        Mean over the repeats, each of which tests every cell once.
    sd : float
        Standard deviation over all folds of all repeats: how far the same score on
        other cells, as few as a fold has, may lie.
    """

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """What a repeated cross-validation found.

    Attributes
    ----------
    y : array, (N,), int64
        Class of each cell.
    classes : tuple of str, length C
        Names of the classes.
    splits : tuple of Split
        Repeat after repeat.
    fits : tuple of Fitted
        The classifier of each split.
    probabilities : array, (R, N, C)
        Probabilities from the classifier that did not see the cell, in each repeat.
    """

    y: NDArray[np.int64]
    classes: tuple[str, ...]
    splits: tuple[Split, ...]
    fits: tuple[Fitted, ...]
    probabilities: NDArray[np.float64]

    @property
    def out_of_fold(self) -> NDArray[np.float64]:
        """Mean over the repeats of the probabilities of each cell, (N, C)."""
        return np.asarray(self.probabilities.mean(axis=0))

    @property
    def scores(self) -> Scores:
        """Scores of the mean probabilities: each cell counts once."""
        return score(self.y, self.out_of_fold, self.classes)

    def spread(self, of: Callable[[Scores], float]) -> Spread:
        """Return mean and spread of a score, such as ``lambda s: s.macro_f1``."""
        repeats = [of(score(self.y, p, self.classes)) for p in self.probabilities]
        folds = [
            of(score(self.y[s.test], self.probabilities[s.repeat, s.test]))
            for s in self.splits
        ]
        return Spread(float(np.mean(repeats)), float(np.std(folds)))

    @property
    def balanced_accuracy(self) -> Spread:
        """Balanced accuracy with its spread."""
        return self.spread(lambda scores: scores.balanced_accuracy)


def iter_cross_validate(
    values: ArrayLike,
    y: NDArray[np.int64],
    config: ClassifierConfig,
    splits: Sequence[Split],
    rng: np.random.Generator,
    *,
    classes: Sequence[str],
) -> Task[Progress, CrossValidation]:
    """Train and test a classifier on each split.

    Parameters
    ----------
    values : array, (N, J)
        Codes, finite. They are standardized within each training part.
    y : array, (N,), int64
        Class of each cell as a position in `classes`.
    config : ClassifierConfig
        Kind and settings.
    splits : sequence of Split
        As of `splits.split_folds`: each repeat tests each row once.
    rng : numpy.random.Generator
        Decides weights and order of samples.
    classes : sequence of str
        Names of all classes.

    Raises
    ------
    DataError
        If codes hold NaN, lengths differ, or a training part has one class only.
    """
    codes = check_codes(values).astype(np.float32)
    repeats = 1 + max(split.repeat for split in splits)
    chance = np.full((repeats, len(codes), len(classes)), np.nan)
    fits = []
    for done, (split, own) in enumerate(
        zip(splits, rng.spawn(len(splits)), strict=True)
    ):
        yield Progress(STAGE, done, len(splits))
        fitting = iter_fit(
            codes[split.train], y[split.train], config, own, n_classes=len(classes)
        )
        fitted = yield from _as_part(fitting, done, len(splits))
        chance[split.repeat, split.test] = fitted.probabilities(codes[split.test])
        fits.append(fitted)
    yield Progress(STAGE, len(splits), len(splits))
    return CrossValidation(y, tuple(classes), tuple(splits), tuple(fits), chance)


def cross_validate(
    values: ArrayLike,
    y: NDArray[np.int64],
    config: ClassifierConfig,
    splits: Sequence[Split],
    rng: np.random.Generator,
    *,
    classes: Sequence[str],
) -> CrossValidation:
    """Train and test a classifier on each split: `iter_cross_validate` at once."""
    return run(iter_cross_validate(values, y, config, splits, rng, classes=classes))


def _as_part(
    task: Task[Progress, Fitted], done: int, total: int
) -> Task[Progress, Fitted]:
    """Run a task, telling of it only that the whole goes on."""
    while True:
        try:
            next(task)
        except StopIteration as stop:
            fitted: Fitted = stop.value
            return fitted
        yield Progress(STAGE, done, total)
