"""Which of some places are the same as earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TIE_PX = 0.01  # positions are kept to a thousandth of a pixel


def pair_places(
    before: NDArray[np.float64], now: NDArray[np.float64], reach: NDArray[np.float64]
) -> list[tuple[int, int]]:
    """Return which rows of `now` are at the place of which rows of `before`.

    Two are a pair if each is the nearest of the other, and if no other place would do
    as well: what is in doubt has no pair.

    Parameters
    ----------
    before, now : array, (M, 3) and (N, 3)
        Places as z, y, x; z counts as 0 where any is not known.
    reach : array, (N,)
        How far a place of `now` may be from its earlier one.
    """
    from scipy.spatial import KDTree

    if not (len(before) and len(now)):
        return []
    if np.isnan(before[:, 0]).any() or np.isnan(now[:, 0]).any():
        before, now = (part * [0.0, 1.0, 1.0] for part in (before, now))
        before, now = (np.nan_to_num(part) for part in (before, now))
    away, found = KDTree(now).query(before, k=2)
    away_back, found_back = KDTree(before).query(now, k=2)
    row = found[:, 0]
    sure = (away[:, 1] - away[:, 0] > _TIE_PX) & (away[:, 0] <= reach[row])
    sure &= (found_back[row, 0] == np.arange(len(before))) & (
        away_back[row, 1] - away_back[row, 0] > _TIE_PX
    )
    return [(int(i), int(row[i])) for i in np.flatnonzero(sure)]
