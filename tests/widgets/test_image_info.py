"""The table about images in a real viewer: written beside them, in every table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import imageio.v3 as iio
import pandas as pd
import pytest
from qtpy.QtCore import QItemSelectionModel, Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication, QLineEdit

from napari_disentangle.annotations.image_info import COLUMNS
from napari_disentangle.recipes.export_images import ExportConfig
from napari_disentangle.storage.image_info import write_image_info
from napari_disentangle.widgets._image_info.keeper import keeper_of
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

Key = QKeySequence.StandardKey


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
    dock.image_info.columns.name_edit.setText("Cell line")
    dock.image_info.columns.add_button.click()
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


def choose(dock: CropsWidget, *fields: tuple[int, int]) -> None:
    """Make fields (row, column) the chosen ones, the first the current one."""
    table, chosen = dock.image_info.table, dock.image_info.view.selectionModel()
    flag = QItemSelectionModel.SelectionFlag
    chosen.setCurrentIndex(table.index(*fields[0]), flag.ClearAndSelect)
    for field in fields[1:]:
        chosen.select(table.index(*field), flag.Select)


def press(dock: CropsWidget, key: Any) -> None:
    """Press a key, or the keys of a standard action, on the table."""
    view = dock.image_info.view
    view.setFocus()
    if isinstance(key, QKeySequence.StandardKey):
        QTest.keySequence(view, QKeySequence(key))
    else:
        QTest.keyClick(view, key)
    dock.image_info.refresh_soon.flush()


@pytest.fixture
def shown(dock: CropsWidget, viewer: Any, qtbot: Any) -> CropsWidget:
    """The dock in a window that has the keyboard."""
    window = viewer.window._qt_window
    window.show()
    window.activateWindow()
    dock.image_info.parent().parent().expand()
    qtbot.waitUntil(dock.image_info.view.isVisible)
    return dock


def test_a_block_of_a_spreadsheet_is_pasted_and_what_lies_outside_is_told(
    shown: CropsWidget, files: list[Path], notes: list[str]
) -> None:
    choose(shown, (0, 2))
    QApplication.clipboard().setText("A1\tdrug\nA2\tnone\nA3\tnone\n")
    press(shown, Key.Paste)
    assert stored(files) == {
        "a.png": {"well": "A1", "condition": "drug"},
        "b.png": {"well": "A2", "condition": "none"},
    }
    assert "2 pasted fields lie outside" in notes[-1]


def test_one_text_is_pasted_into_all_chosen_fields(
    shown: CropsWidget, files: list[Path]
) -> None:
    choose(shown, (0, 1), (1, 4))
    QApplication.clipboard().setText("7\n")
    press(shown, Key.Paste)
    assert stored(files) == {"a.png": {"slide": "7"}, "b.png": {"day": "7"}}


def test_names_of_images_are_not_pasted_over(
    shown: CropsWidget, notes: list[str]
) -> None:
    choose(shown, (0, 0))
    QApplication.clipboard().setText("x\ty")
    press(shown, Key.Paste)
    assert "click the field right of them" in notes[-1]
    assert [row[:2] for row in rows(shown)] == [["a.png", ""], ["b.png", ""]]


def test_fields_are_copied_cut_and_cleared_by_keys(
    shown: CropsWidget, files: list[Path]
) -> None:
    edit(shown, 0, 1, "S1")
    edit(shown, 1, 2, "B2")
    choose(shown, (0, 1), (1, 2))
    press(shown, Key.Copy)
    assert QApplication.clipboard().text() == "S1\t\n\tB2"
    choose(shown, (0, 1))
    press(shown, Key.Cut)
    assert QApplication.clipboard().text() == "S1"
    assert stored(files) == {"a.png": {}, "b.png": {"well": "B2"}}
    choose(shown, (1, 2))
    press(shown, Qt.Key.Key_Delete)
    assert stored(files) == {"a.png": {}, "b.png": {}}


def test_changes_are_taken_back_and_done_again_on_the_disk_as_well(
    shown: CropsWidget, files: list[Path]
) -> None:
    panel = shown.image_info
    assert not panel.undo_button.isEnabled()
    edit(shown, 0, 4, "1")
    edit(shown, 0, 4, "2")
    assert "Take back: 2 in 1 fields" in panel.undo_button.toolTip()
    press(shown, Key.Undo)
    assert stored(files) == {"a.png": {"day": "1"}}
    panel.undo_button.click()
    panel.refresh_soon.flush()
    assert rows(shown)[0][4] == ""
    assert not panel.undo_button.isEnabled()
    press(shown, Key.Redo)
    panel.redo_button.click()
    assert stored(files) == {"a.png": {"day": "2"}}


def test_a_column_is_renamed_and_removed_and_comes_back(
    shown: CropsWidget, files: list[Path]
) -> None:
    columns, panel = shown.image_info.columns, shown.image_info
    edit(shown, 0, 2, "A1")
    columns.name_edit.setText("Patient")
    choose(shown, (0, 2))
    columns.rename_button.click()
    panel.refresh_soon.flush()
    assert stored(files) == {"a.png": {"patient": "A1"}}
    assert panel.view.current_field() == (0, 2)
    columns.remove_button.click()
    panel.refresh_soon.flush()
    assert "patient" not in panel.table.columns()
    assert stored(files) == {"a.png": {}}
    for _ in range(2):
        panel.undo_button.click()
        panel.refresh_soon.flush()
    assert rows(shown)[0] == ["a.png", "", "A1", "", "", ""]
    assert stored(files) == {"a.png": {"well": "A1"}}


def test_a_column_that_was_removed_is_no_column_of_the_cells(
    dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.cut()
    wait_for(dock)
    edit(dock, 0, 1, "S1")
    edit(dock, 1, 1, "S1")
    session = dock.session
    session.table = keeper_of(session).inform(session.crops.table)
    assert set(session.table["slide"]) == {"S1"}
    choose(dock, (0, 1))
    dock.image_info.columns.remove_button.click()
    assert "slide" not in session.table


def test_a_removed_column_stays_away_when_the_images_are_opened_again(
    dock: CropsWidget,
    files: list[Path],
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
) -> None:
    edit(dock, 0, 1, "S1")
    choose(dock, (0, 2))
    dock.image_info.columns.remove_button.click()
    other = make_napari_viewer()
    other.open(str(files[0]), plugin="napari")
    again = dock_in(other, CropsWidget)
    again.image_info.refresh_soon.flush()
    assert again.image_info.table.columns() == [
        "slide",
        "condition",
        "day",
        "replicate",
    ]


def test_images_that_are_not_open_keep_a_removed_column_and_it_is_told(
    dock: CropsWidget, files: list[Path], notes: list[str]
) -> None:
    edit(dock, 0, 4, "1")
    path = files[0].parent / "napari-disentangle" / "image_info.json"
    write_image_info(path, {"unseen.png": {"day": "9"}}, COLUMNS)
    choose(dock, (0, 4))
    dock.image_info.columns.remove_button.click()
    assert stored(files) == {"a.png": {}, "unseen.png": {"day": "9"}}
    assert "1 images that are not open here keep" in notes[-1]


def test_the_condition_keeps_its_name_and_the_button_says_why(
    dock: CropsWidget,
) -> None:
    columns = dock.image_info.columns
    columns.name_edit.setText("treatment")
    choose(dock, (0, 3))
    assert not columns.rename_button.isEnabled()
    assert "condition is what is studied" in columns.rename_button.toolTip()
    choose(dock, (0, 0))
    assert "click a field of the column first" in columns.remove_button.toolTip()


def test_tab_leaves_the_table_and_enter_goes_to_the_next_image(
    shown: CropsWidget, files: list[Path], qtbot: Any
) -> None:
    view = shown.image_info.view
    choose(shown, (0, 1))
    press(shown, Qt.Key.Key_Tab)
    assert not view.hasFocus()
    choose(shown, (0, 1))
    press(shown, Qt.Key.Key_F2)
    editor = view.findChild(QLineEdit)
    QTest.keyClicks(editor, "S3")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.current_field() == (1, 1))
    assert stored(files) == {"a.png": {"slide": "S3"}}


def test_of_two_folders_both_are_written_or_none(
    dock: CropsWidget, files: list[Path], viewer: Any, notes: list[str]
) -> None:
    folder = files[0].parent.parent / "other"
    folder.mkdir()
    far = folder / "z.png"
    far.write_bytes(files[0].read_bytes())
    viewer.open(str(far), plugin="napari")
    dock.image_info.refresh_soon.flush()
    (folder / "napari-disentangle").write_text("a file, not a folder")
    edit(dock, 0, 1, "S0")
    choose(dock, (0, 1), (2, 1))
    edit(dock, 0, 1, "S1")
    assert "napari-disentangle" in notes[-1]
    assert stored(files)["a.png"] == {"slide": "S0"}
    assert [row[1] for row in rows(dock)] == ["S0", "", ""]


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
    qtbot: Any,
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
    qtbot.wait_for_turns()
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
