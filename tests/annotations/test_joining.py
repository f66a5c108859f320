"""What two windows say of the same cells is kept together."""

from __future__ import annotations

import pandas as pd

from napari_disentangle.annotations.exclusions import exclude, include
from napari_disentangle.annotations.joining import Changes
from napari_disentangle.annotations.values import Annotations, CellClass

A, B = CellClass("a", "#111111", 1), CellClass("b", "#222222", 2)
BEFORE = Annotations((A, B))


def cells(*labels: int, roi_id: str = "image") -> pd.DataFrame:
    return pd.DataFrame({"roi_id": roi_id, "frame": 0, "label": labels})


def named(found: Annotations, roi_id: str = "image") -> dict[int, str]:
    marks = found.images.get(roi_id, {})
    return {label: mark.name for (_, label), mark in marks.items()}


def test_cells_of_both_have_their_class() -> None:
    mine, theirs = BEFORE.set(cells(1), "a"), BEFORE.set(cells(2), "b")
    changes = Changes.between(BEFORE, theirs)
    assert named(changes.on(mine)) == {1: "a", 2: "b"}
    assert changes.n_cells == 1
    assert named(mine) == {1: "a"}


def test_of_a_cell_that_both_changed_mine_wins() -> None:
    start = BEFORE.set(cells(1, 2), "a")
    changes = Changes.between(start, start.set(cells(1), "b").clear(cells(2)))
    mine = start.clear(cells(1))
    assert named(changes.on(mine)) == {}
    assert named(changes.on(start)) == {1: "b"}


def test_exclusions_come_and_go() -> None:
    start = exclude(BEFORE, cells(1), "clump")
    theirs = exclude(include(start, cells(1)), cells(5, roi_id="other"), "debris")
    found = Changes.between(start, theirs).on(exclude(start, cells(2), "clump"))
    assert set(found.excluded["image"]) == {(0, 2)}
    assert set(found.excluded["other"]) == {(0, 5)}


def test_their_classes_are_added_with_a_free_key_and_none_goes() -> None:
    theirs = Annotations((A, CellClass("c", "#333333", 3))).set(cells(4), "c")
    mine = BEFORE.with_class(CellClass("d", "#444444", 3))
    found = Changes.between(BEFORE, theirs).on(mine)
    keys = {known.name: known.key for known in found.classes}
    assert keys == {"a": 1, "b": 2, "d": 3, "c": 4}
    assert named(found) == {4: "c"}


def test_their_color_is_taken_over_unless_it_was_changed_here() -> None:
    theirs = BEFORE.change_class("a", CellClass("a", "#aaaaaa", 1))
    changes = Changes.between(BEFORE, theirs)
    assert changes.on(BEFORE).find("a").color == "#aaaaaa"
    mine = BEFORE.change_class("a", CellClass("a", "#bbbbbb", 1))
    assert changes.on(mine).find("a").color == "#bbbbbb"
    assert changes.on(mine).find("b") == B


def test_a_class_whose_name_was_changed_there_takes_its_cells_along() -> None:
    start = BEFORE.set(cells(1, 2), "a")
    theirs = start.change_class("a", CellClass("new", "#111111", 1))
    found = Changes.between(start, theirs).on(start.set(cells(2), "b"))
    assert named(found) == {1: "new", 2: "b"}
