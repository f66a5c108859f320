"""Bad cells: flagged with a reason, and counted by nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.exclusions import (
    count_reasons,
    exclude,
    include,
    is_excluded,
    mark_excluded,
    reasons_text,
    same_exclusions,
)
from napari_disentangle.annotations.refit import refit
from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.errors import DataError
from napari_disentangle.tables import included

KIND = CellClass("kind", "#cc0000", 1)
CELLS = pd.DataFrame(
    {
        "roi_id": ["a", "a", "a", "b"],
        "frame": [0, 0, 1, 0],
        "label": [5, 9, 5, 5],
        "pos_y": [10.0, 50.0, 10.0, 10.0],
        "pos_x": [10.0, 50.0, 10.0, 10.0],
    }
)


def test_a_cell_is_excluded_in_its_own_image_and_frame_only() -> None:
    value = exclude(Annotations(), CELLS.iloc[:1], "debris")
    table = mark_excluded(CELLS, value)
    assert table["excluded"].tolist() == [True, False, False, False]
    assert table["excluded"].dtype == bool
    assert table["exclusion_reason"].iloc[0] == "debris"
    assert table["exclusion_reason"].iloc[1:].isna().all()


def test_an_excluded_cell_keeps_its_row_and_its_class() -> None:
    value = Annotations((KIND,)).set(CELLS, "kind")
    out = exclude(value, CELLS.iloc[1:2], "clump")
    assert len(mark_excluded(CELLS, out)) == len(CELLS)
    assert out.names_of(CELLS).tolist() == ["kind"] * 4


def test_including_again_leaves_nothing_behind() -> None:
    value = exclude(Annotations(), CELLS, "debris")
    back = include(value, CELLS.iloc[[0, 3]])
    assert is_excluded(back, CELLS).tolist() == [False, True, True, False]


def test_the_last_reason_counts() -> None:
    value = exclude(exclude(Annotations(), CELLS, "debris"), CELLS.iloc[:1], " ghost ")
    counts = count_reasons(mark_excluded(CELLS, value))
    assert counts == {"debris": 3, "ghost": 1}
    assert reasons_text(counts) == "3 debris, 1 ghost"


def test_a_reason_is_needed() -> None:
    with pytest.raises(DataError, match="needs a reason"):
        exclude(Annotations(), CELLS, "  ")


def test_changes_of_classes_leave_exclusions_alone() -> None:
    value = exclude(Annotations((KIND,)).set(CELLS, "kind"), CELLS.iloc[:1], "debris")
    renamed = value.change_class("kind", CellClass("sort", "#00cc00", 1))
    for changed in (
        renamed,
        value.without_class("kind"),
        value.clear(CELLS),
        Annotations().merge(value),
        value.only(["a"]),
    ):
        assert is_excluded(changed, CELLS).tolist() == [True, False, False, False]
    assert not is_excluded(value.without(["a"]), CELLS).any()


def test_exclusions_follow_their_cells_to_new_ids() -> None:
    value = exclude(Annotations(), CELLS.iloc[:1], "debris")
    now = pd.DataFrame(
        {
            "roi_id": "a",
            "frame": 0,
            "label": [5, 2],
            "pos_y": [50.0, 11.0],
            "pos_x": [50.0, 10.0],
        }
    )
    found = refit(value, now, 5)
    assert is_excluded(found.annotations, now).tolist() == [False, True]
    assert (found.moved, found.lost) == (1, 0)


def test_tables_that_say_nothing_exclude_nobody() -> None:
    assert included(CELLS).all()
    some = CELLS.assign(excluded=[True, np.nan, False, None])
    assert included(some).tolist() == [False, True, True, True]


def test_tables_tell_the_same_only_with_the_same_reasons() -> None:
    one = mark_excluded(CELLS, exclude(Annotations(), CELLS.iloc[:1], "debris"))
    other = mark_excluded(CELLS, exclude(Annotations(), CELLS.iloc[:1], "clump"))
    assert same_exclusions(one, one.copy())
    assert not same_exclusions(one, other)
    assert not same_exclusions(one, CELLS)
