"""How good predictions are; balanced accuracy first, as in the papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.calibration import Calibration, calibrate
from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of predictions of C classes.

    Classes without a cell have no recall (NaN) and count in no mean.

    Attributes
    ----------
    classes : tuple of str, length C
        Names of the classes.
    confusion : array, (C, C), int64
        Cells of class i (row) predicted as class j (column).
    calibration : Calibration
        Whether probabilities mean what they say.
    """

    classes: tuple[str, ...]
    confusion: NDArray[np.int64]
    calibration: Calibration

    @property
    def counts(self) -> NDArray[np.int64]:
        """Cells of each class, (C,)."""
        return np.asarray(self.confusion.sum(axis=1))

    @property
    def n(self) -> int:
        """Number of cells."""
        return int(self.confusion.sum())

    @property
    def recall(self) -> NDArray[np.float64]:
        """Share of each class that was found, (C,)."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=1))

    @property
    def precision(self) -> NDArray[np.float64]:
        """Share of predictions of each class that are right, (C,)."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=0))

    @property
    def f1(self) -> NDArray[np.float64]:
        """Harmonic mean of recall and precision, (C,); 0 for a class never right."""
        both = self.confusion.sum(axis=0) + self.confusion.sum(axis=1)
        return _ratio(2 * np.diag(self.confusion), both)

    @property
    def balanced_accuracy(self) -> float:
        """Mean recall over the classes."""
        return float(np.nanmean(self.recall))

    @property
    def accuracy(self) -> float:
        """Share of right predictions."""
        return float(np.trace(self.confusion) / self.n)

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the classes that occur or are predicted."""
        return float(np.nanmean(self.f1))

    @property
    def chance(self) -> float:
        """Balanced accuracy of a guess: 1 over the number of classes that occur."""
        return 1.0 / int((self.counts > 0).sum())


def score(y: ArrayLike, probability: ArrayLike, classes: Sequence[str] = ()) -> Scores:
    """Score probabilities against known classes.

    Parameters
    ----------
    y : array, (N,), int
        Class of each cell as a position.
    probability : array, (N, C)
        Probability of each class; the largest is the prediction.
    classes : sequence of str, length C
        Their names; by default their positions.

    Raises
    ------
    DataError
        If there is no cell, shapes do not fit, or a probability is NaN.
    """
    known = np.asarray(y, np.int64)
    chance = np.asarray(probability, np.float64)
    if chance.ndim != 2 or known.shape != chance.shape[:1] or len(known) == 0:
        raise DataError(
            f"Classes {known.shape} and probabilities {chance.shape} cannot be scored; "
            "give one class and one row of probabilities for each of one or more cells."
        )
    if not np.isfinite(chance).all():
        raise DataError(
            "Some probabilities are NaN; score only cells that have a prediction."
        )
    n_classes = chance.shape[1]
    names = tuple(classes) or tuple(str(k) for k in range(n_classes))
    predicted = chance.argmax(axis=1)
    confusion = np.zeros((n_classes, n_classes), np.int64)
    np.add.at(confusion, (known, predicted), 1)
    sure = chance.max(axis=1)
    return Scores(names, confusion, calibrate(sure, predicted == known))


@dataclass(frozen=True, slots=True)
class Abstention:
    """What abstaining below a probability costs and gains.

    Attributes
    ----------
    min_probability : array, (T,)
        Thresholds.
    coverage : array, (T,)
        Share of cells that still get a prediction.
    balanced_accuracy : array, (T,)
        Balanced accuracy on them, over the classes that are left; NaN if none is.
    """

    min_probability: NDArray[np.float64]
    coverage: NDArray[np.float64]
    balanced_accuracy: NDArray[np.float64]


def abstention(
    y: ArrayLike, probability: ArrayLike, thresholds: ArrayLike
) -> Abstention:
    """Return what is left, and how good it is, if improbable predictions are withheld.

    Parameters
    ----------
    y : array, (N,), int
        Class of each cell.
    probability : array, (N, C)
        Probability of each class.
    thresholds : array, (T,)
        Least probability of the predicted class.
    """
    known, chance = np.asarray(y), np.asarray(probability, np.float64)
    least = np.asarray(thresholds, np.float64)
    kept = [chance.max(axis=1) >= at for at in least]
    good = [
        score(known[k], chance[k]).balanced_accuracy if k.any() else np.nan
        for k in kept
    ]
    return Abstention(least, np.array([k.mean() for k in kept]), np.array(good))


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return part / whole, NaN where the whole is 0."""
    share = np.full(len(whole), np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share
