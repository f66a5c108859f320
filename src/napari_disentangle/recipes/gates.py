"""Gates: which points lie within a drawn outline or a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

How: TypeAlias = Literal["replace", "add", "subtract"]


def in_polygon(
    x: NDArray[np.float64], y: NDArray[np.float64], corners: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return which points lie within a polygon, (N,) bool, by the even-odd rule.

    Parameters
    ----------
    x, y : array, (N,)
        The points; one with NaN lies nowhere.
    corners : array, (V, 2)
        Corners (x, y) in order; the last is joined to the first.
    """
    inside = np.zeros(len(x), np.bool_)
    if len(corners) < 3:
        return inside
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero(
        (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])
    )
    px, py = x[near], y[near]
    odd = np.zeros(len(near), np.bool_)
    ends = np.roll(corners, -1, axis=0)
    for (x0, y0), (x1, y1) in zip(corners.tolist(), ends.tolist(), strict=True):
        if y0 == y1:
            continue
        crossed = np.flatnonzero((y0 > py) != (y1 > py))
        at = x0 + (py[crossed] - y0) * ((x1 - x0) / (y1 - y0))
        odd[crossed] ^= px[crossed] < at
    inside[near] = odd
    return inside


def in_range(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.bool_]:
    """Return which values lie in [low, high], (N,) bool; NaN lies nowhere."""
    return (values >= low) & (values <= high)


def combine(
    before: NDArray[np.bool_], drawn: NDArray[np.bool_], how: How
) -> NDArray[np.bool_]:
    """Return `drawn` put in the place of `before`, added to it or taken from it."""
    if how == "add":
        return before | drawn
    if how == "subtract":
        return before & ~drawn
    return drawn.copy()
