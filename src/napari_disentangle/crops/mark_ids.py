"""Ids that stay with points and rectangles while others are added, moved or deleted."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def follow_ids(
    before: Sequence[bytes],
    ids: NDArray[np.int64],
    now: Sequence[bytes],
    *,
    next_id: int,
    may_move: bool = True,
) -> NDArray[np.int64]:
    """Return the id of each mark as it is now, (M,).

    A mark that is where one was keeps its id. Of those between two such marks, as many
    as there were are the same ones, moved; where the number differs nobody can tell
    which is which, and they get new ids, so that no cell inherits another one's class.

    Parameters
    ----------
    before, now : sequence of bytes, length N and M
        What tells where each mark is, in the order of the layer.
    ids : array, (N,)
        Ids of the marks of before.
    next_id : int
        First id that was never given.
    may_move : bool
        Whether marks may have been moved since; else the others are all new.
    """
    places: defaultdict[bytes, deque[int]] = defaultdict(deque)
    for row, place in enumerate(before):
        places[place].append(row)
    found = np.full(len(now), -1, np.int64)
    for row, place in enumerate(now):
        if places[place]:
            found[row] = places[place].popleft()
    if may_move:
        _pair_between(found, len(before))
    same = np.zeros(len(now), np.int64)
    same[found >= 0] = ids[found[found >= 0]]
    new = found < 0
    same[new] = next_id + np.arange(int(new.sum()))
    return same


def _pair_between(found: NDArray[np.int64], n_before: int) -> None:
    """Pair the marks between two that stayed, where both times there are as many."""
    rows = np.flatnonzero(found >= 0)
    if (np.diff(found[rows]) < 0).any():  # in another order: nothing is between
        return
    ends = [(int(row), int(found[row])) for row in rows]
    last_row, last_before = -1, -1
    for row, row_before in [*ends, (len(found), n_before)]:
        if row - last_row == row_before - last_before:
            found[last_row + 1 : row] = np.arange(last_before + 1, row_before)
        last_row, last_before = row, row_before
