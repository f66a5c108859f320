"""What is too long for a narrow dock is read whole: titles of axes, boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from qtpy.QtCore import QEvent, QPoint
from qtpy.QtGui import QFontMetricsF, QHelpEvent
from qtpy.QtWidgets import QToolTip

from napari_disentangle.widgets._combo import narrow_combo
from napari_disentangle.widgets._explore.axis_title import fitted_lines
from napari_disentangle.widgets.explore import ExploreWidget

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = "condition untreated control, DMSO 0.1 percent (4 images)"


def test_words_are_kept_whole_and_in_order_in_lines_that_fit() -> None:
    text = "Scale, higher = more equivalent diameter area"
    for length in range(16, 60):
        lines = fitted_lines(text, length, len)
        assert " ".join(lines) == text
        assert max(map(len, lines)) <= length
    assert fitted_lines(text, 100, len) == (text,)
    assert fitted_lines("", 10, len) == ()


def test_what_fits_in_no_three_lines_ends_in_an_ellipsis() -> None:
    lines = fitted_lines("Scale, higher = more equivalent diameter area", 10, len)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert len(lines[-1]) <= 10


@pytest.mark.parametrize("width", [320, 350, 500])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_titles_of_both_axes_are_whole_and_inside_of_the_plot(
    grid: Any, dock_in: Callable[..., Any], qtbot: Any, width: int, theme: str
) -> None:
    dock = dock_in(grid, ExploreWidget)
    texts = "Shape, higher = more solidity", "Scale, higher = more equivalent diameter"
    dock.panel._texts.update(z_shape=texts[0], z_scale=texts[1])
    dock.plot("z_scale", "z_shape")
    grid.theme = theme
    dock.setFixedSize(width, 640)
    plot = dock.panel.plot

    def inside() -> bool:
        boxes = [
            axis.label.mapRectToScene(axis.label.boundingRect())
            for axis in (plot.getAxis("left"), plot.getAxis("bottom"))
        ]
        return all(plot.sceneRect().adjusted(-6, -6, 6, 6).contains(b) for b in boxes)

    qtbot.waitUntil(inside)
    for side, text in zip(("left", "bottom"), texts, strict=True):
        axis = plot.getAxis(side)
        assert axis.toolTip() == text
        assert axis.labelText == text
        assert " ".join(axis._lines) == text
        width_of = QFontMetricsF(axis.label.font()).horizontalAdvance
        length = axis.size().height() if side == "left" else axis.size().width()
        assert max(map(width_of, axis._lines)) <= length


def test_a_short_title_has_one_line(
    grid: Any, dock_in: Callable[..., Any], qtbot: Any
) -> None:
    dock = dock_in(grid, ExploreWidget)
    dock.plot("area")
    axis = dock.panel.plot.getAxis("left")
    assert axis._lines == ("cells",)


def test_a_box_shows_both_ends_of_a_long_text_and_tells_all_of_it(qtbot: Any) -> None:
    combo = narrow_combo("The first group", 6)
    qtbot.addWidget(combo)
    combo.addItems([LONG, "short"])
    combo.setFixedWidth(200)
    combo.show()
    shown = combo.shown_text()
    assert shown != LONG
    assert shown.startswith("condition")
    assert shown.endswith("images)")
    assert combo.currentText() == LONG
    point = QPoint(5, 5)
    combo.event(QHelpEvent(QEvent.Type.ToolTip, point, combo.mapToGlobal(point)))
    assert QToolTip.text() == f"{LONG}\n\nThe first group"
    combo.setCurrentText("short")
    assert combo.shown_text() == "short"


def test_where_few_letters_fit_it_is_the_first_ones(qtbot: Any) -> None:
    combo = narrow_combo("What", 3)
    qtbot.addWidget(combo)
    combo.addItem("Orientation ?")
    combo.setFixedWidth(90)
    combo.grab()
    shown = combo.shown_text()
    assert "Orientation".startswith(shown.removesuffix("…"))
    assert len(shown) > 2


def test_the_open_list_is_as_wide_as_its_longest_text(qtbot: Any) -> None:
    combo = narrow_combo("The first group", 6)
    qtbot.addWidget(combo)
    combo.addItems([LONG, "short"])
    combo.setFixedWidth(120)
    combo.show()
    combo.showPopup()
    view = combo.view()
    assert view is not None
    assert view.width() > QFontMetricsF(combo.font()).horizontalAdvance(LONG)
    combo.hidePopup()
