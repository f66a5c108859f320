"""Sliders of all factors: told when a user moves one, and wide enough for any cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from napari_disentangle.widgets._traverse.sliders import FactorSliders


@pytest.fixture
def sliders(qtbot: Any) -> FactorSliders:
    sliders = FactorSliders()
    qtbot.addWidget(sliders)
    sliders.set_factors(["scale", "shape", "residual_1"])
    return sliders


@pytest.fixture
def moved(sliders: FactorSliders) -> list[list[float]]:
    """The places that were told."""
    told: list[list[float]] = []
    sliders.moved.connect(lambda places: told.append(np.round(places, 2).tolist()))
    return told


def test_a_factor_without_a_slider_is_left_alone(qtbot: Any) -> None:
    sliders = FactorSliders()
    qtbot.addWidget(sliders)
    sliders.nudge("scale", 1.0)
    sliders.set_factors(["scale"])
    sliders.nudge("scale", 1.0)
    assert sliders.slider("scale").value() == 1.0


def test_a_move_tells_all_places_and_setting_them_tells_nobody(
    sliders: FactorSliders, moved: list[list[float]]
) -> None:
    sliders.set_places(np.array([0.5, -1, 2], np.float32))
    assert moved == []
    sliders.slider("shape").setValue(1.5)
    assert moved == [[0.5, 1.5, 2.0]]
    assert sliders.places().dtype == np.float32


def test_arrow_and_page_keys_go_as_far_as_the_tooltip_says(
    sliders: FactorSliders, moved: list[list[float]]
) -> None:
    sliders.set_places(np.zeros(3, np.float32))
    slider = sliders.slider("scale")
    keys = Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Down, Qt.Key.Key_PageUp
    for key, place in zip(keys, (0.1, 0.6, 0.5, 1.0), strict=True):
        QTest.keyClick(slider.focusProxy(), key)
        assert slider.value() == pytest.approx(place)
    assert len(moved) == 4
    QTest.keyClick(slider.focusProxy(), Qt.Key.Key_End)
    QTest.keyClick(slider.focusProxy(), Qt.Key.Key_Up)
    assert slider.value() == 3
    assert "Arrow keys: 0.1 sd. Page up and down: 0.5 sd." in slider.toolTip()


def test_a_slider_says_its_unit_and_how_sure_the_cell_is(
    sliders: FactorSliders,
) -> None:
    sliders.set_places(np.zeros(3, np.float32), np.array([0.25, 1, 1], np.float32))
    tip = sliders.slider("scale").toolTip()
    assert tip.startswith("Scale in sd of the cells from their mean; the cell's own is")
    assert "± 0.25" in tip
    sliders.set_places(np.zeros(3, np.float32))
    assert "±" not in sliders.slider("scale").toolTip()


def test_a_rare_cell_and_an_edit_beyond_the_range_are_reached(
    sliders: FactorSliders,
) -> None:
    sliders.set_places(np.array([-4.2, 0, 0], np.float32))
    assert sliders.slider("scale").value() == pytest.approx(-4.2)
    sliders.nudge("shape", 5)
    assert sliders.slider("shape").value() == 5


def test_the_number_of_a_cell_near_the_mean_is_read_as_zero(
    sliders: FactorSliders,
) -> None:
    sliders.set_places(np.array([3e-7, -4e-8, 0.25], np.float32))
    assert sliders.slider("scale")._label.text() == "0.00"
    assert sliders.slider("shape")._label.text() == "0.00"
    assert sliders.slider("residual_1")._label.text() == "0.25"


def test_the_tab_key_goes_from_slider_to_slider_before_what_stands_below(
    qtbot: Any,
) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    layout = QVBoxLayout(parent)
    above, sliders, below = QLineEdit(), FactorSliders(), QLineEdit()
    for widget in (above, sliders, below):
        layout.addWidget(widget)
    sliders.set_factors(["scale", "shape", "residual_1"])
    stops = [sliders.slider(name).focusProxy() for name in ("scale", "shape")]
    last = sliders.slider("residual_1").focusProxy()
    assert tab_chain(above)[1:] == [*stops, sliders.more.button, last, below]


def tab_chain(first: QWidget) -> list[QWidget]:
    """Return where the Tab key goes from `first` on, until it is there again."""
    found, widget = [first], first.nextInFocusChain()
    while widget is not None and widget is not first:
        policy = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if policy and widget.focusProxy() is None:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def test_factors_without_a_name_are_folded_away_unless_there_are_no_others(
    sliders: FactorSliders,
) -> None:
    assert not sliders.more.isHidden()
    assert sliders.more.isAncestorOf(sliders.slider("residual_1"))
    assert not sliders.more.isAncestorOf(sliders.slider("scale"))
    sliders.set_factors(["residual_1", "residual_2"])
    assert sliders.more.isHidden()
    assert not sliders.more.isAncestorOf(sliders.slider("residual_2"))
