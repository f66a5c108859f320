"""Sliders of all factors: told when a user moves one, and wide enough for any cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

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


def test_factors_without_a_name_are_folded_away_unless_there_are_no_others(
    sliders: FactorSliders,
) -> None:
    assert not sliders.more.isHidden()
    assert sliders.more.isAncestorOf(sliders.slider("residual_1"))
    assert not sliders.more.isAncestorOf(sliders.slider("scale"))
    sliders.set_factors(["residual_1", "residual_2"])
    assert sliders.more.isHidden()
    assert not sliders.more.isAncestorOf(sliders.slider("residual_2"))
