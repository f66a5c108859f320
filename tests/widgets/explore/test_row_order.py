"""Rows are sorted with missing values last, gated, and pinned on top."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.widgets._explore.row_order import RowOrder

TABLE = pd.DataFrame(
    {
        "area": [3.0, np.nan, 1.0, 3.0],
        "class": ["b", None, "a", "b"],
    }
)


@pytest.fixture
def order() -> RowOrder:
    order = RowOrder()
    order.shown, order.pinned = np.ones(4, np.bool_), np.zeros(4, np.bool_)
    return order


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        (None, [0, 1, 2, 3]),
        (("area", True), [2, 0, 3, 1]),
        (("area", False), [0, 3, 2, 1]),
        (("class", True), [2, 0, 3, 1]),
        (("class", False), [0, 3, 2, 1]),
        (("gone", True), [0, 1, 2, 3]),
    ],
)
def test_ties_stay_as_they_were_and_missing_values_come_last(
    order: RowOrder, by: tuple[str, bool] | None, rows: list[int]
) -> None:
    order.by = by
    assert order.arrange(TABLE).tolist() == rows


def test_pinned_rows_come_first_in_the_same_order_also_where_they_are_not_shown(
    order: RowOrder,
) -> None:
    order.shown = np.array([True, True, False, False])
    order.by = ("area", True)
    order.pin(np.array([0, 3]))
    assert order.arrange(TABLE).tolist() == [0, 3, 1]
    order.pin(np.array([3]))
    assert order.arrange(TABLE).tolist() == [0, 1]


def test_some_pinned_rows_and_one_that_is_not_are_all_pinned(order: RowOrder) -> None:
    order.pin(np.array([1]))
    order.pin(np.array([1, 2]))
    assert order.arrange(TABLE).tolist() == [1, 2, 0, 3]
