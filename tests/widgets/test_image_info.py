"""The table about images in a real viewer: written beside them, in every table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import imageio.v3 as iio
import pandas as pd
import pytest
from qtpy.QtCore import QItemSelectionModel
from qtpy.QtWidgets import QApplication

from napari_disentangle.recipes.export_images import ExportConfig
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAPARI_DISENTANGLE_HOME", str(tmp_path / "home"))


@pytest.fixture
def files(tmp_path: Path, sparse_image: NDArray[np.uint8]) -> list[Path]:
    """Two image files in a folder of their own."""
    folder = tmp_path / "data"
    folder.mkdir()
    paths = [folder / "a.png", folder / "b.png"]
    for turn, path in enumerate(paths):
        iio.imwrite(path, sparse_image if turn else 255 - sparse_image)
    return paths


@pytest.fixture
def viewer(make_napari_viewer: Any, files: list[Path], sparse_labels: Any) -> Any:
    """A viewer with both files open, and cells for each."""
    viewer = make_napari_viewer()
    viewer.open([str(path) for path in files], plugin="napari", stack=False)
    viewer.add_labels(sparse_labels, name="cells")
    return viewer


@pytest.fixture
def dock(viewer: Any, dock_in: Callable[..., Any], qtbot: Any) -> CropsWidget:
    dock: CropsWidget = dock_in(viewer, CropsWidget)
    dock.image_info.refresh_soon.flush()
    return dock


def rows(dock: CropsWidget) -> list[list[str]]:
    table = dock.image_info.table
    return [
        [table.index(row, column).data() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def edit(dock: CropsWidget, row: int, column: int, text: str) -> None:
    table = dock.image_info.table
    assert table.setData(table.index(row, column), text)
    dock.image_info.refresh_soon.flush()


def stored(files: list[Path]) -> Any:
    path = files[0].parent / "napari-disentangle" / "image_info.json"
    return json.loads(path.read_text())["images"]


def test_open_files_are_listed_and_what_is_typed_is_kept_beside_them(
    dock: CropsWidget, files: list[Path], viewer: Any, dock_in: Callable[..., Any]
) -> None:
    assert [row[0] for row in rows(dock)] == ["a.png", "b.png"]
    assert not (files[0].parent / "napari-disentangle").exists()
    edit(dock, 0, 4, "day 1")
    assert stored(files) == {"a.png": {"day": "day 1"}}
    assert rows(dock)[0][4] == "day 1"


def test_it_is_restored_in_a_new_viewer(
    dock: CropsWidget,
    files: list[Path],
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
) -> None:
    dock.image_info.name_edit.setText("Cell line")
    dock.image_info.add_button.click()
    dock.image_info.refresh_soon.flush()
    edit(dock, 1, 6, "HeLa")
    other = make_napari_viewer()
    other.open(str(files[1]), plugin="napari")
    again = dock_in(other, CropsWidget)
    again.image_info.refresh_soon.flush()
    assert rows(again) == [["b.png", "", "", "", "", "", "HeLa"]]


def test_a_text_goes_into_all_selected_fields_of_its_column(
    dock: CropsWidget, files: list[Path]
) -> None:
    view, table = dock.image_info.view, dock.image_info.table
    for row, column in ((0, 1), (1, 1), (1, 2)):
        view.selectionModel().select(
            table.index(row, column), QItemSelectionModel.SelectionFlag.Select
        )
    edit(dock, 1, 1, "S7")
    assert stored(files) == {"a.png": {"slide": "S7"}, "b.png": {"slide": "S7"}}


def test_a_block_of_a_spreadsheet_is_pasted_and_what_lies_outside_is_left_out(
    dock: CropsWidget, files: list[Path]
) -> None:
    dock.image_info.view.setCurrentIndex(dock.image_info.table.index(0, 2))
    QApplication.clipboard().setText("A1\tdrug\nA2\tnone\nA3\tnone\n")
    dock.image_info.paste()
    assert stored(files) == {
        "a.png": {"well": "A1", "condition": "drug"},
        "b.png": {"well": "A2", "condition": "none"},
    }


def test_a_csv_fills_the_table_and_says_what_is_not_here(
    dock: CropsWidget, files: list[Path], tmp_path: Path, notes: list[str]
) -> None:
    path = tmp_path / "plate.csv"
    path.write_text("image,condition,dose\nb,drug,10\nelsewhere,none,0\n")
    dock.image_info.read_csv(path)
    assert stored(files) == {"b.png": {"condition": "drug", "dose": "10"}}
    assert "1 images of plate.csv" in notes[-1]
    assert "elsewhere" in notes[-1]


def test_a_file_that_cannot_be_written_leaves_the_table_as_it_was(
    dock: CropsWidget, files: list[Path], notes: list[str]
) -> None:
    (files[0].parent / "napari-disentangle").write_text("a file, not a folder")
    edit(dock, 0, 1, "S1")
    assert "cannot be written" in notes[-1]
    assert rows(dock)[0][1] == ""


def test_a_damaged_file_is_kept_aside_and_told(
    files: list[Path], viewer: Any, dock_in: Callable[..., Any], notes: list[str]
) -> None:
    path = files[0].parent / "napari-disentangle" / "image_info.json"
    path.parent.mkdir()
    path.write_text("{")
    dock = dock_in(viewer, CropsWidget)
    dock.image_info.refresh_soon.flush()
    assert "kept as image_info.damaged" in notes[-1]
    edit(dock, 0, 1, "S1")
    assert stored(files) == {"a.png": {"slide": "S1"}}
    assert len(list(path.parent.glob("image_info.damaged*"))) == 1


def test_it_is_a_column_of_the_cells_and_of_all_that_is_exported(
    dock: CropsWidget,
    files: list[Path],
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    tmp_path: Path,
) -> None:
    factors, export = dock_in(viewer, FactorsWidget), dock_in(viewer, ExportWidget)
    factors.set_model(pixel_model)
    edit(dock, 0, 4, "1")
    for layer in viewer.layers[:2]:
        dock.image_combo.set_layer(layer)
        dock.cut()
        wait_for(dock)
        factors.encode()
        wait_for(factors)
    assert "day" not in dock.session.table
    edit(dock, 1, 4, "2")
    assert dock.session.table["day"].tolist() == ["2", "2", "2"]
    assert viewer.layers["cells"].features["day"].tolist() == ["2", "2", "2"]
    export.folder.set_path(tmp_path / "out")
    export.form.setValue(ExportConfig(table="all three", plots=False))
    export.export()
    wait_for(export)
    days = ["1"] * 3 + ["2"] * 3
    found = pd.read_parquet(tmp_path / "out" / "cells.parquet")
    assert found["day"].tolist() == days
    anndata = pytest.importorskip("anndata")
    assert anndata.read_h5ad(tmp_path / "out/cells.h5ad").obs["day"].tolist() == days
    images = pd.read_csv(tmp_path / "out" / "images.csv")
    assert images["day"].tolist() == [1, 2]
    edit(dock, 1, 4, "")
    assert "day" not in dock.session.table


def test_the_table_of_a_closed_dock_follows_the_viewer_no_more(
    dock: CropsWidget, viewer: Any
) -> None:
    dock.shutdown()
    viewer.layers.clear()
    assert not dock.image_info.refresh_soon.due
