from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from qtpy.QtCore import Qt

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import CropError
from napari_disentangle.widgets._crops.results import skipped_of, summary_of
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def dock(viewer: Any, dock_in: Callable[..., Any]) -> CropsWidget:
    return dock_in(viewer, CropsWidget)


def test_cutting_gives_one_crop_a_cell(
    dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.cut_button.click()
    wait_for(dock)
    crops = dock.session.crops
    assert crops is not None
    assert crops.table["label"].tolist() == [1, 5, 10]
    assert dock.summary.text().startswith("3 cells, window 45 px")
    assert dock.gallery.thumbs.rowCount() == 3


def test_thumbnails_are_cut_when_they_are_seen(
    qtbot: Any, dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.cut()
    wait_for(dock)
    thumbs = dock.gallery.thumbs
    index = thumbs.index(1, 0)
    assert thumbs.data(index, Qt.ItemDataRole.DisplayRole) == "5"
    thumbs.data(index, Qt.ItemDataRole.DecorationRole)
    qtbot.waitUntil(lambda: thumbs.is_cut(1))
    image = thumbs.data(index, Qt.ItemDataRole.DecorationRole).toImage()
    assert image.pixelColor(32, 32).getRgb()[:3] == (60, 220, 60)
    assert image.pixelColor(1, 1).getRgb()[:3] == (0, 0, 0)


def test_clicking_a_crop_goes_to_the_cell(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.cut()
    wait_for(dock)
    dock.gallery.clicked.emit(dock.gallery.thumbs.index(2, 0))
    assert dock.session.cell == Cell(10)
    assert viewer.layers["cells"].selected_label == 10
    np.testing.assert_allclose(viewer.scene.camera.center[-2:], (29.5, 74.5))


def test_a_selected_cell_is_marked_in_the_gallery(
    dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.cut()
    wait_for(dock)
    dock.session.cell = Cell(5)
    assert dock.gallery.currentIndex().row() == 1
    dock.session.cell = Cell(77)
    assert dock.gallery.currentIndex().row() == 1


def test_cancel_keeps_the_crops_there_were(
    dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.cut()
    wait_for(dock)
    before = dock.session.crops
    dock.jobs.progressed.connect(lambda _: dock.jobs.cancel())
    dock.cut()
    wait_for(dock)
    assert dock.session.crops is before
    assert dock.job_bar.text() == "Cropping cancelled."
    assert dock.cut_button.isEnabled()


def test_a_layer_removed_meanwhile_drops_the_result_in_one_sentence(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    dock.jobs.progressed.connect(lambda _: viewer.layers.clear())
    dock.cut()
    wait_for(dock)
    assert dock.session.crops is None
    assert len(notes) == 1
    assert "removed" in notes[0]


def test_empty_labels_are_an_error_with_a_remedy(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    empty = viewer.add_labels(np.zeros((60, 90), int), name="empty")
    dock.cells_combo.set_layer(empty)
    dock.cut_button.click()
    wait_for(dock)
    assert dock.session.crops is None
    assert len(notes) == 1
    assert "run Segment first" in notes[0]


def test_labels_of_another_shape_are_an_error(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    other = viewer.add_labels(np.ones((30, 30), int))
    dock.cells_combo.set_layer(other)
    dock.cut_button.click()
    wait_for(dock)
    assert len(notes) == 1
    assert "shape" in notes[0]


def test_points_need_a_window_and_then_give_crops(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    points = viewer.add_points([[30, 15], [30, 45]])
    dock.cells_combo.set_layer(points)
    dock.cut()
    wait_for(dock)
    assert "Window (px)" in notes[0]
    dock.crop_form.setValue(CropConfig(window_px=20))
    dock.cut()
    wait_for(dock)
    assert dock.session.crops is not None
    assert dock.session.crops.table["label"].tolist() == [1, 2]


def test_rectangles_give_crops(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    box = np.array([[15, 5], [15, 25], [45, 25], [45, 5]])
    dock.cells_combo.set_layer(viewer.add_shapes([box], shape_type="rectangle"))
    dock.cut()
    wait_for(dock)
    assert dock.session.crops is not None
    assert dock.session.crops.table["pos_x"].tolist() == [15]


def test_without_an_image_nothing_can_be_cut(viewer: Any, dock: CropsWidget) -> None:
    viewer.layers.clear()
    for button in (dock.cut_button, dock.segment_button, dock.preview_box):
        assert not button.isEnabled()
        assert "open an image first" in button.toolTip()
    assert not dock.segment_section.isExpanded()


def test_without_an_image_the_buttons_say_why(
    make_napari_viewer: Any, dock_in: Callable[..., Any]
) -> None:
    dock = dock_in(make_napari_viewer(), CropsWidget)
    for button in (dock.cut_button, dock.segment_button, dock.preview_box):
        assert not button.isEnabled()
        assert "open an image first" in button.toolTip()
    with pytest.raises(CropError, match="open one first"):
        dock.segment()


def test_options_are_remembered(
    viewer: Any, dock: CropsWidget, dock_in: Callable[..., Any]
) -> None:
    wanted = CropConfig(window="fit", low_percentile=0.03)
    dock.crop_form.setValue(wanted)
    assert CropsWidget(viewer).crop_form.value() == wanted


def test_a_closed_dock_stops_its_worker_and_lets_go_of_the_viewer(
    qtbot: Any, viewer: Any, dock: CropsWidget, notes: list[str]
) -> None:
    callbacks = len(viewer.mouse_drag_callbacks)
    dock.jobs.progressed.connect(lambda _: viewer.window.remove_dock_widget(dock))
    dock.cut()
    qtbot.waitUntil(lambda: dock.parent() is None)
    qtbot.wait_for_workers()
    assert dock.session.crops is None
    assert notes == []
    assert len(viewer.mouse_drag_callbacks) == callbacks - 1
    viewer.layers.clear()  # nobody listens any more


def test_the_viewer_may_be_closed_while_a_task_runs(
    qtbot: Any, viewer: Any, dock: CropsWidget
) -> None:
    session = session_of(viewer)
    dock.jobs.progressed.connect(lambda _: viewer.close())
    dock.cut()
    qtbot.wait_for_workers()
    assert not dock.jobs.running
    assert session.crops is None


def test_a_movie_takes_its_first_axis_for_time(
    make_napari_viewer: Any, dock_in: Callable[..., Any], wait_for: Any
) -> None:
    viewer = make_napari_viewer()
    labels = np.zeros((9, 40, 40), int)
    labels[:, 10:30, 10:30] = 3
    viewer.add_image(labels * 50.0 + np.arange(40))
    viewer.add_labels(labels)
    dock = dock_in(viewer, CropsWidget)
    assert dock.axes_combo.currentText() == "time, y, x"
    dock.cut()
    wait_for(dock)
    assert dock.session.crops.table["frame"].tolist() == list(range(9))
    dock.go_to(4)
    assert viewer.dims.current_step[0] == 4


def test_skipped_cells_are_told_with_their_reasons(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    layer = viewer.layers["cells"]
    labels = layer.data.copy()
    labels[0, 0] = 99
    layer.data = labels
    dock.cut()
    wait_for(dock)
    assert summary_of(dock.session.crops).startswith("3 cells")
    assert skipped_of(dock.session.crops) == "1 skipped: 1 smaller than 16 px"
    assert not dock.skipped.isHidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dock_is_usable_at_350_px_in_both_themes(
    viewer: Any, dock: CropsWidget, theme: str
) -> None:
    viewer.theme = theme
    assert dock.minimumSizeHint().width() <= 350
    assert dock.minimumWidth() <= 350
