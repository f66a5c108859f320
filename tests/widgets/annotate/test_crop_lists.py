from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.exclusions import exclude
from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.widgets._annotate.crop_lists import lists_of, rows_in, rows_of

NONE = np.zeros(0, np.int64)
SUGGESTED = np.array([4, 0])


@pytest.fixture
def cells() -> pd.DataFrame:
    """Six cells; their label is not their row."""
    return pd.DataFrame({"roi_id": "a", "frame": 0, "label": range(10, 16)})


@pytest.fixture
def value(cells: pd.DataFrame) -> Annotations:
    """Two cells are round, one is long, one of each kind is excluded."""
    classes = CellClass("round", "#ff0000", 1), CellClass("long", "#0000ff", 2)
    value = Annotations(classes).set(cells.iloc[[0, 3]], "round")
    return exclude(value.set(cells.iloc[[1]], "long"), cells.iloc[[3, 5]], "debris")


def test_there_is_a_list_for_each_class_and_for_what_there_is(
    value: Annotations,
) -> None:
    assert [text for text, _ in lists_of(value, suggested=SUGGESTED)] == [
        "all cells",
        "cells without a class",
        "suggested cells",
        "class round",
        "class long",
        "excluded cells",
    ]
    assert [text for text, _ in lists_of(Annotations(), suggested=NONE)] == [
        "all cells",
        "cells without a class",
    ]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("all cells", [0, 1, 2, 3, 4, 5]),
        ("cells without a class", [2, 4]),
        ("suggested cells", [4, 0]),
        ("class round", [0, 3]),
        ("class long", [1]),
        ("excluded cells", [3, 5]),
    ],
)
def test_a_list_has_the_rows_of_its_cells(
    cells: pd.DataFrame, value: Annotations, text: str, rows: list[int]
) -> None:
    name = dict(lists_of(value, suggested=SUGGESTED))[text]
    assert rows_in(name, cells, value, SUGGESTED).tolist() == rows


def test_rows_are_found_by_key_in_the_order_asked_for(cells: pd.DataFrame) -> None:
    elsewhere = cells.iloc[[2]].assign(roi_id="b")
    some = pd.concat([cells.iloc[[5]], elsewhere, cells.iloc[[1]]])
    assert rows_of(cells, some).tolist() == [5, 1]
