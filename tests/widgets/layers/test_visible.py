from __future__ import annotations

import dask.array as da
import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image

from napari_disentangle.widgets._layers.visible import visible_part, visible_region


def on_canvas(layer: Image, low: tuple[int, ...], high: tuple[int, ...]) -> Image:
    """Let the canvas show the pixels from `low` to `high` of a layer."""
    layer.corner_pixels = np.array([low, high])
    return layer


@pytest.mark.parametrize(
    ("low", "high", "region"),
    [
        ((10, 20), (29, 39), (slice(10, 30), slice(20, 40))),
        ((-9, -9), (99, 99), (slice(0, 40), slice(0, 60))),
        ((5, 7), (5, 7), (slice(0, 40), slice(0, 60))),
        ((90, 90), (99, 99), (slice(0, 40), slice(0, 60))),
    ],
    ids=["inside", "beyond the edges", "one pixel is no part", "beside the image"],
)
def test_the_part_on_the_canvas_lies_within_the_image(
    low: tuple[int, int], high: tuple[int, int], region: tuple[slice, slice]
) -> None:
    layer = on_canvas(Image(np.zeros((40, 60))), low, high)
    assert visible_region(layer) == region


def test_the_part_of_a_pyramid_is_told_in_pixels_of_its_finest_level() -> None:
    full = np.zeros((80, 120))
    layer = Image([full, full[::2, ::2], full[::4, ::4]], multiscale=True)
    layer.data_level = 2
    on_canvas(layer, (5, 10), (9, 14))
    assert visible_region(layer) == (slice(20, 37), slice(40, 57))


def test_a_color_image_has_no_channel_among_its_sides() -> None:
    layer = on_canvas(Image(np.zeros((40, 60, 3)), rgb=True), (1, 2), (8, 9))
    assert visible_region(layer) == (slice(1, 9), slice(2, 10))


@pytest.mark.parametrize("lazy", [False, True])
def test_of_a_stack_the_frame_and_the_plane_that_are_shown_are_taken(
    lazy: bool,
) -> None:
    viewer = ViewerModel()
    t, z, y, x = np.ogrid[:3, :4, :40, :60]
    pixels = t * 1000 + z * 100 + y + 0.01 * x
    data = da.from_array(pixels, chunks=(1, 1, 20, 20)) if lazy else pixels
    image = viewer.add_image(data, scale=(5, 2, 1, 1))
    viewer.dims.set_point((0, 1), (10, 6))  # frame 2, plane 3
    on_canvas(image, (0, 0, 10, 20), (0, 0, 19, 29))
    part = np.asarray(visible_part(viewer, [image], "tzyx"))
    assert part.shape == (1, 1, 1, 10, 10)
    assert part[0, 0, 0, 0, 0] == pytest.approx(2310.2)


def test_of_channels_in_layers_of_their_own_the_same_part_is_joined() -> None:
    viewer = ViewerModel()
    first = viewer.add_image(np.full((40, 60), 1))
    second = viewer.add_image(np.full((40, 60), 2))
    on_canvas(first, (10, 20), (19, 29))
    part = np.asarray(visible_part(viewer, [first, second], "yx"))
    assert part.shape == (1, 1, 2, 10, 10)
    assert part[0, 0, :, 0, 0].tolist() == [1, 2]
