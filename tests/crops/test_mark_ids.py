"""Ids stay with points and rectangles; where nobody can tell, they are new."""

from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.crops.mark_ids import follow_ids


def follow(before: str, now: str, *, may_move: bool = True) -> list[int]:
    """Return the ids of marks at places named by a letter; 1, 2, ... before."""
    ids = np.arange(1, len(before) + 1)
    places = [[letter.encode() for letter in word] for word in (before, now)]
    found = follow_ids(
        places[0], ids, places[1], next_id=len(ids) + 1, may_move=may_move
    )
    return [int(number) for number in found]


@pytest.mark.parametrize(
    ("now", "ids"),
    [
        ("abc", [1, 2, 3]),
        ("ac", [1, 3]),  # one deleted
        ("abcd", [1, 2, 3, 4]),  # one added
        ("axc", [1, 2, 3]),  # one moved
        ("xyz", [1, 2, 3]),  # all moved
        ("acd", [1, 3, 4]),  # one deleted, one added
        ("", []),
    ],
)
def test_marks_keep_their_ids(now: str, ids: list[int]) -> None:
    assert follow("abc", now) == ids


def test_marks_in_another_order_are_known_by_their_places() -> None:
    assert follow("abc", "cab") == [3, 1, 2]
    assert follow("abc", "cax") == [3, 1, 4]


def test_of_two_marks_of_which_one_was_deleted_and_one_moved_nobody_knows() -> None:
    assert follow("abcd", "axd") == [1, 5, 4]


def test_where_marks_were_only_added_or_deleted_none_has_moved() -> None:
    assert follow("abc", "abx") == [1, 2, 3]
    assert follow("abc", "abx", may_move=False) == [1, 2, 4]


def test_marks_at_the_same_place_are_told_apart_by_their_order() -> None:
    assert follow("aab", "aaab") == [1, 2, 4, 3]
