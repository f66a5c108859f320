"""Strips of pictures: the one under the pointer is told, the one clicked is picked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QPoint, Qt
from qtpy.QtGui import QHelpEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QToolTip

from napari_disentangle.widgets._traverse.picture import CaptionedPicture, PictureStrip

STEPS = ["-1", "0", "+1"]


@pytest.fixture
def strip(qtbot: Any) -> PictureStrip:
    """Two rows of a black, a gray and a white picture."""
    strip = PictureStrip("Walk")
    qtbot.addWidget(strip)
    strip.resize(54 + 3 * 40, 100)
    shades = np.linspace(0, 1, 3, dtype=np.float32)[:, None, None, None]
    row = np.broadcast_to(shades, (3, 8, 8, 3))
    tips = [[f"{word}, {step} sd" for step in STEPS] for word in ("drawn", "real")]
    strip.show_rows([("drawn", row), ("real", row)], STEPS, tips)
    return strip


def middle(row: int, column: int) -> QPoint:
    return QPoint(54 + 40 * column + 20, 15 + 40 * row + 20)


def test_each_picture_stands_in_its_row_and_column(strip: PictureStrip) -> None:
    shown = strip.grab().toImage()
    for row in (0, 1):
        shades = [shown.pixelColor(middle(row, column)).red() for column in range(3)]
        assert shades == [0, 128, 255]


def test_a_click_picks_the_column_and_beside_the_pictures_nothing(
    strip: PictureStrip,
) -> None:
    told: list[int] = []
    strip.picked.connect(told.append)
    for place in (middle(1, 2), QPoint(5, 40)):
        QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert told == [2]


def test_the_pointer_tells_which_picture_it_is_over(strip: PictureStrip) -> None:
    strip.show()
    place = middle(1, 0)
    strip.event(QHelpEvent(QEvent.Type.ToolTip, place, strip.mapToGlobal(place)))
    assert QToolTip.text() == "real, -1 sd"


def test_a_narrow_strip_is_as_high_as_its_pictures_are_then(
    strip: PictureStrip,
) -> None:
    strip.show()
    before = strip.height()
    strip.resize(54 + 3 * 20, strip.height())
    assert strip.height() < before
    assert strip.height() == 15 + 2 * 20 + 2
    strip.show_rows([])
    assert strip.isHidden()


def test_without_a_picture_its_word_is_hidden_too(qtbot: Any) -> None:
    shown = CaptionedPicture("The cell")
    qtbot.addWidget(shown)
    shown.show_picture(np.ones((8, 8, 3), np.float32), "drawn")
    assert not shown.isHidden()
    assert shown.word.text() == "drawn"
    shown.show_picture(None, "")
    assert shown.isHidden()
