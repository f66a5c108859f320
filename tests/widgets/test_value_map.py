"""Many objects are colored by an image of values; names of layers do not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
import pandas as pd
import pytest

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._layers import color, id_colors
from napari_disentangle.widgets._selection import Cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

VIRIDIS = _layers.Coloring("z_scale", "viridis", 0.0, 1.0)
VALUES = {1: 0.1, 5: 0.5, 10: 0.9}


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the fast path for three objects."""
    monkeypatch.setattr(color, "FAST_ABOVE", 2)
    monkeypatch.setattr(id_colors, "_MOST", 0)


@pytest.fixture
def movie(sparse_labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """The cells move down by five pixels a frame."""
    return np.stack([np.roll(sparse_labels, 5 * frame, axis=0) for frame in range(3)])


def table_of(n_frames: int) -> pd.DataFrame:
    """In frame t each value is the cell's own plus a hundredth of t."""
    rows = [
        ("image", frame, label, label, value + frame / 100)
        for frame in range(n_frames)
        for label, value in VALUES.items()
    ]
    return pd.DataFrame(rows, columns=["roi_id", "frame", "label", "index", "z_scale"])


def shown(layer: Any) -> NDArray[np.float32]:
    """Return the plane of a layer that is on the canvas."""
    return np.asarray(layer._slice.image.raw)


def map_of(viewer: Any) -> Any:
    return next(layer for layer in viewer.layers if "colors" in layer.metadata)


def open_movie(viewer: Any, labels: Any, axes: str = "tyx", **place: Any) -> Any:
    image = viewer.add_image(np.zeros(labels.shape, np.uint8), name="image", **place)
    cells = viewer.add_labels(labels, name="cells", **place)
    return _layers.read_source(image, cells, axes)


@pytest.mark.parametrize("lazy", [False, True])
def test_each_frame_of_a_movie_shows_its_own_values_where_its_cells_are(
    make_napari_viewer: Any, movie: NDArray[np.int32], lazy: bool
) -> None:
    viewer = make_napari_viewer()
    given = da.from_array(movie, chunks=(1, 30, 90)) if lazy else movie
    source = open_movie(viewer, given)
    for frame in (0, 2, 1):
        viewer.dims.set_current_step(0, frame)
        _layers.paint(viewer, source, table_of(3), frame, VIRIDIS)
        for label, value in VALUES.items():
            seen = shown(map_of(viewer))[movie[frame] == label]
            np.testing.assert_allclose(seen, value + frame / 100, rtol=1e-6)
        assert np.isnan(shown(map_of(viewer))[movie[frame] == 0]).all()
        assert viewer.dims.nsteps[0] == 3


def test_a_frame_that_was_not_painted_has_no_values_of_another(
    make_napari_viewer: Any, movie: NDArray[np.int32]
) -> None:
    viewer = make_napari_viewer()
    source = open_movie(viewer, movie)
    viewer.dims.set_current_step(0, 1)
    _layers.paint(viewer, source, table_of(3), 1, VIRIDIS)
    colored = map_of(viewer)
    assert np.isfinite(shown(colored)).any()
    viewer.dims.set_current_step(0, 2)
    assert not (np.isfinite(shown(colored)) & (shown(colored) > 0)).any()


@pytest.mark.parametrize(("axes", "order"), [("tzyx", (0, 1)), ("ztyx", (1, 0))])
def test_time_may_be_any_axis_of_a_stack(
    make_napari_viewer: Any, movie: NDArray[np.int32], axes: str, order: Any
) -> None:
    stack = np.stack([np.zeros_like(movie), movie], axis=1)  # cells in plane 1 only
    viewer = make_napari_viewer()
    source = open_movie(viewer, stack.transpose(*order, 2, 3), axes)
    viewer.dims.set_current_step(axes.index("t"), 2)
    viewer.dims.set_current_step(axes.index("z"), 1)
    _layers.paint(viewer, source, table_of(3), 2, VIRIDIS)
    seen = shown(map_of(viewer))
    np.testing.assert_allclose(seen[movie[2] == 5], 0.52, rtol=1e-6)
    assert np.isnan(seen[movie[2] == 0]).all()


def test_the_pointer_still_finds_cells_on_an_anisotropic_scale_at_every_frame(
    make_napari_viewer: Any, movie: NDArray[np.int32]
) -> None:
    place = {"scale": (4.0, 0.5, 0.25), "translate": (8.0, 100.0, -3.0)}
    viewer = make_napari_viewer()
    source = open_movie(viewer, movie, **place)
    for frame in (0, 2):
        viewer.dims.set_current_step(0, frame)
        _layers.paint(viewer, source, table_of(3), frame, VIRIDIS)
        world = source.objects_layer().data_to_world((frame, 20 + 5 * frame, 45))
        assert _layers.cell_at(viewer, source, world) == Cell(5, frame)
        value = map_of(viewer).get_value(world, world=True)
        assert value == pytest.approx(0.5 + frame / 100, rel=1e-6)


@pytest.mark.parametrize("lazy", [False, True])
def test_labels_of_several_resolutions_are_colored_in_each(
    make_napari_viewer: Any, sparse_labels: NDArray[np.int32], lazy: bool
) -> None:
    fine = np.kron(sparse_labels, np.ones((4, 4), np.int32))
    levels: list[Any] = [fine, fine[::2, ::2]]
    if lazy:
        levels = [da.from_array(level, chunks=60) for level in levels]
    viewer = make_napari_viewer()
    image = viewer.add_image(np.zeros(fine.shape, np.uint8), name="image")
    cells = viewer.add_labels(levels, name="cells", multiscale=True)
    source = _layers.read_source(image, cells, "yx")
    for _ in range(2):
        _layers.paint(viewer, source, table_of(1), 0, VIRIDIS)
    colored = map_of(viewer)
    assert colored.multiscale
    for level, values in zip(levels, colored.data, strict=True):
        at = np.asarray(level) == 10
        np.testing.assert_allclose(np.asarray(values)[at], 0.9, rtol=1e-6)
    assert _layers.cell_at(viewer, source, (120, 180)) == Cell(5)


def test_lazy_labels_are_not_read_but_what_is_shown(make_napari_viewer: Any) -> None:
    read: list[int] = []

    def block(where: Any) -> NDArray[np.int32]:
        read.append(where[None]["chunk-location"][0])
        return np.full((1, 40, 40), 5, np.int32)

    labels = da.map_blocks(
        lambda block_info: block(block_info),
        chunks=((1,) * 6, (40,), (40,)),
        dtype=np.int32,
        meta=np.zeros((0, 0, 0), np.int32),
    )
    viewer = make_napari_viewer()
    source = open_movie(viewer, labels)
    viewer.dims.set_current_step(0, 4)
    read.clear()
    _layers.paint(viewer, source, table_of(6), 4, VIRIDIS)
    assert set(read) <= {4}


@pytest.mark.parametrize("renamed", ["cells", "cells (colored)"])
def test_a_renamed_layer_keeps_its_one_map(
    make_napari_viewer: Any, sparse_labels: NDArray[np.int32], renamed: str
) -> None:
    viewer = make_napari_viewer()
    source = open_movie(viewer, sparse_labels, "yx")
    _layers.paint(viewer, source, table_of(1), 0, VIRIDIS)
    viewer.layers[renamed].name = "something else"
    again = table_of(1).assign(z_scale=0.3)
    _layers.paint(viewer, source, again, 0, VIRIDIS)
    assert len(viewer.layers) == 3
    np.testing.assert_allclose(shown(map_of(viewer))[sparse_labels == 5], 0.3)
    _layers.restore_colors(viewer, source)
    assert len(viewer.layers) == 2
    assert source.objects_layer().opacity > 0


def test_a_renamed_image_keeps_its_id_in_tables_and_its_fingerprint(
    make_napari_viewer: Any, sparse_labels: NDArray[np.int32]
) -> None:
    viewer = make_napari_viewer()
    image = viewer.add_image(sparse_labels.astype(np.uint8), name="slide 3")
    cells = viewer.add_labels(sparse_labels)
    before = _layers.read_source(image, cells, "yx")
    looks = _layers.fingerprint(before)
    image.name, cells.name = "control", "nuclei"
    image.data[:9] = 200  # retouched
    after = _layers.read_source(image, cells, "yx")
    assert (after.roi_id, before.roi_id) == ("slide 3", "slide 3")
    assert _layers.fingerprint(after) == looks
    other = viewer.add_image(255 - image.data, name="slide 3")
    another = _layers.read_source(other, cells, "yx")
    assert _layers.fingerprint(another) != looks
