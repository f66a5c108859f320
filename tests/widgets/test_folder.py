"""A folder of images in the docks: crops as layers, every cell known by its file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import imageio.v3 as iio
import numpy as np
import pandas as pd
import pytest

from napari_disentangle.recipes.image_cells import combine, list_images
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._classify.cells import all_cells
from napari_disentangle.widgets._selection import Cell, Selection
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = ["large/1.png", "large/2.png", "small/1.png", "small/2.png"]
AREAS = [709, 441, 113, 253]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes of disks with masks."""
    y, x = np.mgrid[:40, :44]
    rng = np.random.default_rng(0)
    for name, radius in zip(FILES, (15, 12, 6, 9), strict=True):
        disk = (y - 20) ** 2 + (x - 20) ** 2 <= radius**2
        path = tmp_path / "cells" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        iio.imwrite(path, rng.integers(100, 255, (40, 44, 3), np.uint8))
        mask = path.with_name(f"{path.stem}-mask.png")
        iio.imwrite(mask, disk.astype(np.uint8) * 255)
    return tmp_path / "cells"


@pytest.fixture
def dock(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    folder: Path,
) -> CropsWidget:
    """The Crops dock with the folder opened beside an image."""
    dock = dock_in(viewer, CropsWidget)
    dock.open_folder(folder)
    wait_for(dock)
    return dock


@pytest.fixture
def factors(
    dock: CropsWidget,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> FactorsWidget:
    """The Factors dock with these cells encoded."""
    factors = dock_in(dock.viewer, FactorsWidget)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    return factors


def test_the_crops_are_shown_side_by_side_beside_what_is_open(
    viewer: Any, dock: CropsWidget
) -> None:
    assert dock.summary.text().startswith("4 cells of 4 images, 2 classes, window")
    image, cells = viewer.layers["cells (crops)"], viewer.layers["cells (cells)"]
    assert image.data.shape[:2] == cells.data.shape
    assert np.unique(cells.data).tolist() == [0, 1, 2, 3, 4]
    assert image.extent.world[0, 1] > viewer.layers["image"].extent.world[1, 1]
    assert dock.image_combo.layer() is viewer.layers["image"]  # a montage is no image


def test_pictures_of_a_folder_are_clear_until_their_cells_are_colored(
    viewer: Any, factors: FactorsWidget
) -> None:
    cells = viewer.layers["cells (cells)"]
    factors.color_by("z_scale")
    assert cells.get_color(1)[3] > 0
    factors.restore_colors()
    assert all(cells.get_color(label)[3] == 0 for label in (1, 2, 3, 4))


def test_images_in_no_folder_of_a_class_are_cells_of_no_class_yet(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    folder: Path,
) -> None:
    for number, name in enumerate(FILES):
        (folder / name).rename(folder / f"{number}.png")
    dock = dock_in(viewer, CropsWidget)
    annotate = dock_in(viewer, AnnotateWidget)
    dock.open_folder(folder)
    wait_for(dock)
    assert dock.summary.text().startswith("4 cells of 4 images, window")
    assert annotate.book.value.classes == ()
    annotate.add_class("round")
    dock.session.cell = Cell(2)
    annotate.give("round")
    marks = annotate.book.value.images
    assert [roi_id for roi_id, known in marks.items() if known] == ["1.png"]


def test_cancel_leaves_layers_and_crops_as_they_were(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    folder: Path,
) -> None:
    dock = dock_in(viewer, CropsWidget)
    dock.jobs.progressed.connect(lambda _: dock.jobs.cancel())
    dock.open_folder(folder)
    wait_for(dock)
    assert dock.job_bar.text() == "Opening the folder cancelled."
    assert dock.session.crops is None
    assert len(viewer.layers) == 2


def test_a_folder_without_classes_is_refused_in_one_sentence(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    notes: list[str],
) -> None:
    dock = dock_in(viewer, CropsWidget)
    dock.open_folder(tmp_path / "nowhere")
    wait_for(dock)
    assert len(notes) == 1
    assert "does not exist" in notes[0]


def test_opening_the_folder_again_replaces_its_layers(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None], folder: Path
) -> None:
    dock.open_folder(folder)
    wait_for(dock)
    assert len(viewer.layers) == 4
    assert _layers.has_layers(viewer, dock.session.source)


def test_the_table_names_file_and_label_and_measures_the_files(
    factors: FactorsWidget, tmp_path: Path, wait_for: Callable[[Any], None]
) -> None:
    table = factors.session.table
    assert table is not None
    assert table["roi_id"].tolist() == FILES
    assert table["label"].tolist() == [1] * 4
    assert table["area"].tolist() == AREAS
    assert table["annotation"].tolist() == ["large", "large", "small", "small"]
    assert all_cells(factors.session)["roi_id"].tolist() == FILES
    factors.export(tmp_path / "cells.csv")
    wait_for(factors)
    written = pd.read_csv(tmp_path / "cells.csv")
    assert written["roi_id"].tolist() == FILES
    assert written["label"].tolist() == written["index"].tolist() == [1] * 4
    assert combine(factors.session.images)["roi_id"].tolist() == FILES
    assert list_images(factors.session.images)["roi_id"].tolist() == FILES


def test_each_tile_has_the_color_of_its_own_cell(
    qtbot: Any, viewer: Any, factors: FactorsWidget
) -> None:
    factors.color_by("area")
    qtbot.waitUntil(lambda: factors.session.painter == "factors")
    layer = viewer.layers["cells (cells)"]
    coloring = factors._coloring
    assert coloring is not None
    wanted = _layers.rgba_of(np.array(AREAS, float), coloring)
    shown = layer.colormap.map(np.arange(1, 5))
    np.testing.assert_allclose(shown[:, :3], wanted[:, :3], atol=0.01)
    assert layer.features.set_index("index")["area"].tolist() == AREAS


def test_without_the_layer_the_dock_says_so_and_encodes_all_the_same(
    qtbot: Any,
    viewer: Any,
    dock: CropsWidget,
    factors: FactorsWidget,
    wait_for: Callable[[Any], None],
    notes: list[str],
) -> None:
    viewer.layers.remove("cells (cells)")
    factors.encode()
    wait_for(factors)
    factors.color_by("area")
    qtbot.waitUntil(lambda: "none is colored" in factors.direction.text())
    dock.go_to(2)
    assert factors.session.cell == Cell(3)
    assert notes == []


def test_a_click_on_a_tile_chooses_the_cell_and_back(
    viewer: Any, dock: CropsWidget, factors: FactorsWidget
) -> None:
    source = dock.session.source
    assert source is not None
    dock.go_to(2)
    assert viewer.layers["cells (cells)"].selected_label == 3
    center = viewer.scene.camera.center[-2:]
    assert _layers.cell_at(viewer, source, center) == Cell(3)
    factors.readout.show_cell(Cell(3))
    row = factors.readout._row(Cell(3))
    assert row is not None
    assert row["roi_id"] == "small/1.png"
    dock.session.cell = Cell(2)
    assert dock.gallery.currentIndex().row() == 1


def test_a_gate_selects_the_cells_of_several_files(
    viewer: Any, factors: FactorsWidget, dock_in: Callable[..., Any], qtbot: Any
) -> None:
    explore = dock_in(viewer, ExploreWidget)
    explore.select(np.array([True, False, False, True]))
    selection = explore.session.selection
    assert selection is not None
    assert selection.labels.tolist() == [1, 4]
    qtbot.waitUntil(lambda: "selected cells" in [x.name for x in viewer.layers])
    explore.session.cell = Cell(3)
    explore.find_similar()
    qtbot.waitUntil(lambda: not explore.jobs.running)
    assert explore.session.table is not None
    assert explore.session.table["distance"].tolist()[2] == 0


def test_classes_come_from_the_folders_and_are_kept_by_file(
    viewer: Any, dock: CropsWidget, dock_in: Callable[..., Any], folder: Path
) -> None:
    annotate = dock_in(viewer, AnnotateWidget)
    table = dock.session.crops.table  # type: ignore[union-attr]
    assert annotate.book.value.names_of(table).tolist() == [
        *("large", "large", "small", "small")
    ]
    dock.session.selection = Selection.of(table.iloc[[2]])
    assert annotate.chosen()["roi_id"].tolist() == ["small/1.png"]
    annotate.give("large")
    names = annotate.book.value.names_of(table).tolist()
    assert names == ["large", "large", "large", "small"]
    (kept,) = folder.parent.rglob("*.json")
    assert '["small/1.png", 0, 1, "large"' in kept.read_text()


def test_what_is_known_of_each_file_is_kept_in_the_folder(
    dock: CropsWidget,
    factors: FactorsWidget,
    folder: Path,
    wait_for: Callable[[Any], None],
) -> None:
    info = dock.image_info
    info.refresh()
    assert [name for name, _ in info.table.images()] == FILES
    day = 1 + info.table.columns().index("day")
    info.edits.fill([(1, day), (2, day)], "7")
    days = [None, "7", "7", None]
    table = factors.session.table
    assert table is not None
    assert [day if day == "7" else None for day in table["day"]] == days
    assert list_images(factors.session.images)["day"].tolist() == days
    stored = json.loads((folder / "napari-disentangle/image_info.json").read_text())
    assert stored["images"] == {name: {"day": "7"} for name in FILES[1:3]}
    dock.open_folder(folder)
    wait_for(dock)
    assert len(dock.session.crops or ()) == len(FILES)
