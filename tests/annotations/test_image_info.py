"""What is known of images: named as in tables, joined by image, never guessed."""

from __future__ import annotations

import pandas as pd
import pytest

from napari_disentangle.annotations.image_info import (
    COLUMNS,
    ImageInfo,
    add_info,
    column_name,
)
from napari_disentangle.errors import DataError

A, B = ("a.png", "k1"), ("b.png", "k2")


def test_a_change_leaves_the_value_before_as_it_was() -> None:
    before = ImageInfo().set([A], "day", "1")
    after = before.set([A, B], "day", " 2 ")
    assert before.rows == {A: {"day": "1"}}
    assert after.rows == {A: {"day": "2"}, B: {"day": "2"}}


def test_an_emptied_field_is_unknown_and_not_an_empty_text() -> None:
    value = ImageInfo().set([A], "day", "1").set([A], "day", "  ")
    assert value.of(A) == {}
    assert value.used() == ()


def test_columns_are_named_as_in_tables_and_offered_once() -> None:
    value = ImageInfo().with_column(" Cell line")
    assert value.columns == (*COLUMNS, "cell_line")
    with pytest.raises(DataError, match="'cell_line' already"):
        value.with_column("cell line")


@pytest.mark.parametrize(
    "name",
    [*("label", "Area", "z scale", "model", "roi_id", "pos_y", "dose sd"), "", " - "],
)
def test_names_that_tables_use_already_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="name"):
        column_name(name)


def test_what_is_known_is_joined_by_image_and_a_gap_is_missing() -> None:
    table = pd.DataFrame({"roi_id": ["b", "a", "b"], "label": [1, 2, 3]}, [7, 8, 9])
    found = add_info(table, {"b": {"day": "3"}, "a": {}}, ["day"])
    assert found["day"].tolist()[::2] == ["3", "3"]
    assert pd.isna(found["day"].iloc[1])
    assert found["day"].dtype == object
    assert add_info(found, {"b": {"day": "3"}, "a": {}}, ["day"]) is found


def test_a_renamed_column_keeps_its_place_and_values() -> None:
    before = ImageInfo().set([A], "well", "A1").set([B], "day", "1")
    after = before.renamed("well", "Patient ID")
    assert after.columns == ("slide", "patient_id", *COLUMNS[2:])
    assert after.rows == {A: {"patient_id": "A1"}, B: {"day": "1"}}
    for taken in ("day", "well", "area"):
        with pytest.raises(DataError, match="column"):
            before.renamed("well", taken)


def test_a_removed_column_takes_its_values_along() -> None:
    before = ImageInfo().set([A], "well", "A1").set([A, B], "day", "1")
    after = before.without_column("day")
    assert after.columns == ("slide", "well", "condition", "replicate")
    assert after.rows == {A: {"well": "A1"}, B: {}}
