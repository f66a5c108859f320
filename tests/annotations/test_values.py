from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.values import (
    PALETTE,
    Annotations,
    CellClass,
    annotate,
    from_column,
)
from napari_disentangle.errors import DataError

RED = CellClass("red", "#cc0000", 1)
WHITE = CellClass("white", "#eeeeee", 2)


def cells_of(labels: list[int], roi_id: str = "a.png", frame: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "roi_id": roi_id,
            "frame": frame,
            "label": labels,
            "pos_y": [10.0 * label for label in labels],
            "pos_x": [5.0] * len(labels),
        }
    )


@pytest.fixture
def value() -> Annotations:
    return (
        Annotations((RED, WHITE))
        .set(cells_of([5, 1]), "red")
        .set(cells_of([7], "b.png"), "white")
    )


def test_names_are_found_by_key_in_any_row_order(value: Annotations) -> None:
    found = value.names_of(cells_of([1, 2, 5, 7]))
    assert found[0] == found[2] == "red"
    assert pd.isna(found[1])
    assert pd.isna(found[3])
    assert value.names_of(cells_of([7], "b.png")).tolist() == ["white"]


def test_a_change_leaves_the_earlier_value_as_it_was(value: Annotations) -> None:
    changed = value.set(cells_of([1, 2]), "white").clear(cells_of([5]))
    assert value.counts() == {"red": 2, "white": 1}
    assert changed.counts() == {"red": 0, "white": 3}
    assert changed.images["b.png"] is value.images["b.png"]


def test_the_same_label_in_another_frame_is_another_cell(value: Annotations) -> None:
    changed = value.set(cells_of([1], frame=3), "white")
    assert changed.names_of(cells_of([1])).tolist() == ["red"]
    assert changed.names_of(cells_of([1], frame=3)).tolist() == ["white"]


def test_cells_follow_a_renamed_class(value: Annotations) -> None:
    changed = value.change_class("red", CellClass("RBC", "#ff0000", 1))
    assert changed.counts() == {"RBC": 2, "white": 1}
    assert changed.names_of(cells_of([5])).tolist() == ["RBC"]
    assert changed.images["b.png"] is value.images["b.png"]


def test_cells_of_a_removed_class_have_none(value: Annotations) -> None:
    changed = value.without_class("red")
    assert changed.counts() == {"white": 1}
    assert len(changed) == 1


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (CellClass("red", "#000000"), "a class 'red' already"),
        (CellClass("other", "#000000", 2), "Key 2 already gives 'white'"),
        (CellClass("other", "#000000", 12), "Key 12"),
        (CellClass("  ", "#000000"), "needs a name"),
    ],
)
def test_names_and_keys_are_unique(
    value: Annotations, new: CellClass, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        value.with_class(new)


def test_an_unknown_class_is_told_with_those_there_are(value: Annotations) -> None:
    with pytest.raises(DataError, match=r"no class 'blue'.*red, white"):
        value.set(cells_of([1]), "blue")
    with pytest.raises(DataError, match="none yet"):
        Annotations().find("blue")


def test_merging_joins_images_and_classes_and_keeps_ones_own(
    value: Annotations,
) -> None:
    other = (
        Annotations((CellClass("green", "#00cc00", 1), CellClass("red", "#ff9999", 2)))
        .set(cells_of([1, 9]), "green")
        .set(cells_of([3], "c.png"), "red")
    )
    merged = value.merge(other)
    assert merged.counts() == {"red": 3, "white": 1, "green": 1}
    assert merged.names_of(cells_of([1, 5, 9])).tolist() == ["red", "red", "green"]
    assert merged.find("red") == RED
    assert merged.find("green").key == 3


def test_merging_with_nothing_changes_nothing(value: Annotations) -> None:
    assert value.merge(Annotations()) == value
    assert Annotations().merge(value) == value


def test_a_part_has_all_classes_and_its_images_only(value: Annotations) -> None:
    part = value.only(["b.png", "c.png"])
    assert part.classes == value.classes
    assert set(part.images) == {"b.png"}


def test_free_keys_and_colors_run_out_gracefully() -> None:
    value = Annotations()
    for number in range(12):
        value = value.with_class(
            CellClass(f"class {number}", value.free_color(), value.free_key())
        )
    assert [c.key for c in value.classes] == [*range(1, 10), 0, 0, 0]
    assert [c.color for c in value.classes][:9] == list(PALETTE)


def test_the_column_is_missing_where_there_is_no_class(value: Annotations) -> None:
    table = annotate(cells_of([1, 2]), value)
    assert table["annotation"].isna().tolist() == [False, True]
    assert isinstance(table["annotation"].iloc[1], float)


def test_a_column_becomes_classes_and_cells() -> None:
    table = cells_of([1, 2, 3]).assign(annotation=["b", np.nan, "a"])
    found = from_column(table)
    assert [c.name for c in found.classes] == ["a", "b"]
    assert [c.key for c in found.classes] == [1, 2]
    pd.testing.assert_series_equal(
        annotate(table, found)["annotation"], table["annotation"]
    )
