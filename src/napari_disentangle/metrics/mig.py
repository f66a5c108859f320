"""MIG, mutual information gap (Chen et al., 2018), as computed in the papers' code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.metrics.checks import check_codes, check_factors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

N_BINS = 20
"""Equal-width bins between the extremes of a dimension."""


@dataclass(frozen=True, slots=True)
class Mig:
    """Mutual information gap, in [0, 1]: 1 is best, 0 is chance.

    Attributes
    ----------
    per_factor : array, (K,)
        Gap between the two most informative dimensions, as a share of the factor's
        entropy.
    information : array, (J, K), nats
        Mutual information of each binned dimension with each factor.
    entropy : array, (K,), nats
        Entropy of each factor.
    factors : tuple of str, length K
        Names of the factors.
    """

    per_factor: NDArray[np.float64]
    information: NDArray[np.float64]
    entropy: NDArray[np.float64]
    factors: tuple[str, ...]

    @property
    def value(self) -> float:
        """Mean over the factors."""
        return float(self.per_factor.mean())

    def restrict(self, factors: Sequence[str]) -> Mig:
        """Return the scores of some of the factors only."""
        columns = [self.factors.index(name) for name in factors]
        return Mig(
            self.per_factor[columns],
            self.information[:, columns],
            self.entropy[columns],
            tuple(factors),
        )


def mig(
    codes: ArrayLike, factors: ArrayLike, *, names: Sequence[str] | None = None
) -> Mig:
    """Return the mutual information gap of codes of samples with known factors.

    Parameters
    ----------
    codes : array, (N, J)
        Codes. A constant dimension carries no information; with J = 1 the gap is the
        information itself.
    factors : array, (N, K)
        Value of each factor of each sample.
    names : sequence of str, length K, optional
        Names of the factors.

    Raises
    ------
    DataError
        If the arrays do not fit, hold NaN, or a factor has a single value.
    """
    values = check_codes(codes)
    space, positions = check_factors(factors, len(values), names)
    bins = [_bins(column) for column in values.T]
    pairs = list(zip(positions.T, space.sizes, strict=True))
    information = np.array([[_shared(b, k, n) for k, n in pairs] for b in bins])
    entropy = np.array([_entropy(np.bincount(k)) for k, _ in pairs])
    ranked = np.sort(np.vstack([np.zeros(len(pairs)), information]), axis=0)
    gap = (ranked[-1] - ranked[-2]) / entropy
    return Mig(gap, information, entropy, space.names)


def _bins(column: NDArray[np.floating]) -> NDArray[np.int64]:
    finest = float(np.spacing(np.abs(column).max()))
    if np.ptp(column) <= N_BINS * finest:  # constant but for rounding
        return np.zeros(len(column), np.int64)
    edges = np.histogram_bin_edges(column, N_BINS)
    inner = np.digitize(column, edges[:-1])  # the maximum falls into the last bin
    return np.asarray(inner - 1, np.int64)


def _shared(
    bins: NDArray[np.int64], classes: NDArray[np.int64], n_classes: int
) -> float:
    """Return the mutual information of two integer columns, in nats."""
    table = np.bincount(bins * n_classes + classes, minlength=N_BINS * n_classes)
    table = table.reshape(N_BINS, n_classes)
    return _entropy(table.sum(axis=0)) + _entropy(table.sum(axis=1)) - _entropy(table)


def _entropy(counts: NDArray[np.int64]) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log(share)).sum())
