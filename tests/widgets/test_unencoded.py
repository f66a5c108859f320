"""Classify tells of open images in which nothing can be predicted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets.classify import ClassifyWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_open_images_are_counted_until_they_are_encoded_or_closed(
    grid: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    qtbot: Any,
    pixel_model: Path,
) -> None:
    dock = dock_in(grid, ClassifyWidget)
    label = dock._showing.unencoded.label
    assert label.isHidden()
    pixels = grid.layers["image"].data
    grid.add_image(pixels[::-1].copy(), name="second")
    grid.add_labels(grid.layers["cells"].data[::-1].copy(), name="second cells")
    grid.add_image(pixels[:20].copy(), name="bare")
    qtbot.wait_for_turns()
    assert label.text().startswith("2 open images are not encoded, so nothing is ")
    assert "Encode all other open images in Factors" in label.text()
    assert label.toolTip() == "second\nbare"
    assert not label.isHidden()
    factors = dock_in(grid, FactorsWidget)
    factors.encode_all()
    wait_for(factors)
    qtbot.wait_for_turns()
    assert label.text().startswith("1 open image is not encoded, so nothing is ")
    assert label.toolTip() == "bare"
    grid.layers.remove("bare")
    qtbot.wait_for_turns()
    assert label.isHidden()
    assert label.text() == ""


def test_an_image_encoded_with_another_model_is_counted(
    grid: Any, dock_in: Callable[..., Any], qtbot: Any
) -> None:
    dock = dock_in(grid, ClassifyWidget)
    session = dock.session
    (shown,) = session.images
    pixels, labels = (grid.layers[name].data for name in ("image", "cells"))
    layer = grid.add_image(pixels[::-1].copy(), name="other")
    cells = grid.add_labels(labels[::-1].copy(), name="other cells")
    key = _layers.image_key(_layers.read_source(layer, cells, "yx"))
    other = replace(shown, roi_id="other", key=key, table=shown.table.copy())
    session.images = (shown, other)
    qtbot.wait_for_turns()
    assert dock._showing.unencoded.label.isHidden()
    unlike = replace(other, table=other.table.assign(model="another-12345678"))
    session.images = (shown, unlike)
    qtbot.wait_for_turns()
    assert dock._showing.unencoded.label.toolTip() == "other"
