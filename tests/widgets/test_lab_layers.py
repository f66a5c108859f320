"""Layers as labs have them, from Crops to Explore: each cell keeps place and color."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
import pytest

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

CENTERS = {4: (16, 20), 7: (20, 60), 9: (56, 24), 30: (60, 90)}  # label: y, x
SHAPE = (80, 120)


@dataclass
class Docks:
    """The three docks of a viewer whose cells are encoded and colored."""

    crops: CropsWidget
    factors: FactorsWidget
    explore: ExploreWidget


def plane(labels: tuple[int, ...] = tuple(CENTERS)) -> NDArray[np.int32]:
    """Return disks of different size around their centers."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    found = np.zeros(SHAPE, np.int32)
    for label in labels:
        cy, cx = CENTERS[label]
        found[(y - cy) ** 2 + (x - cx) ** 2 <= (6 + label % 5) ** 2] = label
    return found


def bright(labels: NDArray[np.int32]) -> NDArray[np.uint8]:
    return np.where(labels > 0, 60 + 5 * labels, 10).astype(np.uint8)


@pytest.fixture
def through(
    dock_in: Callable[..., Any], wait_for: Callable[[Any], None], pixel_model: Path
) -> Callable[..., Docks]:
    """Cut, encode and color the cells of a viewer as a user does."""

    def go(viewer: Any, axes: str, **options: Any) -> Docks:
        crops = dock_in(viewer, CropsWidget)
        row = crops.axes_combo.findData(axes)
        assert row >= 0
        crops.axes_combo.setCurrentIndex(row)
        crops.crop_form.setValue(crops.crop_form.value().replace(**options))
        crops.cut()
        wait_for(crops)
        factors = dock_in(viewer, FactorsWidget)
        factors.set_model(pixel_model)
        factors.encode()
        wait_for(factors)
        factors.color_by("area")
        return Docks(crops, factors, dock_in(viewer, ExploreWidget))

    return go


def click(viewer: Any, world: tuple[float, ...]) -> None:
    """Press and release the mouse on the canvas at a world position."""
    shown = list(viewer.dims.displayed)
    event = SimpleNamespace(
        type="mouse_press", position=world, pos=world[-2:], dims_displayed=shown
    )
    for callback in viewer.mouse_drag_callbacks:
        if "Picker" in callback.__qualname__:
            list(callback(viewer, event))


def check(
    viewer: Any, docks: Docks, label: int, world: tuple[float, ...], qtbot: Any
) -> None:
    """Go to a cell, click it there, and see that color and mark are its own."""
    session, cells = docks.explore.session, docks.explore._selecting.known()
    row = cells.row_of(Cell(label))
    assert row >= 0
    docks.explore.go_to(row)
    np.testing.assert_allclose(viewer.scene.camera.center[-2:], world[-2:], atol=0.51)
    np.testing.assert_allclose(viewer.dims.point[:-2], world[:-2])
    session.cell = None
    click(viewer, world)
    assert session.cell == Cell(label)
    assert session.selection.labels.tolist() == [label]
    layer, coloring = session.source.objects_layer(), docks.factors._coloring
    assert coloring is not None
    wanted = _layers.rgba_of(cells.numbers("area")[[row]], coloring)[0]
    np.testing.assert_allclose(layer.get_color(label), wanted, atol=1e-6)
    qtbot.waitUntil(lambda: marks(viewer, label, world))


def marks(viewer: Any, label: int, world: tuple[float, ...]) -> bool:
    """Return whether the one cell marked in the viewer is there."""
    if "selected cells" not in viewer.layers:
        return False
    layer = viewer.layers["selected cells"]
    if hasattr(layer, "contour"):
        return bool(layer.get_value(world, world=True) == label) and bool(
            layer.colormap.map(label)[3] == 1
        )
    at = [layer.data_to_world(point) for point in layer.data]
    return len(at) == 1 and bool(np.allclose(at[0][-2:], world[-2:], atol=0.51))


def test_a_stack_in_z_is_gone_to_plane_by_plane(
    make_napari_viewer: Any, through: Callable[..., Docks], qtbot: Any
) -> None:
    viewer = make_napari_viewer()
    labels = np.zeros((7, *SHAPE), np.int32)
    labels[1:4] = plane((4, 9))
    labels[4:7] += plane((7, 30))
    scale = (3.0, 0.5, 0.5)
    names = {"axis_labels": ("z", "y", "x"), "scale": scale}
    viewer.add_image(bright(labels), name="image", **names)
    viewer.add_labels(labels, name="cells", **names)
    docks = through(viewer, "zyx")
    assert len(docks.crops.session.crops) == 4
    for label, z in ((4, 2), (30, 5)):
        y, x = CENTERS[label]
        check(viewer, docks, label, (3.0 * z, 0.5 * y, 0.5 * x), qtbot)


def test_a_pyramid_is_cut_and_clicked_at_full_resolution(
    make_napari_viewer: Any, through: Callable[..., Docks], qtbot: Any
) -> None:
    viewer = make_napari_viewer()
    labels = plane()
    image = bright(labels)
    steps = (1, 2, 4)
    viewer.add_image([image[::n, ::n] for n in steps], name="image", multiscale=True)
    viewer.add_labels([labels[::n, ::n] for n in steps], name="cells", multiscale=True)
    docks = through(viewer, "yx")
    areas = docks.factors.session.table.set_index("label")["area"]
    for label in CENTERS:
        assert areas[label] == (labels == label).sum()
        check(viewer, docks, label, CENTERS[label], qtbot)


def test_pixels_that_are_not_square_and_an_offset_are_met(
    make_napari_viewer: Any, through: Callable[..., Docks], qtbot: Any
) -> None:
    viewer = make_napari_viewer()
    labels = plane()
    place = {"scale": (0.5, 0.25), "translate": (100.0, -40.0)}
    viewer.add_image(bright(labels), name="image", **place)
    viewer.add_labels(labels, name="cells", **place)
    docks = through(viewer, "yx")
    for label, (y, x) in CENTERS.items():
        world = 100 + 0.5 * y, -40 + 0.25 * x
        check(viewer, docks, label, world, qtbot)


def test_hidden_layers_are_encoded_but_not_clicked_until_they_are_seen(
    make_napari_viewer: Any, through: Callable[..., Docks], qtbot: Any
) -> None:
    viewer = make_napari_viewer()
    labels = plane()
    viewer.add_image(bright(labels), name="image", visible=False)
    viewer.add_labels(labels, name="cells", visible=False)
    docks = through(viewer, "yx")
    click(viewer, CENTERS[7])
    assert docks.explore.session.cell is None
    assert not viewer.layers["cells"].visible
    viewer.layers["cells"].visible = True
    check(viewer, docks, 7, CENTERS[7], qtbot)


def test_renamed_layers_stay_the_same_cells(
    make_napari_viewer: Any,
    through: Callable[..., Docks],
    wait_for: Callable[[Any], None],
    qtbot: Any,
) -> None:
    viewer = make_napari_viewer()
    labels = plane()
    viewer.add_image(bright(labels), name="image")
    viewer.add_labels(labels, name="cells")
    docks = through(viewer, "yx")
    viewer.layers["image"].name = "plate 3"
    viewer.layers["cells"].name = "nuclei"
    assert docks.crops.image_combo.currentText() == "plate 3"
    assert docks.crops.cells_combo.currentText() == "nuclei"
    check(viewer, docks, 9, CENTERS[9], qtbot)
    docks.factors.encode()
    wait_for(docks.factors)
    check(viewer, docks, 30, CENTERS[30], qtbot)
    assert viewer.layers["nuclei"].features["index"].tolist() == list(CENTERS)


class Counted:
    """A lazy movie, a chunk a quarter of a frame, that counts what is read of it."""

    def __init__(self, frames: NDArray[Any]) -> None:
        self.read: Counter[tuple[int, ...]] = Counter()
        chunks = (1, SHAPE[0] // 2, SHAPE[1] // 2)
        lazy = da.from_array(frames, chunks=chunks)
        self.array = lazy.map_blocks(self._count, dtype=frames.dtype, meta=frames[:0])

    def _count(self, block: Any, block_info: Any = None) -> Any:
        self.read[tuple(block_info[0]["chunk-location"])] += 1
        return block


def test_of_a_lazy_movie_only_frames_with_cells_are_encoded(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    qtbot: Any,
) -> None:
    """A chunk is read once for the codes and once to measure, at most."""
    viewer = make_napari_viewer()
    labels = np.zeros((8, *SHAPE), np.int32)
    labels[3], labels[5] = plane((4,)), plane((30,))
    image, objects = Counted(bright(labels)), Counted(labels)
    viewer.add_image(image.array, name="image", contrast_limits=(0, 255))
    viewer.add_labels(objects.array, name="cells")
    viewer.dims.set_current_step(0, 0)
    crops, factors = dock_in(viewer, CropsWidget), dock_in(viewer, FactorsWidget)
    factors.set_model(pixel_model)
    options = crops.crop_form.value()
    crops.crop_form.setValue(options.replace(intensity="full", window_px=30))
    image.read.clear()
    objects.read.clear()
    crops.cut()
    wait_for(crops)
    for counted in (image, objects):  # a sample of the image tells if it is constant
        off_show = {at: n for at, n in counted.read.items() if at[0] > 0}
        assert set(off_show.values()) == {1}
    image.read.clear()
    factors.encode()
    wait_for(factors)
    assert {at[0] for at in image.read} - {0} == {3, 5}
    assert max(n for at, n in image.read.items() if at[0] > 0) <= 2


def test_a_lazy_movie_goes_from_crops_to_the_camera(
    make_napari_viewer: Any, through: Callable[..., Docks], qtbot: Any
) -> None:
    viewer = make_napari_viewer()
    labels = np.zeros((4, *SHAPE), np.int32)
    labels[0], labels[2] = plane((4, 9)), plane((7, 30))
    viewer.add_image(da.from_array(bright(labels), chunks=(1, 40, 60)), name="image")
    viewer.add_labels(da.from_array(labels, chunks=(1, 40, 60)), name="cells")
    docks = through(viewer, "tyx")
    session, explore = docks.explore.session, docks.explore
    for frame, label in ((0, 9), (2, 30)):
        row = explore._selecting.known().row_of(Cell(label, frame))
        explore.go_to(row)
        assert viewer.dims.current_step[0] == frame
        center = viewer.scene.camera.center[-2:]
        np.testing.assert_allclose(center, CENTERS[label], atol=0.51)
        click(viewer, (frame, *CENTERS[label]))
        assert session.cell == Cell(label, frame)
        qtbot.waitUntil(lambda label=label: marks(viewer, label, CENTERS[label]))
