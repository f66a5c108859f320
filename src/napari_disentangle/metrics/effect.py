"""How far two groups of cells lie apart in one number, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.association import ranks

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

MIN_GROUP = 3
"""Of smaller groups no effect is told."""

MIN_CLEAR = 4
"""In smaller groups the bootstrap interval is too narrow: of two groups of three that
do not differ, it leaves out 0 in 18 % of cases, of four in about 6 %."""

_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Effect:
    """How far group B lies above group A.

    Attributes
    ----------
    delta, delta_low, delta_high : float
        Cliff's delta, in [-1, 1], and its interval: the share of pairs in which B is
        higher, minus the share in which it is lower. NaN where nothing is tested.
    gap, gap_low, gap_high : float
        Mean of B minus mean of A, in the unit of the values, and its interval.
    d, d_low, d_high : float
        The same in sd: Cohen's d, in the pooled sd of both groups, or Hedges' g_av
        where units are paired (`metrics.paired`). NaN where nothing spreads.
    n_a, n_b : int
        Units compared: samples, or images where `unit` is ``image``.
    unit : str
        ``cell``, ``image``, or what images were paired by: ``day``, ``slide``, ...
    paired : bool
        Whether each unit has both groups: see `metrics.paired`.
    """

    delta: float
    delta_low: float
    delta_high: float
    gap: float
    gap_low: float
    gap_high: float
    d: float
    d_low: float
    d_high: float
    n_a: int
    n_b: int
    unit: str
    paired: bool = False

    @property
    def is_tested(self) -> bool:
        """Whether there are intervals; without them the numbers only describe."""
        return bool(np.isfinite(self.delta_low))

    @property
    def is_clear(self) -> bool:
        """Whether the interval of Cliff's delta leaves out 0; never of tiny groups."""
        enough = min(self.n_a, self.n_b) >= MIN_CLEAR
        return enough and (self.delta_low > 0 or self.delta_high < 0)


def effect(
    a: ArrayLike,
    b: ArrayLike,
    rng: np.random.Generator,
    *,
    unit: str = "cell",
    confidence: float = 0.95,
) -> Effect:
    """Return how far group `b` lies above group `a`, with bootstrap intervals.

    Parameters
    ----------
    a, b : array, (n,) and (m,)
        Independent samples of each group; cells of one image are not independent, so
        pass means of images where there are several images a group (`image_means`).
    rng : numpy.random.Generator
        Draws the resamples.
    unit : str
        What a sample is, for the reader.
    confidence : float
        Probability that the intervals cover, in (0, 1).

    Raises
    ------
    DataError
        If a group has fewer than `MIN_GROUP` samples, or one is not finite.
    """
    groups = checked_groups(a, b, unit)
    draws = [
        each[rng.integers(0, len(each), (_RESAMPLES, len(each)))] for each in groups
    ]
    tail = (1 - confidence) / 2
    deltas = np.array([cliff(x, y) for x, y in zip(*draws, strict=True)])
    d = float(cohen(groups[0][None], groups[1][None])[0])
    gaps, distances = mean_gap(*draws), cohen(*draws)
    delta_low, delta_high = np.quantile(deltas, [tail, 1 - tail])
    gap_low, gap_high = np.quantile(gaps, [tail, 1 - tail])
    known = distances[np.isfinite(distances)] if np.isfinite(d) else np.array([np.nan])
    d_low, d_high = np.quantile(known, [tail, 1 - tail])
    return Effect(
        delta=cliff(*groups),
        delta_low=float(delta_low),
        delta_high=float(delta_high),
        gap=float(mean_gap(*groups)),
        gap_low=float(gap_low),
        gap_high=float(gap_high),
        d=d,
        d_low=float(d_low),
        d_high=float(d_high),
        n_a=len(groups[0]),
        n_b=len(groups[1]),
        unit=unit,
    )


def checked_groups(a: ArrayLike, b: ArrayLike, unit: str) -> tuple[Array, Array]:
    """Return both groups as arrays, refused where no effect can be told.

    Raises
    ------
    DataError
        If a group has fewer than `MIN_GROUP` units, or one is not finite.
    """
    one, other = np.asarray(a, np.float64), np.asarray(b, np.float64)
    small = min(len(one), len(other))
    if small < MIN_GROUP:
        raise DataError(
            f"Each group needs at least {MIN_GROUP} {unit}s to be compared; one has "
            f"{small}."
        )
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise DataError("Groups with missing values (NaN) cannot be compared.")
    return one, other


def image_means(values: ArrayLike, image: ArrayLike) -> Array:
    """Return the mean over each image, one row an image, in the order of their names.

    Parameters
    ----------
    values : array, (N,) or (N, L)
        One row a cell.
    image : array, (N,)
        The image of each cell.
    """
    x = np.asarray(values, np.float64)
    names, place = np.unique(np.asarray(image), return_inverse=True)
    sums = np.zeros((len(names), *x.shape[1:]))
    np.add.at(sums, place, x)
    counts = np.bincount(place).reshape(-1, *[1] * (x.ndim - 1))
    return np.asarray(sums / counts)


def cliff(a: Array, b: Array) -> float:
    """Return Cliff's delta of two samples, from the ranks of Mann and Whitney's U."""
    n, m = len(a), len(b)
    above = ranks(np.concatenate([a, b]))[n:].sum() - m * (m + 1) / 2
    return float(2 * above / (n * m) - 1)


def mean_gap(a: Array, b: Array) -> Array:
    """Return the mean of `b` minus that of `a`, over the last axis."""
    return np.asarray(b.mean(axis=-1) - a.mean(axis=-1))


def cohen(a: Array, b: Array) -> Array:
    """Return Cohen's d of each row of (R, n) and (R, m), (R,); NaN without spread."""
    n, m = a.shape[1], b.shape[1]
    pooled = (n - 1) * a.var(axis=1, ddof=1) + (m - 1) * b.var(axis=1, ddof=1)
    return in_sd(mean_gap(a, b), np.sqrt(pooled / (n + m - 2)))


def in_sd(gap: Array, sd: Array) -> Array:
    """Return `gap` in units of `sd`, NaN where that is 0 but for rounding."""
    flat = sd <= 1e-12 * np.maximum(np.abs(gap), 1e-300)
    return np.where(flat, np.nan, gap / np.where(flat, 1.0, sd))
