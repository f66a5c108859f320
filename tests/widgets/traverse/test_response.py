from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_disentangle.latents.response import Response
from napari_disentangle.recipes.crop_reading import CropReading
from napari_disentangle.widgets._traverse.response import ResponsePanel


def response(measure: str, effect: float, fidelity: float = np.nan) -> Response:
    values = np.linspace(0, effect, 5)
    return Response(measure, values, 1.0, effect, 0.1, fidelity)


@pytest.fixture
def panel(qtbot: Any) -> ResponsePanel:
    panel = ResponsePanel(ViewerModel())
    qtbot.addWidget(panel)
    return panel


def card(name: str, decoded: list[Response], nearest: list[Response]) -> Any:
    return SimpleNamespace(name=name, decoded=decoded, nearest=nearest)


def measures(panel: ResponsePanel) -> list[str]:
    return [panel.combo.itemData(row) for row in range(panel.combo.count())]


def test_measures_of_the_factors_own_kind_come_first_then_the_most_moved(
    panel: ResponsePanel,
) -> None:
    drawn = [
        response("solidity", 0.3),
        response("area", 1.0),
        response("intensity_mean", -3.0),
        response("color_red", np.nan),
    ]
    panel.show_card(card("scale", drawn, [response("solidity", -2.0)]))
    assert measures(panel) == ["area", "intensity_mean", "solidity", "color_red"]
    assert panel.combo.currentData() == "area"


def test_what_drawn_and_real_pictures_do_is_told_in_their_colors(
    panel: ResponsePanel,
) -> None:
    panel.show_card(card("scale", [response("area", 3)], [response("area", 2.5)]))
    assert panel.told.text() == (
        "Drawn (blue): area +3.0 sd; real (orange): area +2.5 sd, from end to end."
    )
    assert len(panel.plot.listDataItems()) == 2


def test_a_measure_that_drawn_pictures_do_not_show_is_not_to_be_trusted(
    panel: ResponsePanel,
) -> None:
    panel.show_card(card("scale", [response("area", 3, fidelity=0.0)], []))
    assert panel.told.text().endswith("trust the real cells.")
    panel.show_card(card("scale", [response("area", 3, fidelity=0.99)], []))
    assert "trust" not in panel.told.text()


def test_a_card_without_responses_shows_nothing(panel: ResponsePanel) -> None:
    panel.show_card(card("scale", [response("area", 3)], []))
    assert not panel.isHidden()
    panel.show_card(None)
    assert panel.isHidden()
    assert panel.plot.listDataItems() == []


def test_the_axis_has_the_unit_of_the_measure(panel: ResponsePanel) -> None:
    drawn = [response("area", 4.0), response("solidity", 1.0)]
    reading = CropReading(window_px=128.0, spacing_um=(0.5, 0.5))
    panel.show_card(card("scale", drawn, []), reading, 64)
    axis = panel.plot.getAxis("left")
    (curve,) = panel.plot.listDataItems()
    assert axis.labelText == "µm²"
    assert axis.label.isVisible()
    np.testing.assert_allclose(curve.getData()[1], drawn[0].values)  # 4 px², 0.25 each
    panel.show_card(card("scale", drawn, []), CropReading(window_px=128.0), 64)
    (curve,) = panel.plot.listDataItems()
    assert axis.labelText == "px²"
    np.testing.assert_allclose(curve.getData()[1], 4 * drawn[0].values)
    panel.combo.setCurrentIndex(panel.combo.findData("solidity"))
    assert axis.labelText == ""
    assert not axis.label.isVisible()


def test_a_color_is_called_by_its_channel(panel: ResponsePanel) -> None:
    reading = CropReading(channels=("DAPI", "GFP"))
    found = card("color", [response("intensity_mean_1", 2.0)], [])
    panel.show_card(found, reading)
    assert panel.combo.currentText() == "Mean GFP (green)"
    assert "mean GFP (green) +2.0 sd" in panel.told.text()
