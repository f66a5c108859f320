"""Channels that are open as a layer each are one image to the Crops dock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
import pytest
import tifffile
from qtpy.QtCore import Qt

from napari_disentangle.errors import CropError
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

NAMES = ["DAPI", "GFP", "RFP", "Cy5"]


@pytest.fixture
def stack(sparse_labels: NDArray[np.int32]) -> NDArray[np.uint16]:
    """Four channels, each with a brightness of its own in every cell."""
    steps = np.arange(1, 5, dtype=np.uint16)[:, None, None]
    return (100 * steps + sparse_labels * steps).astype(np.uint16)


@pytest.fixture
def opened(
    make_napari_viewer: Any,
    stack: NDArray[np.uint16],
    sparse_labels: NDArray[np.int32],
) -> Any:
    """A viewer with the four channels, as napari splits them."""
    viewer = make_napari_viewer()
    viewer.add_image(stack, channel_axis=0, name=NAMES)
    viewer.add_labels(sparse_labels, name="cells")
    return viewer


@pytest.fixture
def dock(opened: Any, dock_in: Callable[..., Any]) -> CropsWidget:
    crops: CropsWidget = dock_in(opened, CropsWidget)
    return crops


def boxes(dock: CropsWidget) -> list[str]:
    return [box.text() for box in dock.channels.boxes.values()]


def test_channels_that_were_opened_together_are_one_image_by_name(
    dock: CropsWidget,
    opened: Any,
    stack: NDArray[np.uint16],
    wait_for: Callable[[Any], None],
) -> None:
    assert boxes(dock) == NAMES
    channel = dock.segment_form.editor("channel")
    assert channel.choices[-4:] == ("0", "1", "2", "3")
    dock.channels.boxes[3].click()
    dock.channels.boxes[0].click()
    dock.cut()
    wait_for(dock)
    source = dock.session.source
    assert source is not None
    assert source.image.shape == (1, 1, 4, 60, 90)
    np.testing.assert_array_equal(source.image[0, 0], stack)
    assert source.image_layer() is opened.layers["DAPI"]
    assert source.axes == "yx"


def test_all_channels_are_measured_whichever_layer_is_chosen(
    dock: CropsWidget,
    opened: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> None:
    dock.image_combo.set_layer(opened.layers["RFP"])
    dock.cut()
    wait_for(dock)
    factors = dock_in(opened, FactorsWidget)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    table = factors.session.table
    for channel in range(4):
        means = [(channel + 1) * (100 + label) for label in (1, 5, 10)]
        np.testing.assert_allclose(table[f"intensity_mean_{channel}"], means)
    dock.image_combo.set_layer(opened.layers["GFP"])
    dock.cut()
    wait_for(dock)
    factors.encode()
    wait_for(factors)
    assert len(factors.session.images) == 1


def test_layers_are_ticked_by_the_user_and_stay_so(
    dock: CropsWidget, opened: Any
) -> None:
    panel = dock.channel_layers
    assert panel.isVisibleTo(dock)
    assert "4 layers are its channels: DAPI, GFP, RFP, Cy5" in panel.note.text()
    for row in range(panel.list.count()):
        panel.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    chosen = dock.image_combo.layer()
    assert panel.layers() == [chosen]
    assert boxes(dock) == []
    assert "tick those that are" in panel.note.text()
    panel.choose([opened.layers["GFP"]])
    opened.add_points([[1, 1]])
    assert [layer.name for layer in panel.layers()] == ["GFP", chosen.name]


def test_images_of_one_shape_are_not_taken_for_channels(
    make_napari_viewer: Any,
    stack: NDArray[np.uint16],
    dock_in: Callable[..., Any],
) -> None:
    viewer = make_napari_viewer()
    for number in range(3):
        viewer.add_image(stack[number], name="slide")  # napari counts equal names
    dock = dock_in(viewer, CropsWidget)
    assert len(dock.channel_layers.layers()) == 1
    assert dock.channel_layers.list.count() == 2


def test_layers_that_do_not_fit_say_why_in_one_sentence(
    dock: CropsWidget, opened: Any, stack: NDArray[np.uint16]
) -> None:
    dock.image_combo.set_layer(opened.layers["DAPI"])
    small = opened.add_image(stack[0, :30], name="small")
    deep = opened.add_image(stack[0].astype(np.float32), name="deep")
    aside = opened.add_image(stack[0], name="aside", translate=(0, 5))
    color = opened.add_image(np.zeros((60, 90, 3), np.uint8), rgb=True, name="color")
    for layer, words in (
        (small, "'small' has 30 x 90 pixels and 'DAPI' 60 x 90"),
        (deep, "'deep' holds float32 and 'DAPI' uint16"),
        (aside, "'aside' does not lie on 'DAPI'"),
        (color, "'color' is a color image"),
    ):
        with pytest.raises(CropError, match=words):
            dock.channel_layers.choose([layer])
    lines = dock.channel_layers.list
    texts = [lines.item(row).text() for row in range(lines.count())]
    assert "small (does not fit)" in texts
    line = lines.item(texts.index("small (does not fit)"))
    assert "30 x 90" in line.toolTip()
    assert not line.flags() & Qt.ItemFlag.ItemIsEnabled
    assert len(dock.channel_layers.layers()) == 4


def test_lazy_layers_stay_lazy(
    make_napari_viewer: Any,
    stack: NDArray[np.uint16],
    sparse_labels: NDArray[np.int32],
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
) -> None:
    viewer = make_napari_viewer()
    viewer.add_image(da.from_array(stack, chunks=(1, 30, 30)), channel_axis=0)
    viewer.add_labels(sparse_labels, name="cells")
    dock = dock_in(viewer, CropsWidget)
    assert len(dock.channel_layers.layers()) == 4
    dock.cut()
    wait_for(dock)
    image = dock.session.source.image
    assert isinstance(image, da.Array)
    assert image.shape == (1, 1, 4, 60, 90)
    assert len(dock.session.crops) == 3


def test_a_cell_painted_in_the_last_channel_is_the_only_one_updated(
    dock: CropsWidget,
    opened: Any,
    dock_in: Callable[..., Any],
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> None:
    dock.cut()
    wait_for(dock)
    factors = dock_in(opened, FactorsWidget)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    settle(factors)
    layer = opened.layers["Cy5"]
    layer.data[20:30, 40:50] = 0
    layer.refresh()
    settle(factors)
    assert factors._edits.cells == {(0, 5)}
    factors.encode()
    wait_for(factors)
    assert factors.session.table["intensity_mean_3"][1] < 4 * 105
    opened.layers.remove("RFP")
    assert not _layers.is_open(opened, factors.session.source)


@pytest.fixture
def encode_all(
    dock: CropsWidget,
    opened: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> Callable[[], FactorsWidget]:
    """Encode the image that is shown and then all others; return the Factors dock."""

    def encode() -> FactorsWidget:
        dock.cut()
        wait_for(dock)
        factors: FactorsWidget = dock_in(opened, FactorsWidget)
        factors.set_model(pixel_model)
        factors.encode()
        wait_for(factors)
        factors.encode_all_button.click()
        wait_for(factors)
        return factors

    return encode


def test_other_images_are_encoded_with_their_channels_joined(
    opened: Any,
    stack: NDArray[np.uint16],
    sparse_labels: NDArray[np.int32],
    encode_all: Callable[[], FactorsWidget],
) -> None:
    names = [f"day 2 {name}" for name in NAMES]
    opened.add_image(stack[:, :50].copy(), channel_axis=0, name=names)
    opened.add_labels(sparse_labels[:50], name="day 2 DAPI cells")
    factors = encode_all()
    other = factors.session.images[-1]
    assert other.roi_id == "day 2 DAPI"
    assert len(factors.session.images) == 2
    np.testing.assert_allclose(other.table["intensity_mean_3"], [404, 420, 440])


def test_channels_of_other_images_are_matched_by_name(
    opened: Any,
    stack: NDArray[np.uint16],
    sparse_labels: NDArray[np.int32],
    encode_all: Callable[[], FactorsWidget],
    notes: list[str],
) -> None:
    backwards = [f"day 2 {name}" for name in NAMES[::-1]]
    opened.add_image(stack[::-1, :50].copy(), channel_axis=0, name=backwards)
    opened.add_labels(sparse_labels[:50], name="day 2 Cy5 cells")
    foreign = ["day 3 DAPI", "day 3 BF", "day 3 RFP", "day 3 Cy5"]
    opened.add_image(stack[:, :40].copy(), channel_axis=0, name=foreign)
    opened.add_labels(sparse_labels[:40], name="day 3 DAPI cells")
    factors = encode_all()
    assert [known.roi_id for known in factors.session.images] == ["DAPI", "day 2 Cy5"]
    table = factors.session.images[-1].table
    np.testing.assert_allclose(table["intensity_mean_0"], [101, 105, 110])
    np.testing.assert_allclose(table["intensity_mean_3"], [404, 420, 440])
    assert "day 3 DAPI: It has no channel 'GFP' like DAPI" in notes[-1]


def test_slice_labels_of_an_imagej_file_are_names_of_channels(
    make_napari_viewer: Any,
    stack: NDArray[np.uint16],
    dock_in: Callable[..., Any],
    tmp_path: Path,
) -> None:
    path = tmp_path / "cells.tif"
    metadata = {"axes": "CYX", "Labels": NAMES}
    tifffile.imwrite(path, stack, imagej=True, metadata=metadata)
    viewer = make_napari_viewer()
    viewer.open(path, plugin="napari")
    dock = dock_in(viewer, CropsWidget)
    dock.axes_combo.setCurrentIndex(dock.axes_combo.findData("cyx"))
    assert boxes(dock) == NAMES


def test_channels_of_an_ome_file_have_their_names(
    make_napari_viewer: Any,
    stack: NDArray[np.uint16],
    dock_in: Callable[..., Any],
    tmp_path: Path,
) -> None:
    path = tmp_path / "cells.ome.tif"
    metadata = {"axes": "CYX", "Channel": {"Name": NAMES}}
    tifffile.imwrite(path, stack, metadata=metadata)
    viewer = make_napari_viewer()
    (layer,) = viewer.open(path, plugin="napari")
    assert layer.ndim == 3
    dock = dock_in(viewer, CropsWidget)
    dock.axes_combo.setCurrentIndex(dock.axes_combo.findData("cyx"))
    assert boxes(dock) == NAMES
    assert not dock.channel_layers.isVisibleTo(dock)
