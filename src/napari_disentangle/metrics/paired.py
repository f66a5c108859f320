"""How far two groups lie apart in the same images, and groups of too few images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.effect import (
    Effect,
    checked_groups,
    cliff,
    cohen,
    in_sd,
    mean_gap,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]


def paired_effect(
    a: ArrayLike, b: ArrayLike, *, unit: str = "image", confidence: float = 0.95
) -> Effect:
    r"""Return how far `b` lies above `a`, of units that have both.

    ``delta`` is the share of units in which B is higher minus the share in which it is
    lower (Cliff, Psychological Bulletin 114, 1993: the dominance within pairs). Its
    interval is the exact one of the sign test, which of fewer than six units never
    leaves out 0: a bootstrap of so few would.

    ``gap`` is the mean of the n differences, with its t interval. What the two values
    of a unit share falls out of it.

    ``d`` is Hedges' :math:`g_{av}`, the same difference in the average sd of both
    groups of means (Cumming, Understanding the New Statistics, 2012, chapter 11;
    Lakens, Frontiers in Psychology 4:863, 2013),

    .. math:: g_{av} = J \, \bar d / \sqrt{(s_a^2 + s_b^2) / 2}, \quad
        J = 1 - 3 / (4 (n - 1) - 1)

    with the t interval of the difference over the same sd (Algina and Keselman,
    Educational and Psychological Measurement 63, 2003, equation 4). Of the sd in use
    for pairs, this one alone is on the scale of Cohen's d of independent groups. That
    of the differences (:math:`g_z`) tells how alike units answer, not how far, and
    :math:`g_{rm}` is the same as :math:`g_{av}` where both groups spread alike. So it
    is smaller where units lie farther apart, which the difference itself does not know.

    Parameters
    ----------
    a, b : array, (n,)
        Means of the same n units in the same order.
    unit : str
        What a unit is, for the reader.
    confidence : float
        Probability that the intervals cover, in (0, 1).

    Raises
    ------
    DataError
        If there are fewer than `MIN_GROUP` units, not as many of both, or some are not
        finite.
    """
    one, other = checked_groups(a, b, unit)
    if len(one) != len(other):
        raise DataError(
            f"Pairs need as many {unit}s of both groups; got {len(one)} and "
            f"{len(other)}."
        )
    differences, n = other - one, len(one)
    higher, lower = int((differences > 0).sum()), int((differences < 0).sum())
    low, high = _sign_interval(higher, lower, confidence)
    gaps = _mean_interval(differences, confidence)
    g, g_low, g_high = _in_average_sd(gaps, one, other)
    told = (higher + lower) / n
    return Effect(
        delta=(higher - lower) / n,
        delta_low=low * told if told else -1.0,
        delta_high=high * told if told else 1.0,
        gap=gaps[0],
        gap_low=gaps[1],
        gap_high=gaps[2],
        d=g,
        d_low=g_low,
        d_high=g_high,
        n_a=n,
        n_b=n,
        unit=unit,
        paired=True,
    )


def describe(a: ArrayLike, b: ArrayLike, *, unit: str = "cell") -> Effect:
    """Return how far `b` lies above `a` in these samples, without intervals (NaN).

    For samples that are no independent ones of what is studied, such as the cells of
    one image: an interval over them would tell of the image and be read as more.

    Raises
    ------
    DataError
        If a group has fewer than `MIN_GROUP` samples, or one is not finite.
    """
    one, other = checked_groups(a, b, unit)
    return Effect(
        delta=cliff(one, other),
        delta_low=np.nan,
        delta_high=np.nan,
        gap=float(mean_gap(one, other)),
        gap_low=np.nan,
        gap_high=np.nan,
        d=float(cohen(one[None], other[None])[0]),
        d_low=np.nan,
        d_high=np.nan,
        n_a=len(one),
        n_b=len(other),
        unit=unit,
    )


def _sign_interval(higher: int, lower: int, confidence: float) -> tuple[float, float]:
    """Return the interval of Clopper and Pearson, of the share higher minus lower."""
    from scipy.special import betaincinv

    tail, n = (1 - confidence) / 2, higher + lower
    low = betaincinv(higher, lower + 1, tail) if higher else 0.0
    high = betaincinv(higher + 1, lower, 1 - tail) if higher < n else 1.0
    return float(2 * low - 1), float(2 * high - 1)


def _mean_interval(differences: Array, confidence: float) -> tuple[float, float, float]:
    """Return the mean of n differences and the ends of its t interval."""
    from scipy.special import stdtrit

    n, middle = len(differences), float(differences.mean())
    t = float(stdtrit(n - 1, (1 + confidence) / 2))
    half = t * float(differences.std(ddof=1)) / np.sqrt(n)
    return middle, middle - half, middle + half


def _in_average_sd(
    gaps: tuple[float, float, float], a: Array, b: Array
) -> tuple[float, float, float]:
    """Return a mean difference and its interval as Hedges' g_av of n pairs."""
    spread = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    if np.isnan(in_sd(np.asarray(gaps[0]), spread)):
        return np.nan, np.nan, np.nan
    unbiased = (1 - 3 / (4 * (len(a) - 1) - 1)) / float(spread)
    return unbiased * gaps[0], unbiased * gaps[1], unbiased * gaps[2]
