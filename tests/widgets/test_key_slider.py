"""Keys move a slider of fractions, as its tooltip says, and never beyond its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_disentangle.widgets._key_slider import KeySlider
from napari_disentangle.widgets._verdict import Verdict

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget


def press(slider: KeySlider, *keys: Qt.Key) -> None:
    """Press keys where the Tab key leads."""
    target: QWidget | None = slider.focusProxy()
    for key in keys:
        QTest.keyClick(target, key)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (Qt.Key.Key_Right, 0.6),
        (Qt.Key.Key_Up, 0.6),
        (Qt.Key.Key_Left, 0.4),
        (Qt.Key.Key_Down, 0.4),
        (Qt.Key.Key_PageUp, 1.0),
        (Qt.Key.Key_PageDown, 0.0),
        (Qt.Key.Key_Home, -1.0),
        (Qt.Key.Key_End, 2.0),
        (Qt.Key.Key_A, 0.5),
    ],
)
def test_each_key_goes_as_far_as_it_should(
    qtbot: Any, key: Qt.Key, place: float
) -> None:
    slider = KeySlider(0.1, 0.5)
    qtbot.addWidget(slider)
    slider.setRange(-1, 2)
    slider.setValue(0.5)
    press(slider, key)
    assert slider.value() == pytest.approx(place)


def test_keys_stop_at_the_ends(qtbot: Any) -> None:
    slider = KeySlider(0.1, 0.5)
    qtbot.addWidget(slider)
    slider.setRange(0, 1)
    press(slider, Qt.Key.Key_Left)
    assert slider.value() == 0
    press(slider, *[Qt.Key.Key_PageUp] * 3)
    assert slider.value() == 1


def test_the_probability_that_is_asked_for_is_moved_by_keys(qtbot: Any) -> None:
    verdict = Verdict()
    qtbot.addWidget(verdict)
    press(verdict.abstain, Qt.Key.Key_PageUp, Qt.Key.Key_Right)
    assert verdict.least() == pytest.approx(0.11)
