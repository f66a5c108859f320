"""How much of a value lies between groups of images, and how much would by chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

MIN_IMAGES = 3
"""Of fewer images nothing is told."""

MOSTLY = 0.5
"""A value mostly separates groups if so much of its variance, beyond what chance gives,
lies between them: more than within them."""

ERROR = 0.05
"""Probability that chance alone goes beyond the limit in any of the tests made."""


@dataclass(frozen=True, slots=True)
class Between:
    """How the variance of a value parts into that between and that within groups.

    Attributes
    ----------
    share : float
        Eta squared, the share between groups, in [0, 1]; NaN if it cannot be told.
    chance : float
        What it is on average if groups are drawn by lot.
    limit : float
        What it stays below by chance, with probability ``1 - ERROR / tests``.
    n_images, n_groups : int
        Images with a value and a group, and their groups.
    why_not : str
        Why it cannot be told, empty if it can.
    """

    share: float
    chance: float
    limit: float
    n_images: int
    n_groups: int
    why_not: str = ""

    @property
    def beyond(self) -> float:
        """The share beyond chance, at most 1; about 0 if there is nothing to it."""
        return (self.share - self.chance) / (1 - self.chance)

    @property
    def is_mostly_between(self) -> bool:
        """Whether a warning is due: see `MOSTLY` and `ERROR`."""
        return self.beyond >= MOSTLY and self.share > self.limit


def between_groups(
    values: ArrayLike, groups: Sequence[str | None], *, tests: int = 1
) -> Between:
    r"""Return the share of the variance of image means that lies between groups.

    Eta squared, the squared correlation ratio (Fisher, Statistical Methods for Research
    Workers, 1925, section 45), of n images in k groups:

    .. math:: \eta^2 = \sum_g n_g (\bar x_g - \bar x)^2 / \sum_i (x_i - \bar x)^2

    If groups mean nothing, its mean over all ways to deal them out is
    ``(k - 1) / (n - 1)``, whatever the values; taking that off gives Kelley's epsilon
    squared (PNAS 21, 1935), `Between.beyond`. For normal values eta squared then has
    the Beta distribution with ``(k - 1) / 2`` and ``(n - k) / 2`` (the F test of the
    analysis of variance in other words), whose quantile is the limit.

    Parameters
    ----------
    values : array, (n,)
        One value an image, such as the mean of its cells; NaN is left out. Single cells
        do not do: those of one image are no independent samples.
    groups : sequence of str or None, (n,)
        Group of each image; None is left out.
    tests : int
        How many shares are looked at together (Bonferroni).
    """
    x = np.asarray(values, np.float64)
    known = np.isfinite(x) & np.array([group is not None for group in groups], bool)
    x = x[known]
    names = [str(g) for g, told in zip(groups, known, strict=True) if told]
    kinds, place, counts = np.unique(names, return_inverse=True, return_counts=True)
    n, k = len(x), len(kinds)
    why_not = _why_not(n, k)
    if not why_not and np.ptp(x) <= 1e-12 * np.abs(x).max():
        why_not = "all images have the same value"
    if why_not:
        return Between(np.nan, np.nan, np.nan, n, k, why_not)
    means = np.bincount(place, x) / counts
    share = (counts * (means - x.mean()) ** 2).sum() / ((x - x.mean()) ** 2).sum()
    limit = _beta_quantile(1 - ERROR / tests, (k - 1) / 2, (n - k) / 2)
    return Between(min(float(share), 1.0), (k - 1) / (n - 1), limit, n, k)


def _why_not(n: int, k: int) -> str:
    if k < 2:
        return "there are fewer than two groups"
    if n < MIN_IMAGES:
        return f"{n} images are too few, at least {MIN_IMAGES} are needed"
    return "each image has a group of its own" if n == k else ""


def _beta_quantile(probability: float, a: float, b: float) -> float:
    from scipy.special import betaincinv

    return float(betaincinv(a, b, probability))
