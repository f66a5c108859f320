from __future__ import annotations

from typing import Any

from napari_disentangle.widgets._traverse.sliders import FactorSliders


def test_a_factor_without_a_slider_is_left_alone(qtbot: Any) -> None:
    sliders = FactorSliders()
    qtbot.addWidget(sliders)
    sliders.nudge("scale", 1.0)
    sliders.set_factors(["scale"])
    sliders.nudge("scale", 1.0)
    assert sliders.slider("scale").value() == 1.0
