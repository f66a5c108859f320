"""How strongly codes follow measurements, with intervals.

Straight quantities by Spearman's rank correlation, angles by the rank version of the
circular-linear correlation, known factors by how well they order the codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    _Expect = Callable[[NDArray[np.int64], NDArray[np.int64]], Array]

MIN_SAMPLES = 8
"""Of fewer samples no association is told."""

_RESAMPLES = 400


@dataclass(frozen=True, slots=True)
class Association:
    """An estimate with its interval.

    Attributes
    ----------
    value : float
        Rank correlation in [-1, 1]; of an angle in [0, 1], without a sign.
    low, high : float
        Interval of the chosen confidence.
    n : int
        Samples it rests on.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def weakest(self) -> float:
        """The end of the interval nearer to 0 in absolute value; 0 if it crosses 0."""
        if self.low <= 0 <= self.high:
            return 0.0
        return min(abs(self.low), abs(self.high))


def rank_correlation(
    x: ArrayLike, y: ArrayLike, *, confidence: float = 0.95
) -> Association | None:
    """Return Spearman's rank correlation, None where it is not defined.

    The interval is Fisher's, with the variance of ranks of Bonett and Wright (2000),
    ``(1 + rho^2 / 2) / (n - 3)``.

    Parameters
    ----------
    x, y : array, (N,)
        Samples; pairs with NaN or infinity are left out.
    confidence : float
        Probability that the interval covers, in (0, 1).
    """
    known = np.isfinite(x) & np.isfinite(y)
    a, b = ranks(np.asarray(x)[known]), ranks(np.asarray(y)[known])
    n = len(a)
    if n < MIN_SAMPLES or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    rho = float(np.corrcoef(a, b)[0, 1])
    reach = _quantile(confidence) * np.sqrt((1 + rho**2 / 2) / (n - 3))
    center = np.arctanh(np.clip(rho, -1 + 1e-9, 1 - 1e-9))
    low, high = np.tanh([center - reach, center + reach])
    return Association(rho, float(min(low, rho)), float(max(high, rho)), n)


def circular_correlation(
    x: ArrayLike,
    angle: ArrayLike,
    rng: np.random.Generator,
    *,
    period: float = np.pi,
    confidence: float = 0.95,
) -> Association | None:
    """Return how well an angle tells the rank of `x`, in [0, 1], None if undefined.

    The multiple correlation of the ranks with sine and cosine of the angle (Mardia,
    1976), corrected for the two numbers that are fitted, so that chance gives about 0.
    The interval is the bootstrap's.

    Parameters
    ----------
    x : array, (N,)
        Samples; pairs with NaN or infinity are left out.
    angle : array, (N,)
        Angles in radians.
    rng : numpy.random.Generator
        Draws the resamples.
    period : float
        After which angle everything is the same; pi for an axis.
    confidence : float
        Probability that the interval covers, in (0, 1).
    """
    known = np.isfinite(x) & np.isfinite(angle)
    values = np.asarray(x, np.float64)[known]
    turn = np.asarray(angle, np.float64)[known] * (2 * np.pi / period)
    n = len(values)
    if n < MIN_SAMPLES or np.ptp(values) == 0:
        return None
    draws = rng.integers(0, n, (_RESAMPLES, n))
    tail = (1 - confidence) / 2
    low, high = np.quantile(_circular(values[draws], turn[draws]), [tail, 1 - tail])
    value = float(_circular(values[None], turn[None])[0])
    return Association(value, float(min(low, value)), float(max(high, value)), n)


def ordered_correlation(
    x: ArrayLike, group: ArrayLike, rng: np.random.Generator
) -> float | None:
    """Return how well groups without a natural order rank `x`, in [-1, 1].

    Groups are ordered by their mean in one half of the samples and Spearman's rank
    correlation is taken in the other, both ways, so that the order is never learned
    where it is tested. 1: groups are told apart; 0: `x` knows nothing of them.

    Parameters
    ----------
    x : array, (N,)
        Samples.
    group : array, (N,)
        The group of each.
    rng : numpy.random.Generator
        Splits the samples.
    """
    values, groups = np.asarray(x, np.float64), np.asarray(group)

    def expect(rows: NDArray[np.int64], there: NDArray[np.int64]) -> Array:
        names, place = np.unique(groups[rows], return_inverse=True)
        means = np.bincount(place, values[rows]) / np.bincount(place)
        known = dict(zip(names.tolist(), means, strict=True))
        return np.array([known.get(name, np.nan) for name in groups[there].tolist()])

    return _crossed(values, expect, rng)


def turned_correlation(
    x: ArrayLike,
    angle: ArrayLike,
    group: ArrayLike,
    rng: np.random.Generator,
    *,
    harmonics: tuple[int, ...] = (1, 2, 4),
) -> float | None:
    """Return how well true angles rank `x`, given what kind of object it is.

    What an angle does to a code depends on the symmetry of the object, so the ranks of
    `x` are regressed, in each group, on sine and cosine of multiples of the angle; as
    in `ordered_correlation`, what is fitted on one half is tested on the other.

    Parameters
    ----------
    x : array, (N,)
        Samples.
    angle : array, (N,)
        True angles in radians, of the full circle.
    group : array, (N,)
        Objects of one symmetry each.
    rng : numpy.random.Generator
        Splits the samples.
    harmonics : tuple of int
        Multiples of the angle; 4 is the symmetry of a square.
    """
    values, groups = ranks(x), np.asarray(group)
    turns = np.asarray(angle, np.float64)[:, None] * np.asarray(harmonics)
    waves = np.hstack([np.ones((len(turns), 1)), np.cos(turns), np.sin(turns)])

    def expect(rows: NDArray[np.int64], there: NDArray[np.int64]) -> Array:
        expected = np.full(len(there), np.nan)
        for name in np.unique(groups):
            seen, new = rows[groups[rows] == name], groups[there] == name
            if len(seen) > 2 * waves.shape[1]:
                weights = np.linalg.lstsq(waves[seen], values[seen], rcond=None)[0]
                expected[new] = waves[there[new]] @ weights
        return expected

    return _crossed(values, expect, rng)


def ranks(x: ArrayLike) -> Array:
    """Return ranks from 1, (N,); ties share their mean rank.

    Raises
    ------
    DataError
        If `x` is not one row of numbers.
    """
    from scipy.stats import rankdata

    values = np.asarray(x, np.float64)
    if values.ndim != 1:
        raise DataError(f"Ranks need one row of numbers; got shape {values.shape}.")
    ranked: Array = rankdata(values)
    return ranked


def _crossed(values: Array, expect: _Expect, rng: np.random.Generator) -> float | None:
    """Return the mean rank correlation of both halves with what the other expects."""
    order = rng.permutation(len(values))
    halves = order[::2], order[1::2]
    found = [
        rank_correlation(values[there], expect(here, there))
        for here, there in (halves, halves[::-1])
    ]
    if any(each is None for each in found):
        return None
    return float(np.mean([each.value for each in found if each is not None]))


def _circular(values: Array, turn: Array) -> Array:
    """Return the correlation of each row of (B, N) values with (B, N) turns, (B,)."""
    from scipy.stats import rankdata

    n = values.shape[-1]
    y = rankdata(values, axis=-1) - (n + 1) / 2
    waves = np.stack([np.cos(turn), np.sin(turn)], axis=-1)  # (B, N, 2)
    waves -= waves.mean(axis=-2, keepdims=True)
    inner = waves.swapaxes(-1, -2) @ waves
    outer = waves.swapaxes(-1, -2) @ y[..., None]  # (B, 2, 1)
    told = (outer * (np.linalg.pinv(inner, hermitian=True) @ outer)).sum(axis=(-1, -2))
    total = np.maximum(np.square(y).sum(axis=-1), 1e-12)
    left = 1 - told / total
    return np.asarray(np.sqrt(np.maximum(0, 1 - left * (n - 1) / (n - 3))))


def _quantile(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)
