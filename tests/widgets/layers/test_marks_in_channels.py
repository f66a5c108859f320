"""Points and rectangles on images with channels, time and depth at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.layers import Image, Points, Shapes

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = {"t": 5, "c": 3, "z": 4, "y": 40, "x": 50}
AXES = ["cyx", "tyx", "zyx", "tcyx", "ctyx", "zcyx", "tzyx", "tczyx"]
PLACES = {"t": [4, 1], "c": [2, 2], "z": [3, 0], "y": [12, 25.5], "x": [15, 30]}


def image_of(axes: str, **looks: Any) -> Image:
    rng = np.random.default_rng(0)
    shape = [SIZES[axis] for axis in axes]
    return Image(rng.integers(0, 999, shape).astype(np.uint16), name="image", **looks)


def marks(kind: str, axes: str) -> Any:
    at = np.stack([PLACES[axis] for axis in axes], axis=1).astype(float)
    if kind == "points":
        return Points(at, name="marks")
    corners = np.zeros((4, len(axes)))
    corners[:, -2:] = [[-4, -5], [-4, 5], [4, 5], [4, -5]]
    return Shapes([corners + one for one in at], name="marks")


@pytest.mark.parametrize("kind", ["points", "shapes"])
@pytest.mark.parametrize("in_channel", [True, False])
@pytest.mark.parametrize("axes", AXES)
def test_marks_are_cut_at_their_time_and_depth(
    axes: str, in_channel: bool, kind: str
) -> None:
    own = axes if in_channel else axes.replace("c", "")
    image, layer = image_of(axes), marks(kind, own)
    source = _layers.read_source(image, layer, axes)
    crops = run(iter_plan_objects(source, CropConfig(window_px=9)))
    cells = crops.table.assign(z=crops.windows.z0).sort_values("label")
    assert cells["pos_y"].tolist() == PLACES["y"]
    assert cells["frame"].tolist() == (PLACES["t"] if "t" in axes else [0, 0])
    assert cells["z"].tolist() == (PLACES["z"] if "z" in axes else [0, 0])
    if "z" in axes:
        assert cells["pos_z"].tolist() == PLACES["z"]
    assert source.frame_axis == (own.index("t") if "t" in own else None)


@pytest.mark.parametrize("kind", ["points", "shapes"])
@pytest.mark.parametrize("axes", ["cyx", "tcyx"])
def test_marks_drawn_on_a_channel_make_no_time_or_depth_of_the_channels(
    make_napari_viewer: Any, dock_in: Callable[..., Any], axes: str, kind: str
) -> None:
    viewer = make_napari_viewer()
    viewer.add_layer(image_of(axes))
    viewer.add_layer(marks(kind, axes))
    assert dock_in(viewer, CropsWidget).axes_combo.currentData() == axes


def test_marks_in_several_channels_that_have_a_name_are_in_channels() -> None:
    layer = Points([[0, 12, 15], [2, 25, 30]])
    named, unnamed = image_of("cyx", axis_labels=("c", "y", "x")), image_of("cyx")
    assert _layers.may_lie_on(named, "cyx", layer)
    assert not _layers.may_lie_on(unnamed, "cyx", layer)  # a short movie, maybe
    assert _layers.may_lie_on(unnamed, "tyx", layer)


def test_the_frame_of_marks_in_channels_is_that_of_the_time_slider() -> None:
    image, layer = image_of("ctyx"), marks("points", "ctyx")
    source = _layers.read_source(image, layer, "ctyx")
    viewer: Any = SimpleNamespace(dims=SimpleNamespace(point=(2.0, 4.0, 0.0, 0.0)))
    assert _layers.current_frame(viewer, source) == 4
