from __future__ import annotations

from typing import TYPE_CHECKING

import dask.array as da
import numpy as np
import pytest
from napari.components import ViewerModel

from napari_disentangle.widgets._layers.read import read_source
from napari_disentangle.widgets._layers.touched import (
    in_memory,
    labels_of,
    pixels_of,
    planes_of,
    shown_planes,
    slices_of,
)

if TYPE_CHECKING:
    from napari.layers import Image, Labels

    from napari_disentangle.widgets._layers.read import Source

SHAPE = (3, 4, 20, 30)


@pytest.fixture
def viewer() -> ViewerModel:
    """A time series of three stacks of four planes, without a window."""
    viewer = ViewerModel()
    viewer.add_image(np.zeros(SHAPE, np.uint8), name="image", scale=(1, 2, 1, 1))
    labels = np.zeros(SHAPE, np.int32)
    labels[:, :, 5:15, 5:15] = 7
    viewer.add_labels(labels, name="cells", scale=(1, 2, 1, 1))
    return viewer


@pytest.fixture
def image(viewer: ViewerModel) -> Image:
    return viewer.layers["image"]


@pytest.fixture
def cells(viewer: ViewerModel) -> Labels:
    return viewer.layers["cells"]


@pytest.fixture
def source(image: Image, cells: Labels) -> Source:
    return read_source(image, cells, "tzyx")


def test_a_stroke_touches_the_plane_it_was_painted_in(
    source: Source, cells: Labels
) -> None:
    cells.brush_size = 4
    cells.paint((2, 1, 10, 10), 3)
    (stroke,) = cells._undo_history[-1]
    assert planes_of(source, slices_of(stroke)) == {(2, 1)}


def test_pixels_that_are_set_by_index_touch_all_planes_between_them(
    source: Source, cells: Labels
) -> None:
    at = np.array([0, 0]), np.array([1, 3]), np.array([6, 6]), np.array([6, 7])
    cells.data_setitem(at, 0)
    (stroke,) = cells._undo_history[-1]
    assert planes_of(source, slices_of(stroke)) == {(0, 1), (0, 2), (0, 3)}


def test_nothing_told_of_a_stroke_means_all_planes(source: Source) -> None:
    assert planes_of(source) == {(t, z) for t in range(3) for z in range(4)}


def test_a_flat_view_shows_one_plane_and_a_deep_one_all_of_a_frame(
    viewer: ViewerModel, source: Source, image: Image, cells: Labels
) -> None:
    viewer.dims.set_point((0, 1), (2, 6))  # z in its unit: plane 3
    for layer in (image, cells):
        assert shown_planes(viewer, source, layer) == {(2, 3)}
    viewer.dims.ndisplay = 3
    assert shown_planes(viewer, source, cells) == {(2, z) for z in range(4)}


def test_a_channel_that_is_shown_is_no_plane() -> None:
    viewer = ViewerModel()
    image = viewer.add_image(np.zeros((5, 20, 30), np.uint8), channel_axis=None)
    cells = viewer.add_labels(np.ones((20, 30), np.int32))
    source = read_source(image, cells, "cyx")
    viewer.dims.set_point(0, 4)
    assert shown_planes(viewer, source, image) == {(0, 0)}


def test_pixels_are_those_of_now_and_of_a_removed_layer_none(
    viewer: ViewerModel, source: Source, image: Image, cells: Labels
) -> None:
    image.data[2, 3, 4, 5] = 9
    (pixels,) = pixels_of(source) or []
    assert pixels.shape == (3, 4, 1, 20, 30)
    assert pixels[2, 3, 0, 4, 5] == 9
    cells.data[1, 2, 3, 4] = 8
    assert labels_of(source)[1, 2, 3, 4] == 8


def test_labels_of_another_number_of_dimensions_are_given_as_they_are(
    source: Source, cells: Labels
) -> None:
    cells.data = np.ones((20, 30), np.int32)
    assert labels_of(source).shape == (20, 30)


def test_labels_that_are_read_in_pieces_change_by_strokes_only(
    source: Source, cells: Labels
) -> None:
    assert in_memory(source)
    cells.data = da.from_array(cells.data)
    assert not in_memory(source)
