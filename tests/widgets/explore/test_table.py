"""The table sorts, filters, pins and marks rows of any order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from qtpy.QtCore import Qt

from napari_disentangle.widgets._explore.cells import Cells
from napari_disentangle.widgets._explore.table import CellTable
from napari_disentangle.widgets._explore.table_view import TableView


@pytest.fixture
def cells() -> Cells:
    table = pd.DataFrame(
        {
            "label": [10, 1, 5, 7],
            "index": [10, 1, 5, 7],
            "roi_id": "a",
            "frame": 0,
            "z_scale": [0.5, np.nan, 2.0, -1.0],
            "z_scale_sd": 0.1,
            "annotation": ["rbc", "wbc", None, "platelet"],
            "model": "m",
        }
    )
    return Cells(table, None, "a")


@pytest.fixture
def view(qtbot: Any, cells: Cells) -> TableView:
    view = TableView()
    qtbot.addWidget(view)
    view.set_cells(cells, np.ones(4, bool))
    return view


def labels(model: CellTable) -> list[str]:
    column = model.columns().index("label")
    return [model.data(model.index(place, column)) for place in range(model.rowCount())]


def sort(view: TableView, column: str, order: str = "Ascending") -> None:
    place = view.model.columns().index(column)
    view.view.sortByColumn(place, getattr(Qt.SortOrder, f"{order}Order"))


def test_ids_are_shown_and_what_is_alike_is_not(view: TableView) -> None:
    assert view.model.columns() == ["label", "annotation", "z_scale"]
    assert labels(view.model) == ["10", "1", "5", "7"]


@pytest.mark.parametrize(
    ("column", "order", "expected"),
    [
        ("z_scale", "Ascending", ["7", "10", "5", "1"]),
        ("z_scale", "Descending", ["5", "10", "7", "1"]),
        ("label", "Ascending", ["1", "5", "7", "10"]),
        ("annotation", "Ascending", ["7", "10", "1", "5"]),
        ("annotation", "Descending", ["1", "10", "7", "5"]),
    ],
)
def test_missing_values_come_last_in_either_order(
    view: TableView, column: str, order: str, expected: list[str]
) -> None:
    sort(view, column, order)
    assert labels(view.model) == expected


def test_pinned_rows_stay_on_top_of_any_order_and_filter(view: TableView) -> None:
    view.model.pin(np.array([1]))
    sort(view, "z_scale")
    assert labels(view.model) == ["1", "7", "10", "5"]
    view.filter_line.setText("z_scale > 1")
    view._filter()
    assert labels(view.model) == ["1", "5"]
    view.model.pin(np.array([1]))
    assert labels(view.model) == ["5"]


def test_a_wrong_filter_says_so_and_selects_nothing(
    view: TableView, qtbot: Any
) -> None:
    chosen: list[Any] = []
    view.chose.connect(chosen.append)
    view.filter_line.setText("z_size > 1")
    qtbot.waitUntil(lambda: "no column 'z_size'" in view.note.text())
    view.select_shown()
    assert chosen == []
    view.filter_line.setText("z_scale < 1")
    view.select_shown()
    assert chosen[0].tolist() == [0, 3]
    assert view.note.text() == "2 of 4 rows"


def test_the_gate_and_the_filter_both_count(view: TableView) -> None:
    view.filter_line.setText("z_scale < 3")
    view.set_gate(np.array([True, True, False, False]))
    assert labels(view.model) == ["10"]


def test_rows_chosen_in_a_sorted_table_are_those_of_the_cells(view: TableView) -> None:
    chosen: list[Any] = []
    view.chose.connect(chosen.append)
    sort(view, "z_scale")
    view.view.selectRow(0)
    assert chosen[-1].tolist() == [3]
    sort(view, "label")  # the chosen row moves, the choice does not
    assert view._chosen().tolist() == [3]
    view.view.selectAll()
    assert chosen[-1].tolist() == [0, 1, 2, 3]


def test_what_another_part_selects_lets_go_of_the_tables_own(view: TableView) -> None:
    view.view.selectRow(0)
    view.set_selected(np.array([True, False, False, False]))
    assert view._chosen().tolist() == [0]
    view.set_selected(np.array([False, True, False, False]))
    assert view._chosen().tolist() == []
    marked = view.model.index(1, 0)
    role = Qt.ItemDataRole.BackgroundRole
    assert view.model.data(marked, role).color().name() == "#ff9f1c"
    assert view.model.data(view.model.index(0, 0), role) is None


def test_pins_and_order_stay_when_only_a_column_changes(
    view: TableView, cells: Cells
) -> None:
    sort(view, "z_scale")
    view.model.pin(np.array([2]))
    changed = cells.table.assign(annotation="new")
    view.set_cells(Cells(changed, None, "a"), np.ones(4, bool))
    assert labels(view.model) == ["5", "7", "10", "1"]
    place = view.model.columns().index("annotation")
    assert view.model.data(view.model.index(0, place)) == "new"
    fewer = cells.table.head(3)
    view.set_cells(Cells(fewer, None, "a"), np.ones(3, bool))
    assert labels(view.model) == ["10", "5", "1"]
    view.set_cells(None, np.zeros(0, bool))
    assert view.note.text() == ""


def test_a_hundred_thousand_rows_are_sorted_by_columns_not_cells(qtbot: Any) -> None:
    n = 100_000
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"label": rng.permutation(n), "roi_id": "a", "frame": 0})
    table["z_scale"] = rng.normal(size=n)
    model = CellTable()
    asked: list[int] = []
    model.data = lambda *_: asked.append(1)  # type: ignore[method-assign]
    model.set_table(table, np.ones(n, bool), same_rows=False)
    model.sort(model.columns().index("z_scale"))
    assert (np.diff(table["z_scale"].to_numpy()[model.rows()]) >= 0).all()
    assert asked == []
