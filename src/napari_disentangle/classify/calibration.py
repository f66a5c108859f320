"""Whether a probability of 0.9 is right in nine of ten cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """Reliability of the probabilities of predicted classes.

    Attributes
    ----------
    edges : array, (B + 1,)
        Edges of the bins of probability, 0 to 1.
    counts : array, (B,), int64
        Predictions in each bin.
    probability : array, (B,)
        Their mean probability; NaN for an empty bin.
    accuracy : array, (B,)
        Share of them that are right; NaN for an empty bin.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    probability: NDArray[np.float64]
    accuracy: NDArray[np.float64]

    @property
    def ece(self) -> float:
        """Expected calibration error: mean gap of both over all predictions [1]_.

        References
        ----------
        .. [1] Guo et al., "On calibration of modern neural networks", ICML 2017.
        """
        full = self.counts > 0
        gap = np.abs(self.probability - self.accuracy)[full]
        return float(gap @ self.counts[full] / self.counts.sum())


def calibrate(
    probability: NDArray[np.float64], right: NDArray[np.bool_], bins: int = _BINS
) -> Calibration:
    """Compare probabilities with how often they are right, in bins of equal width.

    Parameters
    ----------
    probability : array, (N,), in [0, 1]
        Probability of each prediction.
    right : array, (N,), bool
        Whether it was right.
    bins : int
        Number of bins; a probability on an edge belongs to the lower bin.
    """
    edges = np.linspace(0, 1, bins + 1)
    at = np.clip(np.ceil(probability * bins).astype(np.int64) - 1, 0, bins - 1)
    counts = np.bincount(at, minlength=bins)
    mean, share = np.full(bins, np.nan), np.full(bins, np.nan)
    full = counts > 0
    mean[full] = np.bincount(at, probability, bins)[full] / counts[full]
    share[full] = np.bincount(at, right, bins)[full] / counts[full]
    return Calibration(edges, counts, mean, share)
