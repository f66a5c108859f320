"""Numbers that tell whether an object still has the very same pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

_BITS = 30
_EXACT = 2**22  # so many numbers below 2**30 are summed exactly in float64
_ACROSS = 2**32  # rows and columns get different numbers


def sum_places(
    codes: NDArray[Any], n: int, inside: NDArray[np.int64], ys: slice, xs: slice
) -> NDArray[np.int64]:
    """Return a digest of the set of pixels of each object in a tile, (n,).

    Every place of a plane has a fixed number without any pattern, and the digest is
    the sum of an object's. So digests of parts add up, and a pixel more, less or
    elsewhere changes them; of a billion edits about one would pass unseen.

    Parameters
    ----------
    codes : array, (p,)
        Object of each pixel, from 0 to `n` - 1.
    n : int
        Number of objects.
    inside : array, (p,)
        Flat index of each pixel in the tile.
    ys, xs : slice
        Where the tile is in its plane.
    """
    numbers = _numbers(ys, xs).ravel()[inside]
    total = np.zeros(n, np.int64)
    for start in range(0, len(codes), _EXACT):
        part = slice(start, start + _EXACT)
        total += np.bincount(codes[part], numbers[part], n).astype(np.int64)
    return total


def _numbers(ys: slice, xs: slice) -> NDArray[np.float64]:
    """Return a number below 2**30 for each place, (h, w)."""
    rows = _mix(np.arange(ys.start, ys.stop, dtype=np.uint64))
    columns = _mix(np.arange(xs.start, xs.stop, dtype=np.uint64) + np.uint64(_ACROSS))
    product = (rows[:, None] | np.uint64(1)) * (columns | np.uint64(1))
    return (product >> np.uint64(64 - _BITS)).astype(np.float64)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return 64 bits without a pattern for each value: the finalizer of SplitMix64."""
    mixed = (values + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
