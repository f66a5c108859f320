"""Each origin of a pixel size has a sentence; only an uncertain one is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from napari.components import ViewerModel
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_disentangle.errors import CropError, DataError
from napari_disentangle.widgets._crops.pixel_size import PixelSizePanel, sentence_of
from napari_disentangle.widgets._layers import PixelSize, pixel_size_of


@pytest.fixture
def viewer(qapp: Any) -> Any:
    viewer = ViewerModel()
    for name in ("a", "b", "c"):
        viewer.add_image(np.zeros((8, 8)), name=name)
    viewer.layers["c"].scale = (2, 2)
    return viewer


@pytest.fixture
def panel(viewer: Any, qtbot: Any) -> PixelSizePanel:
    panel = PixelSizePanel(viewer)
    qtbot.addWidget(panel)
    panel.show_layers(viewer.layers["a"], None)
    return panel


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (PixelSize(None, "", (1, 1)), "no pixel size: areas are in px. Enter it"),
        (PixelSize(None, "", (2, 0.5)), "scale 2 x 0.5 but no unit: areas are in px"),
        (PixelSize((0.3, 0.3), "user", (1, 1)), "0.3 µm, as entered."),
        (PixelSize((0.3, 0.3), "file", (1, 1)), "0.3 µm, from the file."),
        (PixelSize((0.3, 0.3), "layer", (0.3, 0.3)), "0.3 µm, from the layer's scale."),
        (PixelSize((1, 1), "layer", (1, 1)), "says 1 µm a pixel, as it may by default"),
    ],
)
def test_who_says_it_is_told(known: PixelSize, text: str) -> None:
    assert text in sentence_of(known)


def test_enter_takes_what_was_typed_and_tells_which_layer(
    panel: PixelSizePanel, viewer: Any
) -> None:
    told: list[Any] = []
    panel.changed.connect(told.append)
    panel.edit.setText("0.5 x 0.25")
    QTest.keyClick(panel.edit, Qt.Key.Key_Return)
    image = viewer.layers["a"]
    assert told == [image]
    assert pixel_size_of(image).spacing_um == (0.5, 0.25)
    assert not panel._line.isHidden()  # so that it can be corrected


def test_the_other_images_without_one_are_asked_for_together(
    panel: PixelSizePanel, viewer: Any
) -> None:
    assert not panel.every_box.isHidden()
    panel.every_box.setChecked(True)
    panel.edit.setText("0.5")
    panel.use()
    sizes = [pixel_size_of(layer).spacing_um for layer in viewer.layers]
    assert sizes == [(0.5, 0.5), (0.5, 0.5), None]  # c has a scale of its own
    assert panel.every_box.isHidden()


def test_a_wrong_number_changes_nothing(panel: PixelSizePanel, viewer: Any) -> None:
    panel.edit.setText("half")
    with pytest.raises(DataError):
        panel.use()
    assert pixel_size_of(viewer.layers["a"]).spacing_um is None


def test_without_an_image_nothing_is_asked(panel: PixelSizePanel) -> None:
    panel.show_layers(None, None)
    assert panel.isHidden()
    with pytest.raises(CropError, match="no image"):
        panel.use()


def test_only_the_image_that_is_shown_is_followed(
    panel: PixelSizePanel, viewer: Any
) -> None:
    told: list[Any] = []
    panel.changed.connect(told.append)
    panel.show_layers(viewer.layers["b"], None)
    viewer.layers["a"].scale = (3, 3)
    assert told == []
    viewer.layers["b"].scale = (3, 3)
    assert set(map(id, told)) == {id(viewer.layers["b"])}
    assert "scale 3 but no unit" in panel.note.text()
