"""The Crops dock asks for a pixel size where nobody knows it, and never guesses one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._images import shown_image
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture
def dock(viewer: Any, dock_in: Callable[..., Any]) -> CropsWidget:
    return dock_in(viewer, CropsWidget)


def asks(dock: CropsWidget) -> bool:
    return not dock.pixel_size._line.isHidden()


def test_a_layer_without_a_pixel_size_is_asked_for(dock: CropsWidget) -> None:
    assert asks(dock)
    assert dock.pixel_size.note.text() == (
        "The layer has no pixel size: areas are in px. Enter it to get µm."
    )
    assert dock.pixel_size.edit.text() == ""


def test_a_scale_without_a_unit_is_offered_and_never_taken(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    viewer.layers["image"].scale = (0.5, 0.25)
    assert asks(dock)
    assert "no unit" in dock.pixel_size.note.text()
    assert dock.pixel_size.edit.text() == "0.5 x 0.25"
    dock.cut()
    wait_for(dock)
    assert dock.session.source is not None
    assert dock.session.source.spacing_um is None
    dock.pixel_size.use_button.click()
    assert dock.session.source.spacing_um == (0.5, 0.25)


def test_a_scale_with_a_unit_is_taken_and_nobody_asked(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    image = viewer.layers["image"]
    image.scale, image.units = (500, 250), ("nm", "nm")
    assert not asks(dock)
    assert dock.pixel_size.note.text().startswith("Pixel size 0.5 x 0.25 µm")
    dock.cut()
    wait_for(dock)
    assert dock.session.source is not None
    assert dock.session.source.spacing_um == pytest.approx((0.5, 0.25))


def test_a_unit_with_the_scale_that_layers_have_at_first_is_told_to_be_checked(
    viewer: Any, dock: CropsWidget
) -> None:
    viewer.layers["image"].units = ("um", "um")
    assert asks(dock)
    assert "check it" in dock.pixel_size.note.text()


def test_the_file_of_a_layer_may_know(
    viewer: Any, dock: CropsWidget, tmp_path: Path, sparse_labels: NDArray[np.int32]
) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(
        path,
        sparse_labels.astype(np.uint8),
        imagej=True,
        resolution=(4, 2),
        metadata={"unit": "um"},
    )
    (layer,) = viewer.open(path, plugin="napari", layer_type="image")
    dock.image_combo.set_layer(layer)
    assert "from the file" in dock.pixel_size.note.text()
    assert not asks(dock)
    assert _layers.pixel_size_of(layer).spacing_um == (0.5, 0.25)


def test_what_is_no_number_is_told_in_one_sentence(
    viewer: Any, dock: CropsWidget, notes: list[str]
) -> None:
    dock.pixel_size.edit.setText("0,5")
    dock.pixel_size.use_button.click()
    assert len(notes) == 1
    assert _layers.pixel_size_of(viewer.layers["image"]).spacing_um is None


def test_a_pixel_size_entered_after_encoding_fills_the_columns(
    dock: CropsWidget,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> None:
    dock.cut()
    wait_for(dock)
    factors = dock_in(dock.viewer, FactorsWidget)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    assert "area_um2" not in dock.session.table
    dock.pixel_size.edit.setText("0.5 x 0.25")
    dock.pixel_size.use_button.click()
    table = dock.session.table
    assert table["area"].tolist() == [600.0] * 3
    assert table["area_um2"].tolist() == [75.0] * 3
    assert table["pos_y_um"].tolist() == [14.75] * 3
    assert table["pos_x_um"].tolist() == pytest.approx([3.625, 11.125, 18.625])
    known = shown_image(dock.session)
    assert known is not None
    assert known.spacing_um == (0.5, 0.25)
    dock.pixel_size.edit.setText("")
    dock.pixel_size.use_button.click()
    assert "area_um2" not in dock.session.table
    known = shown_image(dock.session)
    assert known is not None
    assert known.spacing_um is None


def test_a_pixel_size_entered_for_an_image_not_shown_fills_its_columns(
    viewer: Any,
    dock: CropsWidget,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
) -> None:
    other = viewer.add_image(sparse_image[:, ::-1], rgb=True, name="other")
    viewer.add_labels(sparse_labels[:, ::-1], name="other cells")
    dock.image_combo.set_layer(viewer.layers["image"])
    dock.cells_combo.set_layer(viewer.layers["cells"])
    dock.cut()
    wait_for(dock)
    factors = dock_in(viewer, FactorsWidget)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    factors.encode_all()
    wait_for(factors)
    shown = dock.session.table
    dock.image_combo.set_layer(other)
    dock.pixel_size.edit.setText("0.5")
    dock.pixel_size.use_button.click()
    first, second = dock.session.images
    assert (first.roi_id, second.roi_id) == ("image", "other")
    assert second.spacing_um == (0.5, 0.5)
    assert second.table["area_um2"].tolist() == [150.0] * 3
    assert list(second.table)[:4] == ["label", "index", "roi_id", "frame"]
    assert first.spacing_um is None
    assert dock.session.table is shown
    assert "area_um2" not in shown
    dock.pixel_size.every_box.setChecked(True)
    dock.pixel_size.edit.setText("1")
    dock.pixel_size.use_button.click()
    for known in dock.session.images:
        assert known.table["area_um2"].tolist() == [600.0] * 3
    dock.pixel_size.edit.setText("")
    dock.pixel_size.use_button.click()
    assert "area_um2" not in dock.session.images[1].table


def test_layers_are_scaled_together_and_only_if_asked(
    viewer: Any, dock: CropsWidget
) -> None:
    image, cells = viewer.layers["image"], viewer.layers["cells"]
    image.translate = cells.translate = (10, 20)
    dock.pixel_size.edit.setText("0.5 x 0.25")
    dock.pixel_size.use_button.click()
    assert image.scale.tolist() == [1, 1]
    dock.pixel_size.scale_box.setChecked(True)
    dock.pixel_size.use_button.click()
    for layer in (image, cells):
        assert layer.scale.tolist() == [0.5, 0.25]
        assert layer.translate.tolist() == [5, 5]
        assert [str(unit) for unit in layer.units] == ["micrometer"] * 2
    assert _layers.pixel_size_of(image).spacing_um == (0.5, 0.25)
    assert asks(dock)  # to put a wrong one right


def test_one_size_serves_all_open_images_that_have_none(
    viewer: Any, dock: CropsWidget, sparse_image: NDArray[np.uint8]
) -> None:
    other = viewer.add_image(sparse_image, rgb=True, name="other")
    scaled = viewer.add_image(sparse_image, rgb=True, name="scaled", scale=(2, 2))
    dock.image_combo.set_layer(viewer.layers["image"])
    dock.pixel_size.edit.setText("0.5")
    dock.pixel_size.every_box.setChecked(True)
    dock.pixel_size.use_button.click()
    assert _layers.pixel_size_of(other).spacing_um == (0.5, 0.5)
    assert _layers.pixel_size_of(scaled).spacing_um is None


def test_a_closed_dock_follows_the_layer_no_more(
    viewer: Any, dock: CropsWidget
) -> None:
    viewer.window.remove_dock_widget(dock)
    before = dock.pixel_size.note.text()
    viewer.layers["image"].scale = (3, 3)
    assert dock.pixel_size.note.text() == before
