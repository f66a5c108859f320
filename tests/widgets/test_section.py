from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QLabel

from napari_disentangle.widgets._section import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

ROW_PX = 30


def rows(n: int) -> Iterator[QLabel]:
    for _ in range(n):
        row = QLabel("row")
        row.setMinimumHeight(ROW_PX)
        yield row


def test_a_section_is_closed_at_first_and_opens_by_its_button(qtbot: Any) -> None:
    (row,) = rows(1)
    section = Section("More", row)
    qtbot.addWidget(section)
    section.show()
    assert not section.isExpanded()
    assert not row.isVisible()
    section.button.click()
    assert row.isVisible()
    section.collapse()
    assert not row.isVisible()


def test_a_section_within_a_section_is_not_squeezed(qtbot: Any) -> None:
    within = list(rows(10))
    inner = Section("Inner", *within)
    outer = Section("Outer", *rows(2), inner)
    qtbot.addWidget(outer)
    outer.show()
    outer.expand()
    inner.expand()
    outer.adjustSize()
    assert all(row.height() >= ROW_PX for row in within)
    assert outer.sizeHint().height() >= 12 * ROW_PX
