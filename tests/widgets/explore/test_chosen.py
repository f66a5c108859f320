from __future__ import annotations

import numpy as np

from napari_disentangle.widgets._explore.chosen import Chosen


def mask(*rows: int) -> np.ndarray:
    return np.isin(np.arange(6), rows)


def rows(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


def test_a_gate_narrows_the_lists_and_an_empty_one_shows_all() -> None:
    chosen = Chosen(mask())
    chosen.narrow(mask(1, 4))
    assert (rows(chosen.selected), rows(chosen.gate)) == ([1, 4], [1, 4])
    chosen.narrow(mask())
    assert (rows(chosen.selected), rows(chosen.gate)) == ([], [0, 1, 2, 3, 4, 5])


def test_a_click_changes_the_selection_and_not_what_the_lists_show() -> None:
    chosen = Chosen(mask(1, 4))
    assert rows(chosen.only(2, "replace")) == [2]
    assert rows(chosen.only(2, "add")) == [1, 2, 4]
    assert rows(chosen.only(4, "subtract")) == [1]
    assert rows(chosen.gate) == [0, 1, 2, 3, 4, 5]


def test_a_gate_that_is_moved_starts_from_what_was_selected_before_it() -> None:
    chosen = Chosen(mask(0))
    chosen.narrow(chosen.draw(mask(1, 2), "add"))
    assert rows(chosen.selected) == [0, 1, 2]
    chosen.narrow(chosen.adjust(mask(3)))
    assert rows(chosen.selected) == [0, 3]
