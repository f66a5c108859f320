"""Numbers in rows: read as text, and chosen by click or Enter."""

from __future__ import annotations

from typing import Any

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_disentangle.widgets._traverse.dots import DotRow, DotTable

ROWS = (
    DotRow("Scale", 0.8, 0.5, 0.9, "+0.80", "Scale: +0.80", strong=True),
    DotRow("Shape", -0.1, float("nan"), float("nan"), "-0.10"),
)


@pytest.fixture
def table(qtbot: Any) -> DotTable:
    table = DotTable("What separates")
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show_rows(ROWS)
    return table


def test_each_row_has_its_label_its_number_and_what_to_know_of_it(
    table: DotTable,
) -> None:
    assert table.texts() == ["Scale +0.80", "Shape -0.10"]
    items = [table.item(0, column) for column in (0, 2)]
    assert [item.text() for item in items if item] == ["Scale", "+0.80"]
    assert {item.toolTip() for item in items if item} == {"Scale: +0.80"}


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_chooses_the_current_row_and_other_keys_only_move(
    table: DotTable, key: Qt.Key
) -> None:
    told: list[int] = []
    table.chosen.connect(told.append)
    table.setCurrentCell(0, 0)
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert told == []
    QTest.keyClick(table, key)
    assert told == [1]


def test_a_click_chooses_a_row(table: DotTable) -> None:
    told: list[int] = []
    table.chosen.connect(told.append)
    item = table.item(1, 0)
    viewport = table.viewport()
    assert item is not None
    place = table.visualItemRect(item).center()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert told == [1]


def test_numbers_lie_on_their_side_of_the_line_at_zero(
    table: DotTable, qtbot: Any
) -> None:
    table.show()
    picture = table.grab().toImage()

    def blue(row: int) -> list[int]:
        """Return where the row is blue, from left to right."""
        y = table.rowViewportPosition(row) + table.rowHeight(row) // 2
        colors = (picture.pixelColor(x, y) for x in range(135, 250))
        return [x for x, c in enumerate(colors) if c.blue() > c.red() + 60]

    assert blue(0)  # an interval that leaves out 0 stands out
    assert min(blue(0)) > 115 // 2
    assert not blue(1)


def test_without_rows_there_is_no_table(table: DotTable) -> None:
    table.show_rows([])
    assert table.isHidden()
    table.show_rows(ROWS)
    assert not table.isHidden()
