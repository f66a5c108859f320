"""The dimensions that Crops takes by itself, and the sizes it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.errors import CropError
from napari_disentangle.widgets._crops.sizes import widths_of
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MANY = 12  # channels, more than a guess takes for channels


@pytest.fixture
def channels(sparse_labels: NDArray[np.int32]) -> NDArray[np.uint16]:
    steps = np.arange(1, MANY + 1, dtype=np.uint16)[:, None, None]
    return (steps * sparse_labels).astype(np.uint16)


@pytest.mark.parametrize("first", ["image", "cells"])
def test_labels_tell_that_a_long_axis_is_of_channels(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    channels: NDArray[np.uint16],
    sparse_labels: NDArray[np.int32],
    first: str,
) -> None:
    viewer = make_napari_viewer()
    dock = dock_in(viewer, CropsWidget)
    adds = {
        "image": lambda: viewer.add_image(channels, name="image"),
        "cells": lambda: viewer.add_labels(sparse_labels, name="cells"),
    }
    for name in sorted(adds, key=lambda name: name != first):
        adds[name]()
    assert dock.axes_combo.currentData() == "cyx"
    assert len(dock.channels.boxes) == MANY
    dock.cut()
    wait_for(dock)
    assert dock.session.crops.table["label"].tolist() == [1, 5, 10]


def test_points_in_a_plane_are_not_in_the_first_of_many_frames(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    channels: NDArray[np.uint16],
) -> None:
    viewer = make_napari_viewer()
    viewer.add_image(channels, name="image")
    viewer.add_points([[30, 15]], name="points")
    assert dock_in(viewer, CropsWidget).axes_combo.currentData() == "cyx"


def test_labels_of_all_channels_make_no_frames_of_channels_that_have_a_name(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    channels: NDArray[np.uint16],
) -> None:
    viewer = make_napari_viewer()
    names = ("channel", "y", "x")
    viewer.add_image(channels[:3], name="image", axis_labels=names)
    viewer.add_labels(np.ones(channels[:3].shape, np.uint8), name="cells")  # by button
    dock = dock_in(viewer, CropsWidget)
    assert dock.axes_combo.currentData() == "cyx"
    with pytest.raises(CropError, match="has 3 dimensions but the image has 2"):
        dock.cut()


def test_dimensions_that_fit_are_left_as_the_user_chose_them(
    make_napari_viewer: Any, dock_in: Callable[..., Any]
) -> None:
    viewer = make_napari_viewer()
    stack = np.zeros((8, 30, 40), np.int32)
    stack[:, 5:15, 5:15] = 1
    viewer.add_image(stack.astype(np.uint8), name="image")
    dock = dock_in(viewer, CropsWidget)
    dock.axes_combo.setCurrentIndex(dock.axes_combo.findData("zyx"))
    viewer.add_labels(stack, name="cells")
    assert dock.axes_combo.currentData() == "zyx"


def test_sizes_are_in_micrometers_once_the_pixel_size_is_known(
    viewer: Any, dock_in: Callable[..., Any], wait_for: Callable[[Any], None]
) -> None:
    dock = dock_in(viewer, CropsWidget)
    dock.cut()
    wait_for(dock)
    assert dock.histogram.getAxis("bottom").labelText == "diameter (px)"
    dock.pixel_size.edit.setText("0.5")
    dock.pixel_size.use()
    assert dock.histogram.getAxis("bottom").labelText == "diameter (µm)"
    widths, _ = widths_of(dock.session.crops, (0.5, 0.5)) or ([], "")
    np.testing.assert_allclose(widths, np.sqrt(4 * 600 / np.pi) / 2)


def test_a_cell_of_a_stack_is_as_wide_as_in_its_central_plane(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
) -> None:
    viewer = make_napari_viewer()
    stack = np.zeros((9, 30, 40), np.int32)
    stack[1:8, 5:25, 5:25] = 1
    names = ("z", "y", "x")
    viewer.add_image(stack.astype(np.uint8), name="image", axis_labels=names)
    viewer.add_labels(stack, name="cells")
    dock = dock_in(viewer, CropsWidget)
    dock.cut()
    wait_for(dock)
    widths, _ = widths_of(dock.session.crops, None) or ([], "")
    np.testing.assert_allclose(widths, [np.sqrt(4 * 400 / np.pi)])
