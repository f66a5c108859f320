"""DCI: disentanglement, completeness, informativeness (Eastwood & Williams, 2018).

One estimator, the papers': importances of gradient boosted trees with exact splits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import entr

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.checks import check_codes, check_factors
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

_FLOOR = 1e-11  # keeps the entropy of an empty row defined, as in the official code
_SORTED = 10  # samples of a class, all in the last third: not a chance of 2e-5


@dataclass(frozen=True, slots=True)
class Dci:
    """DCI of a set of codes. All scores lie in [0, 1], 1 is best.

    Attributes
    ----------
    importance : array, (J, K), columns sum to 1
        Share of dimension j in predicting factor k.
    train_accuracy, test_accuracy : arrays, (K,)
        Share of samples whose factor value is predicted, on the first two thirds of the
        rows and on the rest.
    factors : tuple of str, length K
        Names of the factors.
    """

    importance: NDArray[np.float64]
    train_accuracy: NDArray[np.float64]
    test_accuracy: NDArray[np.float64]
    factors: tuple[str, ...]

    @property
    def disentanglement(self) -> float:
        """1 if every dimension serves one factor only; 0 if each serves all alike."""
        return disentanglement(self.importance)

    @property
    def completeness(self) -> float:
        """1 if every factor is served by one dimension only; 0 if by all alike."""
        return disentanglement(self.importance.T)

    @property
    def informativeness(self) -> float:
        """Mean test accuracy over the factors."""
        return float(self.test_accuracy.mean())

    def merged(self, groups: Sequence[int]) -> Dci:
        """Return the scores with dimensions of one group taken as one.

        Parameters
        ----------
        groups : sequence of int, length J
            Row that takes up each dimension's importance; its own where it stands
            alone.
        """
        importance = np.zeros_like(self.importance)
        np.add.at(importance, np.asarray(groups), self.importance)
        return Dci(importance, self.train_accuracy, self.test_accuracy, self.factors)

    def restrict(self, factors: Sequence[str]) -> Dci:
        """Return the scores of some of the factors only."""
        columns = [self.factors.index(name) for name in factors]
        return Dci(
            self.importance[:, columns],
            self.train_accuracy[columns],
            self.test_accuracy[columns],
            tuple(factors),
        )


def iter_dci(
    codes: ArrayLike,
    factors: ArrayLike,
    rng: np.random.Generator,
    *,
    names: Sequence[str] | None = None,
) -> Task[Progress, Dci]:
    """Score codes with DCI, yielding after each factor.

    Parameters
    ----------
    codes : array, (N, J)
        Codes. Trees are fitted on the first two thirds of the rows, so rows must be in
        random order.
    factors : array, (N, K)
        Value of each factor of each sample.
    rng : numpy.random.Generator
        Settles which of equally good splits is taken.
    names : sequence of str, length K, optional
        Names of the factors.

    Raises
    ------
    DataError
        If the arrays do not fit, hold NaN, a factor has a single value, or the rows are
        sorted by a factor.
    """
    from napari_disentangle.metrics.boosting import boost  # numba: slow to import

    values = check_codes(codes).astype(np.float32)
    space, positions = check_factors(factors, len(values), names)
    n_train = -(-2 * len(values) // 3)  # rounded up
    for name, column in zip(space.names, positions.T, strict=True):
        _check_order(name, column, n_train)
    fits = []
    for k, column in enumerate(positions.T):
        yield Progress("Fitting trees for DCI", k, space.n_factors)
        fit = boost(values[:n_train], column[:n_train], values[n_train:], rng)
        train = np.mean(fit.train == column[:n_train])
        test = np.mean(fit.test == column[n_train:])
        fits.append((fit.importance, train, test))
    yield Progress("Fitting trees for DCI", space.n_factors, space.n_factors)
    importance, train_accuracy, test_accuracy = zip(*fits, strict=True)
    return Dci(
        np.stack(importance, axis=1),
        np.array(train_accuracy),
        np.array(test_accuracy),
        space.names,
    )


def dci(
    codes: ArrayLike,
    factors: ArrayLike,
    rng: np.random.Generator,
    *,
    names: Sequence[str] | None = None,
) -> Dci:
    """Return the DCI of codes of samples with known factors; see `iter_dci`."""
    return run(iter_dci(codes, factors, rng, names=names))


def disentanglement(importance: NDArray[np.float64]) -> float:
    """Return how far each row serves one column only, in [0, 1], rows by their mass.

    Parameters
    ----------
    importance : array, (J, K), not negative
        Importance of row j for column k; the transpose gives the completeness. One
        column only, so nothing to confuse, scores 1; no importance at all 0.
    """
    rows = importance + _FLOOR
    rows = rows / rows.sum(axis=1, keepdims=True)
    purity = 1.0 - entr(rows).sum(axis=1) / np.log(max(importance.shape[1], 2))
    mass = importance.sum(axis=1)
    return float(purity @ mass / mass.sum()) if mass.sum() > 0 else 0.0


def _check_order(name: str, column: NDArray[np.int64], n_train: int) -> None:
    n_classes = int(column.max()) + 1
    seen = np.bincount(column[:n_train], minlength=n_classes)
    rest = np.bincount(column[n_train:], minlength=n_classes)
    if (rest[seen == 0] >= _SORTED).any():
        raise DataError(
            f"The rows are sorted by factor {name!r}: a value occurs in the last third "
            "alone, where DCI tests; shuffle codes and factors together."
        )
    if (seen > 0).sum() < 2:
        raise DataError(
            f"Factor {name!r} has a single value in the first two thirds of the rows, "
            "where DCI learns; give more samples or leave it out."
        )
