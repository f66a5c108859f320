from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from napari.utils.key_bindings import KeymapHandler
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication, QLineEdit

from napari_disentangle.annotations.values import CellClass
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._selection import Cell, Selection
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.annotate import AnnotateWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("home")

KEY = Qt.Key


def cut(viewer: Any) -> Any:
    """Cut the crops of the viewer's image, as the Crops dock does."""
    image, labels = viewer.layers["image"], viewer.layers["cells"]
    source = _layers.read_source(image, labels, "yxc")
    session = session_of(viewer)
    session.set_crops(source, run(iter_plan_objects(source, CropConfig())))
    return session


def encode(session: Any) -> None:
    """Give the cells a table with codes, as the Factors dock does."""
    n = len(session.crops.table)
    session.table = session.crops.table.assign(z_scale=np.arange(n, dtype=float))


@pytest.fixture
def dock(viewer: Any, dock_in: Callable[..., Any]) -> AnnotateWidget:
    cut(viewer)
    dock = dock_in(viewer, AnnotateWidget)
    dock.add_class("round")
    dock.add_class("long")
    dock.class_table.choose("round")
    return dock


def click(viewer: Any, position: tuple[float, float]) -> None:
    """Press and release the mouse at a world position."""
    event = SimpleNamespace(type="mouse_press", position=position, pos=position)
    for callback in viewer.mouse_drag_callbacks:
        if "Picker" in callback.__qualname__:
            list(callback(viewer, event))


def press(viewer: Any, key: str) -> None:
    """Press a key on the canvas, with the active layer asked first."""
    handler = KeymapHandler()
    active = viewer.layers.selection.active
    handler.keymap_providers = [x for x in (active, viewer) if x is not None]
    handler.press_key(key)


def names(dock: AnnotateWidget) -> list[Any]:
    crops = dock.session.crops
    assert crops is not None
    found = dock.book.value.names_of(crops.table)
    return [None if pd.isna(name) else name for name in found]


def saved(home: Path) -> list[Any]:
    (file,) = (home / "annotations").glob("*.json")
    return [(row[2], row[3]) for row in json.loads(file.read_text())["cells"]]


def test_without_crops_the_buttons_say_why(
    make_napari_viewer: Any, dock_in: Callable[..., Any], qtbot: Any
) -> None:
    dock = dock_in(make_napari_viewer(), AnnotateWidget)
    qtbot.wait_for_turns()
    assert not dock.giving.give_button.isEnabled()
    assert "cut crops in the Crops dock first" in dock.giving.give_button.toolTip()
    assert "encode the cells first" in dock.range.give_button.toolTip()
    assert "nothing was changed" in dock.giving.undo_button.toolTip()
    assert "there is no class" in dock.parts.remove_button.toolTip()
    assert not dock.giving.click_box.isEnabled()
    assert "cut crops in the Crops dock first" in dock.giving.click_box.toolTip()
    assert "encode the cells first" in dock.range.open_box.toolTip()
    with pytest.raises(DataError, match="No cells"):
        dock.give("")


def test_a_click_chooses_a_cell_and_gives_the_class_if_wanted(
    viewer: Any, dock: AnnotateWidget, home: Path
) -> None:
    click(viewer, (30, 40))
    assert dock.session.cell == Cell(5)
    assert names(dock) == [None, None, None]
    dock.giving.click_box.setChecked(True)
    dock.class_table.choose("long")
    click(viewer, (30, 40))
    click(viewer, (2, 2))
    assert names(dock) == [None, "long", None]
    assert saved(home) == [(5, "long")]


def test_a_click_with_a_tool_of_the_layer_gives_nothing(
    viewer: Any, dock: AnnotateWidget
) -> None:
    dock.giving.click_box.setChecked(True)
    viewer.layers.selection.active = viewer.layers["cells"]
    viewer.layers["cells"].mode = "paint"
    click(viewer, (30, 40))
    assert names(dock) == [None, None, None]


@pytest.mark.parametrize("active", ["cells", "image"])
def test_number_keys_give_classes_whichever_layer_is_active(
    viewer: Any, dock: AnnotateWidget, active: str
) -> None:
    layer = viewer.layers[active]
    viewer.layers.selection.active = layer
    click(viewer, (30, 80))
    press(viewer, "2")
    assert names(dock) == [None, None, "long"]
    assert str(layer.mode) == "pan_zoom"
    press(viewer, "0")
    assert names(dock) == [None, None, None]


def test_keys_of_a_layer_come_back_when_the_dock_closes(
    viewer: Any, dock: AnnotateWidget
) -> None:
    layer = viewer.layers["cells"]
    later = viewer.add_labels(np.zeros((60, 90), int), name="later")
    viewer.window.remove_dock_widget(dock)
    assert not viewer.keymap
    assert not layer.keymap
    assert not later.keymap
    viewer.layers.selection.active = layer
    press(viewer, "2")
    assert str(layer.mode) == "paint"


def test_keys_can_be_left_to_napari(viewer: Any, dock: AnnotateWidget) -> None:
    viewer.layers.selection.active = viewer.layers["cells"]
    dock.session.cell = Cell(1)
    dock.giving.keys_box.setChecked(False)
    press(viewer, "2")
    assert str(viewer.layers["cells"].mode) == "paint"
    assert names(dock) == [None, None, None]


def test_keys_act_in_the_gallery_and_go_on_to_the_next_crop(
    qtbot: Any, viewer: Any, dock: AnnotateWidget
) -> None:
    dock.next.picks.pick(np.array([0]))
    gallery = dock.next.picks.gallery
    window = viewer.window._qt_window
    window.show()
    window.activateWindow()
    gallery.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is gallery)
    qtbot.keyClick(gallery, KEY.Key_1)
    qtbot.keyClick(gallery, KEY.Key_2)
    assert names(dock) == ["round", "long", None]
    assert dock.next.picks.picks().tolist() == [2]
    np.testing.assert_allclose(viewer.scene.camera.center[-2:], (29.5, 74.5))
    qtbot.keyClick(gallery, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert names(dock) == ["round", None, None]
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(gallery, KEY.Key_Z, both)
    assert names(dock) == ["round", "long", None]


def test_several_crops_of_the_gallery_get_a_class_together(
    dock: AnnotateWidget,
) -> None:
    dock.next.picks.pick(np.array([0, 2]))
    selection = dock.session.selection
    assert selection is not None
    assert selection.labels.tolist() == [1, 10]
    assert dock.giving.target_note.text() == "Chosen: 2 cells"
    dock.give("round")
    assert names(dock) == ["round", None, "round"]


def test_what_another_dock_selects_gets_the_class(dock: AnnotateWidget) -> None:
    crops = dock.session.crops
    assert crops is not None
    dock.session.selection = Selection.of(crops.table.iloc[1:])
    dock.giving.give_button.click()
    assert names(dock) == [None, "round", "round"]
    dock.session.cell = Cell(1)
    assert dock.giving.target_note.text() == "Chosen: cell 1 (no class yet)"
    dock.give("long")
    assert names(dock) == ["long", "round", "round"]


def test_a_range_of_a_factor_is_counted_while_it_moves(
    dock: AnnotateWidget, qtbot: Any
) -> None:
    encode(dock.session)
    qtbot.wait_for_turns()
    dock.range.set_range("z_scale", 0.5, 2.0)
    assert dock.range.count_note.text() == "2 cells in the range"
    dock.range.select_button.click()
    assert dock.session.selection is not None
    assert dock.session.selection.labels.tolist() == [5, 10]
    dock.range.give_button.click()
    assert names(dock) == [None, "round", "round"]
    assert len(dock.range.cells()) == 0  # before the dock shows it in a later turn
    qtbot.wait_for_turns()
    assert dock.range.count_note.text() == "0 cells in the range"
    assert "no cells lie in the range" in dock.range.give_button.toolTip()
    dock.range.open_box.setChecked(False)
    assert dock.range.count_note.text() == "2 cells in the range"


def test_undo_goes_back_on_the_disk_as_well(
    dock: AnnotateWidget, home: Path, qtbot: Any
) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    qtbot.wait_for_turns()
    assert "1 cell as long" in dock.giving.undo_button.toolTip()
    dock.giving.undo_button.click()
    assert names(dock) == [None, None, None]
    assert saved(home) == []
    qtbot.wait_for_turns()
    dock.giving.redo_button.click()
    assert names(dock) == [None, "long", None]
    assert saved(home) == [(5, "long")]


def test_classes_are_edited_in_the_table(
    dock: AnnotateWidget, notes: list[str]
) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    table = dock.class_table
    item = table.item(1, 1)
    assert item is not None
    item.setText("rod")
    assert names(dock) == [None, "rod", None]
    item = table.item(1, 2)
    assert item is not None
    item.setText("7")
    assert dock.book.value.find("rod").key == 7
    assert [table.item(row, 3).text() for row in (0, 1)] == ["0", "1"]
    item = table.item(1, 2)
    assert item is not None
    item.setText("1")
    assert len(notes) == 1
    assert "Key 1 already gives 'round'" in notes[0]
    assert table.item(1, 2).text() == "7"
    dock.parts.classes.change("rod", CellClass("rod", "#123456", 7))
    assert dock.book.value.find("rod").color == "#123456"


def test_enter_takes_the_typed_name_and_enter_again_adds_a_class(
    qtbot: Any, viewer: Any, dock_in: Callable[..., Any]
) -> None:
    cut(viewer)
    dock = dock_in(viewer, AnnotateWidget)
    table = dock.class_table
    dock.parts.add_button.click()
    for name in ("cells", "bits"):
        editor = table.findChild(QLineEdit)
        qtbot.keyClicks(editor, name)
        qtbot.keyClick(editor, KEY.Key_Return)
        qtbot.waitUntil(lambda: table.findChild(QLineEdit) is None)
        qtbot.keyClick(table, KEY.Key_Return)
    names = [known.name for known in dock.book.value.classes]
    assert names == ["cells", "bits", "class 3"]


def test_a_removed_class_comes_back_by_undo(dock: AnnotateWidget) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    dock.class_table.choose("long")
    dock.parts.remove_button.click()
    assert names(dock) == [None, None, None]
    assert [c.name for c in dock.book.value.classes] == ["round"]
    dock.giving.undo_button.click()
    assert names(dock) == [None, "long", None]


def test_annotations_come_back_with_the_image(
    viewer: Any, dock: AnnotateWidget, dock_in: Callable[..., Any]
) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    viewer.window.remove_dock_widget(dock)
    dock.session.annotations = None
    again = dock_in(viewer, AnnotateWidget)
    assert names(again) == [None, "long", None]
    assert [c.name for c in again.book.value.classes] == ["round", "long"]


def test_another_image_of_the_same_name_gets_nothing_of_it(
    viewer: Any, dock: AnnotateWidget
) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    viewer.layers["image"].data = 255 - viewer.layers["image"].data
    cut(viewer)
    assert names(dock) == [None, None, None]


def test_annotations_follow_cells_that_get_other_ids(
    viewer: Any, dock: AnnotateWidget, home: Path
) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    labels = viewer.layers["cells"].data
    viewer.layers["cells"].data = np.where(labels == 5, 77, labels)
    cut(viewer)
    assert names(dock) == [None, None, "long"]
    assert saved(home) == [(77, "long")]


def test_annotations_whose_cell_is_gone_are_kept_in_another_file(
    viewer: Any, dock: AnnotateWidget, home: Path, notes: list[str]
) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    labels = viewer.layers["cells"].data
    viewer.layers["cells"].data = np.where(labels == 5, 0, labels)
    cut(viewer)
    assert len(notes) == 1
    assert "1 of 1 annotations" in notes[0]
    files = sorted(path.name for path in (home / "annotations").iterdir())
    assert len(files) == 2
    assert any("before-new-cells" in name for name in files)


def test_a_damaged_file_is_told_and_kept(
    viewer: Any, dock: AnnotateWidget, home: Path, notes: list[str]
) -> None:
    (file,) = (home / "annotations").iterdir()
    file.write_text("{ half a fi")
    cut(viewer)
    assert len(notes) == 1
    assert "cannot be read" in notes[0]
    assert "damaged" in notes[0]
    dock.session.cell = Cell(5)
    dock.give("round")
    kept = [p for p in (home / "annotations").iterdir() if "damaged" in p.name]
    assert kept[0].read_text() == "{ half a fi"


def test_what_cannot_be_saved_is_not_shown(
    dock: AnnotateWidget, home: Path, notes: list[str]
) -> None:
    for file in (home / "annotations").iterdir():
        file.unlink()
    (home / "annotations").rmdir()
    (home / "annotations").write_text("a file in the way")
    dock.session.cell = Cell(5)
    dock.giving.give_button.click()
    assert names(dock) == [None, None, None]
    assert len(notes) == 1
    assert "cannot be written" in notes[0]


def test_the_class_stands_in_the_table_and_in_the_layer(
    qtbot: Any, viewer: Any, dock: AnnotateWidget
) -> None:
    encode(dock.session)
    dock.session.cell = Cell(5)
    dock.give("long")

    def column() -> Any:
        table = dock.session.table
        return None if table is None else table.get("annotation")

    qtbot.waitUntil(lambda: column() is not None and column().notna().sum() == 1)
    assert column().tolist()[1] == "long"
    qtbot.wait_for_turns()
    features = viewer.layers["cells"].features
    found = features.set_index("index")["annotation"]
    assert found[5] == "long"
    assert pd.isna(found[1])


def test_cells_take_the_color_of_their_class_until_told_otherwise(
    qtbot: Any, viewer: Any, dock: AnnotateWidget
) -> None:
    layer = viewer.layers["cells"]
    before = layer.colormap
    dock.session.cell = Cell(5)
    dock.give("long")
    color = dock.book.value.find("long").color
    wanted = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]

    def shown() -> Any:
        return layer.get_color(5)[:3]

    qtbot.waitUntil(lambda: np.allclose(shown(), wanted, atol=0.01))
    assert layer.get_color(1)[3] < 0.3
    dock.giving.color_box.click()
    assert layer.colormap is before
    dock.give("round")
    assert not dock.giving.color_box.isChecked()


def test_colors_of_another_dock_end_those_by_class(dock: AnnotateWidget) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    assert dock.session.painter == "annotate"
    dock.session.painter = "factors"
    assert not dock.giving.color_box.isChecked()
    assert dock.session.painter == "factors"


def test_a_closed_dock_writes_nothing_more(
    viewer: Any, dock: AnnotateWidget, qtbot: Any
) -> None:
    encode(dock.session)
    qtbot.wait(500)
    dock.give_to(dock.session.crops.table.iloc[[0]], "round")
    table = dock.session.table
    viewer.window.remove_dock_widget(dock)
    qtbot.wait(500)  # longer than the dock waits for the next change
    assert dock.session.table is table


def test_progress_is_counted(dock: AnnotateWidget, qtbot: Any) -> None:
    dock.next.picks.pick(np.array([0, 2]))
    dock.give("long")
    told = "2 of 3 cells have a class."
    qtbot.waitUntil(lambda: dock.parts.progress.told.text() == told)
    cells = [dock.class_table.item(row, 3).text() for row in (0, 1)]
    assert cells == ["0", "2"]


def test_the_gallery_lists_cells_by_class(dock: AnnotateWidget, qtbot: Any) -> None:
    dock.next.picks.pick(np.array([0, 2]))
    dock.give("long")
    qtbot.wait_for_turns()
    combo = dock.next.list_combo
    for text, rows in (
        ("cells without a class", [1]),
        ("class long", [0, 2]),
        ("class round", []),
        ("all cells", [0, 1, 2]),
    ):
        combo.setCurrentIndex(combo.findText(text))
        combo.activated.emit(combo.currentIndex())
        assert dock.next.picks.rows().tolist() == rows


def test_removed_layers_leave_the_annotations_and_no_error(
    viewer: Any, dock: AnnotateWidget, home: Path, notes: list[str]
) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    viewer.layers.clear()
    click(viewer, (30, 40))
    dock.session.cell = Cell(1)
    dock.give("round")
    assert names(dock) == ["round", "long", None]
    assert saved(home) == [(1, "round"), (5, "long")]
    assert notes == []


def test_a_closed_viewer_leaves_the_file_and_nothing_else(
    qtbot: Any, viewer: Any, dock: AnnotateWidget, home: Path, notes: list[str]
) -> None:
    dock.session.cell = Cell(5)
    dock.give("long")
    viewer.close()
    assert saved(home) == [(5, "long")]
    qtbot.wait(400)
    assert notes == []


def test_a_movie_keeps_one_class_a_frame(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    sparse_labels: Any,
    qtbot: Any,
) -> None:
    viewer = make_napari_viewer()
    labels = np.stack([sparse_labels] * 2)
    image = viewer.add_image(labels.astype(float), name="image")
    layer = viewer.add_labels(labels, name="cells")
    session = session_of(viewer)
    source = _layers.read_source(image, layer, "tyx")
    session.set_crops(source, run(iter_plan_objects(source, CropConfig())))
    dock = dock_in(viewer, AnnotateWidget)
    dock.add_class("a")
    viewer.dims.set_current_step(0, 1)
    click(viewer, (1, 30, 40))
    dock.give("a")
    assert names(dock) == [None, None, None, None, "a", None]
    viewer.dims.set_current_step(0, 0)
    qtbot.waitUntil(lambda: layer.get_color(5)[3] < 0.3)
    viewer.dims.set_current_step(0, 1)
    qtbot.waitUntil(lambda: layer.get_color(5)[3] > 0.9)


def test_suggestions_come_one_after_the_other(
    viewer: Any, dock: AnnotateWidget, wait_for: Callable[[Any], None], qtbot: Any
) -> None:
    panel = dock.next
    assert "encode the cells first" in panel.suggest_button.toolTip()
    encode(dock.session)
    dock.session.cell = Cell(1)
    dock.give("round")
    qtbot.wait_for_turns()
    panel.count_box.setValue(2)
    panel.set_way("diverse")
    panel.suggest_button.click()
    wait_for(dock)
    assert panel.list_combo.currentText() == "suggested cells"
    assert panel.picks.rows().tolist() == [2, 1]
    assert panel.picks.picks().tolist() == [2]
    press(viewer, "2")
    assert names(dock) == ["round", None, "long"]
    assert panel.picks.picks().tolist() == [1]
    np.testing.assert_allclose(viewer.scene.camera.center[-2:], (29.5, 44.5))


def test_ways_that_need_two_classes_say_so(dock: AnnotateWidget, qtbot: Any) -> None:
    encode(dock.session)
    qtbot.wait_for_turns()
    panel = dock.next
    for way in ("uncertain", "boundary"):
        panel.set_way(way)
        assert not panel.suggest_button.isEnabled()
        assert "two classes" in panel.suggest_button.toolTip()
    dock.session.cell = Cell(1)
    dock.give("round")
    dock.session.cell = Cell(10)
    dock.give("long")
    qtbot.wait_for_turns()
    assert panel.suggest_button.isEnabled()
    assert not panel.column_combo.isHidden()


def test_suggestions_that_are_cancelled_or_late_leave_the_gallery(
    viewer: Any, dock: AnnotateWidget, wait_for: Callable[[Any], None]
) -> None:
    encode(dock.session)
    dock.jobs.progressed.connect(lambda _: dock.jobs.cancel())
    dock.next.suggest()
    wait_for(dock)
    assert dock.next.picks.rows().tolist() == [0, 1, 2]
    assert dock.next.suggest_button.isEnabled()


def test_when_all_have_a_class_there_is_nothing_to_suggest(
    dock: AnnotateWidget,
    wait_for: Callable[[Any], None],
    notes: list[str],
    qtbot: Any,
) -> None:
    encode(dock.session)
    dock.next.picks.pick(np.array([0, 1, 2]))
    dock.give("round")
    qtbot.wait_for_turns()
    dock.next.suggest_button.click()
    wait_for(dock)
    assert len(notes) == 1
    assert "nothing left" in notes[0]


def test_a_closed_dock_lets_go_of_session_and_viewer(
    viewer: Any, dock_in: Callable[..., Any]
) -> None:
    session = cut(viewer)
    signals = [getattr(session.events, name) for name in ("table", "cell", "painter")]
    before = [len(signal) for signal in signals]
    callbacks = len(viewer.mouse_drag_callbacks)
    dock = dock_in(viewer, AnnotateWidget)
    assert [len(signal) for signal in signals] != before
    viewer.window.remove_dock_widget(dock)
    assert [len(signal) for signal in signals] == before
    assert len(viewer.mouse_drag_callbacks) == callbacks
