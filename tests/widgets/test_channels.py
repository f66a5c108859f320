"""The channels of the crops are ticked by name; the config keeps their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


@pytest.fixture
def dock(
    make_napari_viewer: Any,
    sparse_labels: NDArray[np.int32],
    dock_in: Callable[..., Any],
) -> CropsWidget:
    """Four channels with names; the last alone shows the cells."""
    viewer = make_napari_viewer()
    channels = np.zeros((4, 60, 90), np.uint8)
    channels[3] = 200 * (sparse_labels > 0)
    names = ["DAPI", "GFP", "RFP", "Cy5"]
    viewer.add_image(channels, name="image", metadata={"channel_names": names})
    viewer.add_labels(sparse_labels, name="cells")
    dock = dock_in(viewer, CropsWidget)
    dock.axes_combo.setCurrentIndex(dock.axes_combo.findData("cyx"))
    return dock


def texts(dock: CropsWidget) -> list[str]:
    return [box.text() for box in dock.channels.boxes.values()]


def test_a_ticked_channel_is_the_one_in_the_crops(
    dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    assert texts(dock) == ["DAPI", "GFP", "RFP", "Cy5"]
    dock.channels.boxes[3].click()
    assert dock.crop_form.value().channels == (3,)
    assert dock.channels.note.text() == "Channels of the crops: Cy5, as gray."
    dock.cut()
    wait_for(dock)
    assert dock.session.crops is not None
    assert dock.session.crops.cut(np.array([0]), 16).max() > 0


def test_the_order_of_ticking_gives_the_colors_and_three_are_enough(
    dock: CropsWidget,
) -> None:
    boxes = dock.channels.boxes
    for number in (2, 0, 1):
        boxes[number].click()
    assert dock.crop_form.value().channels == (2, 0, 1)
    assert "red RFP, green DAPI, blue GFP" in dock.channels.note.text()
    assert not boxes[3].isEnabled()
    assert "three are ticked already" in boxes[3].toolTip()
    boxes[0].click()
    assert dock.crop_form.value().channels == (2, 1)
    assert boxes[3].isEnabled()


def test_channels_without_names_count_from_one(dock: CropsWidget) -> None:
    viewer = dock.viewer
    viewer.layers["image"].metadata.clear()
    dock.choice.changed.emit()
    assert texts(dock) == ["channel 1", "channel 2", "channel 3", "channel 4"]


def test_a_chosen_channel_that_the_image_lacks_can_be_unticked(
    dock: CropsWidget, sparse_image: NDArray[np.uint8]
) -> None:
    dock.crop_form.setValue(CropConfig(channels=(3,)))
    assert dock.channels.boxes[3].isChecked()
    dock.image_combo.set_layer(dock.viewer.add_image(sparse_image, rgb=True))
    assert texts(dock) == ["red", "green", "blue", "channel 4 (not in this image)"]
    dock.channels.boxes[3].click()
    assert dock.crop_form.value().channels == ()
