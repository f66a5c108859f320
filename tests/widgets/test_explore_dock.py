"""Explore in a real viewer: linked both ways by frame and label id."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyqtgraph as pg
import pytest
from qtpy.QtCore import QEvent, QPointF, Qt
from qtpy.QtGui import QKeySequence, QMouseEvent, QShortcut
from qtpy.QtWidgets import QApplication

from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.crops.windows import plan_windows
from napari_disentangle.errors import DataError
from napari_disentangle.recipes import batch_effects
from napari_disentangle.tables import NAMED_FACTORS, Embedding, code_columns
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import MIN_WIDTH
from napari_disentangle.widgets._explore.raster import DENSE_ABOVE
from napari_disentangle.widgets._selection import Cell, Selection
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


def cut(viewer: Any, axes: str = "yxc") -> Any:
    """Cut the crops of the viewer's image, as the Crops dock does."""
    source = _layers.read_source(viewer.layers["image"], viewer.layers["cells"], axes)
    session = session_of(viewer)
    session.set_crops(
        source,
        plan_crops(
            source.image,
            source.objects,
            CropConfig(),
            roi_id=source.roi_id,
            is_rgb=axes.endswith("c"),
        ),
    )
    return session


def coded(crops: Any, order: list[int] | None = None) -> pd.DataFrame:
    """Return a table in any order: z_scale is the label id, the rest is random."""
    table = crops.table
    if order is not None:
        table = table.iloc[order].reset_index(drop=True)
    rng = np.random.default_rng(0)
    codes = {name: rng.normal(size=len(table)) for name in code_columns(NAMED_FACTORS)}
    codes["z_scale"] = table["label"].to_numpy(float)
    return table.assign(**codes)


@pytest.fixture(autouse=True)
def _every_move() -> Iterator[None]:
    """Let the plot see moves of the mouse however close they are in time."""
    before = pg.getConfigOption("mouseRateLimit")
    pg.setConfigOption("mouseRateLimit", 0)
    yield
    pg.setConfigOption("mouseRateLimit", before)


@pytest.fixture
def dock(viewer: Any, qtbot: Any, dock_in: Callable[..., Any]) -> ExploreWidget:
    """The dock over cells 1, 5 and 10, which its table holds as 10, 1, 5."""
    session = cut(viewer)
    session.table = coded(session.crops, [2, 0, 1])
    dock = dock_in(viewer, ExploreWidget)
    viewer.window._qt_window.resize(1100, 800)
    dock.grab()  # lays the hidden window out
    qtbot.wait_for_turns()
    return dock


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The cells that the camera went to, as (label, frame)."""
    went: list[tuple[int, int]] = []
    real = _layers.center_on

    def watched(viewer: Any, source: Any, row: Any, side_px: float) -> None:
        went.append((int(row["label"]), int(row["frame"])))
        real(viewer, source, row, side_px)

    monkeypatch.setattr(_layers, "center_on", watched)
    return went


def selected(dock: ExploreWidget) -> list[int]:
    selection = dock.session.selection
    return [] if selection is None else sorted(selection.labels.tolist())


def drag(dock: ExploreWidget, corners: Any, modifiers: Any = NONE) -> None:
    """Drag the mouse over the plot along data coordinates, with real events."""
    plot = dock.panel.plot
    plot.draw()
    points = [plot.mapFromScene(plot.box.mapViewToScene(QPointF(*c))) for c in corners]
    left, no = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    steps = [(QEvent.Type.MouseButtonPress, points[0], left, left)]
    steps += [(QEvent.Type.MouseMove, p, no, left) for p in points]
    steps += [(QEvent.Type.MouseButtonRelease, points[-1], left, no)]
    viewport = plot.viewport()
    for kind, point, button, buttons in steps:
        where = QPointF(point)
        event = QMouseEvent(
            kind,
            where,
            QPointF(viewport.mapToGlobal(where.toPoint())),
            button,
            buttons,
            modifiers,
        )
        QApplication.sendEvent(viewport, event)


def marked(viewer: Any) -> list[int]:
    """Return the labels that are outlined in the viewer."""
    if "selected cells" not in viewer.layers:
        return []
    colors = viewer.layers["selected cells"].colormap
    return [label for label in (1, 5, 10) if colors.map(label)[3] == 1]


def click(viewer: Any, position: tuple[float, float]) -> None:
    """Press and release the mouse on the canvas at a world position."""
    event = SimpleNamespace(type="mouse_press", position=position, pos=position)
    for callback in viewer.mouse_drag_callbacks:
        if "Picker" in callback.__qualname__:
            list(callback(viewer, event))


def around(dock: ExploreWidget, label: int) -> list[tuple[float, float]]:
    """Return a small square around a cell in the plot."""
    cells = dock._selecting.known()
    row = cells.row_of(Cell(label))
    x, y = cells.numbers("z_scale")[row], cells.numbers("z_shape")[row]
    dx, dy = (6 * size for size in dock.panel.plot.box.pixel_size())
    signs = [(-1, -1), (0, -1.2), (1, -1), (1, 1), (-1, 1)]
    return [(x + i * dx, y + j * dy) for i, j in signs]


# Gates ------------------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["lasso", "rectangle"])
def test_a_drawn_gate_selects_by_label_and_marks_that_cell(
    viewer: Any, dock: ExploreWidget, qtbot: Any, tool: str
) -> None:
    dock.panel.use(tool)
    for label in (5, 10, 1):
        square = around(dock, label)
        drag(dock, square if tool == "lasso" else [square[0], square[3]])
        assert selected(dock) == [label]
        assert dock.parts.count.text() == "1 of 3 selected"
        qtbot.waitUntil(lambda label=label: marked(viewer) == [label])
    assert viewer.layers.selection.active is viewer.layers["cells"]


def test_shift_adds_alt_subtracts_and_escape_clears(dock: ExploreWidget) -> None:
    drag(dock, around(dock, 10))
    drag(dock, around(dock, 1), SHIFT)
    assert selected(dock) == [1, 10]
    drag(dock, around(dock, 10), ALT)
    assert selected(dock) == [1]
    dock.parts.invert_button.click()
    assert selected(dock) == [5, 10]
    (escape,) = [
        shortcut
        for shortcut in dock.findChildren(QShortcut)
        if shortcut.key() == QKeySequence("Escape")
    ]
    escape.activated.emit()  # a hidden window gets no keys
    assert dock.session.selection is None
    assert not dock.parts.clear_button.isEnabled()
    assert "no cell is selected" in dock.parts.clear_button.toolTip()


def test_a_range_in_the_histogram_selects_and_its_edges_adjust_it(
    dock: ExploreWidget,
) -> None:
    dock.select(np.array([True, False, False]))  # cell 10
    dock.plot("z_scale")
    drag(dock, [(0.8, 0.1), (2, 0.2), (3, 0.2)], SHIFT)
    assert selected(dock) == [1, 10]
    dock.panel.plot._range._region.setRegion((4, 6))
    assert selected(dock) == [5, 10]
    assert dock.panel.plot._range._region.isVisible()
    dock.clear()
    assert not dock.panel.plot._range._region.isVisible()


def test_gates_narrow_gallery_and_table_but_clicks_do_not(
    viewer: Any, dock: ExploreWidget
) -> None:
    dock.gate_range("z_scale", 0, 6)
    assert dock.table.model.rowCount() == 2
    assert dock.gallery.low_list.crops.rowCount() == 1
    click(viewer, (30, 15))
    assert selected(dock) == [1]
    assert dock.table.model.rowCount() == 2
    dock.clear()
    assert dock.table.model.rowCount() == 3


def test_a_gate_around_nothing_selects_nothing(dock: ExploreWidget) -> None:
    drag(dock, around(dock, 10))
    drag(dock, [(6.5, 0), (8, 0), (8, 0.2)])
    assert dock.session.selection is None
    assert dock.table.model.rowCount() == 3


# Both ways --------------------------------------------------------------------------


def test_a_click_in_the_viewer_shows_in_plot_gallery_and_table(
    viewer: Any, dock: ExploreWidget
) -> None:
    for row, (label, x) in enumerate([(10, 75), (1, 15), (5, 45)]):
        click(viewer, (30, x))
        assert selected(dock) == [label]
        assert dock.session.cell == Cell(label)
        expected = [i == row for i in range(3)]
        assert dock.panel.plot._selected.tolist() == expected
        assert dock.panel.plot._scatter._ring.data["x"].tolist() == [float(label)]
        assert dock.table.model._selected.tolist() == expected
        assert dock.gallery.low_list.crops._selected.tolist() == expected


def test_a_click_on_the_background_changes_nothing(
    viewer: Any, dock: ExploreWidget
) -> None:
    click(viewer, (30, 45))
    click(viewer, (2, 2))
    assert selected(dock) == [5]


def test_a_click_on_a_point_selects_it_and_moves_the_camera(
    dock: ExploreWidget, moved: list[tuple[int, int]]
) -> None:
    cells = dock._selecting.known()
    for label in (5, 1, 10):
        row = cells.row_of(Cell(label))
        point = cells.numbers("z_scale")[row], cells.numbers("z_shape")[row]
        dock.panel.plot.box.pressed.emit(point, "replace")
        assert selected(dock) == [label]
        assert moved[-1] == (label, 0)
        assert dock.session.cell == Cell(label)


def test_a_crop_that_is_clicked_is_gone_to(
    viewer: Any, dock: ExploreWidget, moved: list[tuple[int, int]]
) -> None:
    dock.gallery.sort_by("z_scale", "falling")
    view = dock.gallery.low_list
    view.clicked.emit(view.crops.index(1, 0))
    assert moved == [(5, 0)]
    assert viewer.layers["cells"].selected_label == 5


def test_what_another_dock_selects_is_shown(dock: ExploreWidget) -> None:
    zeros = np.zeros(2, np.int64)
    dock.session.selection = Selection(zeros, np.array([10, 5]))
    assert dock.panel.plot._selected.tolist() == [True, False, True]
    assert dock.table.model.rowCount() == 2
    dock.session.selection = None
    assert not dock.panel.plot._selected.any()
    assert dock.table.model.rowCount() == 3


def test_rows_chosen_in_table_and_gallery_are_the_sessions(
    dock: ExploreWidget,
) -> None:
    dock.table.filter_line.setText("z_scale > 1 and label < 10")
    dock.table.select_shown()
    assert selected(dock) == [5]
    dock.table.filter_line.setText("")
    dock.table._filter()
    dock.gallery.sort_by("z_scale", "rising")
    dock.gallery.low_list.selectAll()
    assert selected(dock) == [1, 5, 10]


def test_the_card_shows_the_crop_and_the_named_factors_only(
    dock: ExploreWidget, qtbot: Any
) -> None:
    dock.panel.plot.hovered.emit(0)
    card = dock.panel.card
    assert not card.isHidden()
    lines = card.readout.text().splitlines()
    assert lines[0] == "Cell 10"
    assert len(lines) == 1 + len(NAMED_FACTORS)
    crop = int(dock._selecting.known().crop_rows[0])
    qtbot.waitUntil(lambda: dock.gallery.thumbs.is_cut(crop))
    color = card.picture.pixmap().toImage().pixelColor(32, 32)
    assert color.blue() > color.red()  # cell 10 is blue
    dock.panel.plot.hovered.emit(-1)
    assert card.isHidden()


# Tables -----------------------------------------------------------------------------


def test_without_a_table_the_dock_says_what_to_do(
    make_napari_viewer: Any, dock_in: Callable[..., Any]
) -> None:
    dock = dock_in(make_napari_viewer(), ExploreWidget)
    assert not dock.parts.content.isEnabled()
    assert "encode the cells" in dock.parts.reason.text()
    assert "Factors dock" in dock.compare.umap_button.toolTip()
    for action in (dock.find_similar, lambda: dock.project("pca"), dock.invert):
        with pytest.raises(DataError, match="encode the cells"):
            action()
    dock.clear()


def test_an_empty_table_is_said_to_be_empty(
    viewer: Any, qtbot: Any, dock: ExploreWidget
) -> None:
    dock.session.table = dock.session.table.head(0)
    qtbot.wait_for_turns()
    assert not dock.parts.content.isEnabled()
    assert "no cell was found" in dock.parts.reason.text()
    dock.session.table = coded(dock.session.crops)
    qtbot.wait_for_turns()
    assert dock.parts.content.isEnabled()
    assert dock.parts.reason.isHidden()


def test_cells_without_a_value_and_constant_columns_are_shown(
    qtbot: Any,
    dock: ExploreWidget,
) -> None:
    table = dock.session.table.assign(z_shape=2.0)
    table.loc[1, "z_scale"] = np.nan
    dock.session.table = table
    qtbot.wait_for_turns()
    dock.panel.plot.draw()
    assert dock.parts.count.text() == "0 of 3 selected; 1 without a value here"
    dock.select(np.ones(3, bool))
    dock.plot("z_shape")
    dock.panel.plot.draw()
    dock.session.table = table.assign(z_shape=np.nan)
    qtbot.wait_for_turns()
    dock.panel.plot.draw()
    assert dock.parts.count.text() == "3 of 3 selected; 3 without a value here"


def test_a_new_column_keeps_selection_gate_and_view(
    qtbot: Any, dock: ExploreWidget
) -> None:
    dock.gate_range("z_scale", 0, 6)
    dock.panel.plot.box.setXRange(2, 4, padding=0)
    before = dock.session.selection
    dock.session.table = dock.session.table.assign(annotation=["a", None, "b"])
    qtbot.wait_for_turns()
    assert dock.session.selection is before
    assert dock.table.model.rowCount() == 2
    assert dock.panel.plot.box.viewRange()[0] == [2, 4]
    assert dock.panel.color_combo.findData("annotation") >= 0


def test_new_crops_empty_the_dock(viewer: Any, dock: ExploreWidget) -> None:
    dock.gate_range("z_scale", 0, 6)
    cut(viewer)
    assert not dock.parts.content.isEnabled()
    assert dock.session.selection is None
    assert dock.gallery.low_list.crops.rowCount() == 0


def test_classes_have_the_users_colors(dock: ExploreWidget, qtbot: Any) -> None:
    dock.session.annotations = Annotations((CellClass("rbc", "#123456"),))
    dock.session.table = dock.session.table.assign(annotation=["rbc", None, "new"])
    qtbot.wait_for_turns()
    dock.color_by("annotation")
    users = [0x12, 0x34, 0x56, 255]
    qtbot.waitUntil(lambda: dock.panel.plot._colors[0].tolist() == users)
    assert "rbc&nbsp;(1)" in dock.panel.legend.names.text()
    assert "none&nbsp;(1)" in dock.panel.legend.names.text()
    dock.color_by("z_scale")
    assert not dock.panel.legend.bar.isHidden()
    with pytest.raises(DataError, match="'z_size'"):
        dock.color_by("z_size")
    with pytest.raises(DataError, match="'z_size'"):
        dock.plot("z_size", "z_scale")


def test_axes_say_which_way_they_point(qtbot: Any, dock: ExploreWidget) -> None:
    n = 40
    table = pd.DataFrame(
        {"label": np.arange(1, n + 1), "roi_id": "image", "frame": 0, "model": "m"}
    )
    area = np.random.default_rng(0).uniform(10, 90, n)
    dock.session.table = table.assign(
        area_um2=area, z_scale=-area, z_shape=np.arange(n) % 2
    )
    qtbot.wait_for_turns()
    dock.plot("z_scale", "area_um2")
    texts = [dock.panel.plot.getAxis(s).labelText for s in ("bottom", "left")]
    assert texts == ["Scale, higher = less area", "Area (µm²)"]


def test_frames_are_kept_apart(
    make_napari_viewer: Any, dock_in: Callable[..., Any], qtbot: Any
) -> None:
    viewer = make_napari_viewer()
    labels = np.zeros((8, 48, 48), int)
    labels[:, 8:24, 8:24] = 7
    labels[3:, 28:40, 28:40] = 9
    rng = np.random.default_rng(0)
    viewer.add_image(rng.random((8, 48, 48)) * (labels > 0), name="image")
    viewer.add_labels(labels, name="cells")
    session = cut(viewer, "tyx")
    session.table = coded(session.crops)
    qtbot.wait_for_turns()
    dock = dock_in(viewer, ExploreWidget)
    assert dock.panel.x_combo.findData("frame") >= 0
    rows = session.table.index[session.table["label"] == 7].to_numpy()
    dock.select(np.isin(np.arange(13), rows[[2, 6]]))
    assert session.selection.frames.tolist() == [2, 6]
    qtbot.waitUntil(lambda: "selected cells" in viewer.layers)
    rings = viewer.layers["selected cells"]
    qtbot.waitUntil(lambda: rings.data[:, 0].tolist() == [2, 6])
    np.testing.assert_allclose(rings.data[:, 1:], 15.5)
    dock.go_to(int(rows[6]))
    assert viewer.dims.current_step[0] == 6
    click(viewer, (6, 15, 15))
    assert session.selection.frames.tolist() == [6]


def test_cells_of_another_image_are_shown_but_not_gone_to(
    qtbot: Any, dock: ExploreWidget, moved: list[tuple[int, int]], notes: list[str]
) -> None:
    both = [dock.session.table, dock.session.table.assign(roi_id="other.tif")]
    dock.session.table = pd.concat(both, ignore_index=True)
    qtbot.wait_for_turns()
    dock.gate_range("z_scale", 0, 6)
    assert dock.parts.count.text() == "4 of 6 selected (2 in other images)"
    assert selected(dock) == [1, 5]
    dock.go_to(3)
    assert moved == []
    assert "other.tif" in notes[-1]
    dock.color_by("roi_id")
    assert "other.tif&nbsp;(3)" in dock.panel.legend.names.text()


def test_many_cells_are_shown_as_density_and_points_when_zoomed_in(
    viewer: Any, qtbot: Any, dock: ExploreWidget
) -> None:
    n = DENSE_ABOVE + 1
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"label": np.arange(1, n + 1), "roi_id": "image", "frame": 0})
    dock.session.table = table.assign(
        z_scale=rng.uniform(size=n), z_shape=rng.uniform(size=n)
    )
    qtbot.wait_for_turns()
    plot = dock.panel.plot
    plot.draw()
    assert plot._scatter._image.image[..., 3].max() == 255
    assert (
        len(np.unique(plot._scatter._image.image[..., 3])) > 5
    )  # opacity tells how many
    plot.box.setRange(xRange=(0, 0.1), yRange=(0, 0.1), padding=0)
    plot.draw()
    assert len(np.unique(plot._scatter._image.image[..., 3])) <= 3


# Comparing --------------------------------------------------------------------------


def test_pca_adds_its_columns_and_shows_them(
    qtbot: Any, viewer: Any, dock: ExploreWidget, wait_for: Callable[[Any], None]
) -> None:
    n = 30
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"label": rng.permutation(n), "roi_id": "image", "frame": 0})
    codes = {name: rng.normal(size=n) for name in code_columns(NAMED_FACTORS)}
    table = table.assign(**codes)
    table.loc[4, "z_color"] = np.nan
    dock.session.table = table
    qtbot.wait_for_turns()
    assert dock.compare.weights.choice() == dict.fromkeys(
        ("z_texture", "z_color", "z_shape", "z_scale"), 1.0
    )
    dock.compare.pca_button.click()
    wait_for(dock)
    joined = dock.session.table
    assert joined["pca_1"].notna().sum() == n - 1
    assert np.isnan(joined.set_index("label")["pca_1"][table["label"][4]])
    assert dock.panel.x_combo.column() == "pca_1"
    assert dock.panel.y_combo.column() == "pca_2"
    assert "29 cells by 4 factors" in dock.compare.note.text()
    assert "1 cells without a value were left out" in dock.compare.note.text()


def test_similar_cells_are_selected_and_sorted_by_distance(
    viewer: Any, dock: ExploreWidget, wait_for: Callable[[Any], None]
) -> None:
    assert "click a cell first" in dock.compare.similar_button.toolTip()
    click(viewer, (30, 45))
    dock.compare.weights.set_choice({"z_scale": 2.0})
    dock.compare.number_box.setValue(1)
    dock.compare.similar_button.click()
    wait_for(dock)
    table = dock.session.table
    assert selected(dock) == [1, 5]  # ids are the scale: 1 is nearer to 5 than 10 is
    assert table.set_index("label")["distance"][5] == 0
    view = dock.gallery.low_list
    assert table["label"][view.crops.rows()].tolist() == [5, 1]


def test_without_factors_nothing_can_be_compared(dock: ExploreWidget) -> None:
    dock.session.cell = Cell(5)
    dock.compare.weights.set_choice({"z_scale": 1.0})
    assert dock.compare.similar_button.isEnabled()
    assert "at least two factors" in dock.compare.pca_button.toolTip()
    dock.compare.weights.set_choice({})
    assert "at least one factor" in dock.compare.similar_button.toolTip()


def test_too_few_cells_for_a_map_is_one_sentence(
    dock: ExploreWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    before = dock.session.table
    dock.compare.umap_button.click()
    wait_for(dock)
    assert dock.session.table is before
    assert len(notes) == 1
    assert "at least 4 cells" in notes[0]


@pytest.fixture
def many(dock: ExploreWidget) -> ExploreWidget:
    n = 60
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"label": np.arange(1, n + 1), "roi_id": "image", "frame": 0})
    codes = {name: rng.normal(size=n) for name in code_columns(NAMED_FACTORS)}
    dock.session.table = table.assign(**codes)
    return dock


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The UMAP processes that are started."""
    import subprocess

    from napari_disentangle.recipes import umap_process

    started: list[Any] = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(umap_process.subprocess, "Popen", Watched)
    return started


def test_cancel_in_the_middle_of_umap_ends_its_process_and_keeps_the_table(
    many: ExploreWidget, children: list[Any], qtbot: Any
) -> None:
    before = many.session.table
    many.compare.umap_button.click()
    qtbot.waitUntil(lambda: bool(children))
    assert "UMAP is running" in many.compare.umap_button.toolTip()
    many.jobs.cancel()
    qtbot.waitUntil(lambda: children[0].poll() is not None)
    assert many.session.table is before
    assert many.job_bar.text() == "UMAP cancelled."


@pytest.mark.slow
def test_umap_lays_out_cells_that_are_alike_side_by_side(
    qtbot: Any, many: ExploreWidget, wait_for: Callable[[Any], None]
) -> None:
    shifted = many.session.table["label"] > 30
    table = many.session.table.copy()
    table.loc[shifted, list(code_columns(NAMED_FACTORS))] += 30
    many.session.table = table
    qtbot.wait_for_turns()
    many.compare.umap_button.click()
    wait_for(many)
    plane = many.session.table[["umap_1", "umap_2"]].to_numpy(float)
    assert np.isfinite(plane).all()
    one, two = plane[~shifted], plane[shifted]
    apart = np.linalg.norm(one.mean(0) - two.mean(0))
    assert apart > np.linalg.norm(one - one.mean(0), axis=1).max()


def test_umap_of_cells_that_changed_meanwhile_is_dropped(
    qtbot: Any, many: ExploreWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    other = many.session.table.assign(z_scale=0.5)

    def change(_: Any) -> None:
        many.session.embedding = SimpleNamespace(model_id="other", is_gray=False)
        many.session.table = other
        qtbot.wait_for_turns()

    many.jobs.progressed.connect(change)
    many.compare.pca_button.click()
    wait_for(many)
    assert "pca_1" not in many.session.table
    assert "dropped" in notes[-1]


def test_the_dock_closed_in_the_middle_ends_the_process(
    viewer: Any, many: ExploreWidget, children: list[Any], qtbot: Any
) -> None:
    many.select(np.arange(60) < 3)
    many.compare.umap_button.click()
    qtbot.waitUntil(lambda: bool(children))
    viewer.window.remove_dock_widget(many.parent())
    qtbot.waitUntil(lambda: children[0].poll() is not None)
    assert "selected cells" not in viewer.layers
    viewer.theme = "light"  # nobody follows any more
    viewer.layers.clear()


def test_napari_closed_in_the_middle_ends_the_process(
    make_napari_viewer: Any,
    sparse_image: Any,
    sparse_labels: Any,
    children: list[Any],
    qtbot: Any,
) -> None:
    viewer = make_napari_viewer()
    viewer.add_image(sparse_image, rgb=True, name="image")
    viewer.add_labels(sparse_labels, name="cells")
    session = cut(viewer)
    dock = ExploreWidget(viewer)
    viewer.window.add_dock_widget(dock)
    n = 60
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"label": np.arange(1, n + 1), "roi_id": "image", "frame": 0})
    session.table = table.assign(z_scale=rng.normal(size=n), z_shape=rng.normal(size=n))
    qtbot.wait_for_turns()
    dock.select(np.arange(60) < 3)
    dock.compare.umap_button.click()
    qtbot.waitUntil(lambda: bool(children))
    viewer.close()
    qtbot.waitUntil(lambda: children[0].poll() is not None)


def test_layers_removed_in_the_middle_leave_plot_and_table(
    viewer: Any, dock: ExploreWidget, qtbot: Any, moved: list[tuple[int, int]]
) -> None:
    dock.gate_range("z_scale", 0, 6)
    qtbot.waitUntil(lambda: "selected cells" in viewer.layers)
    viewer.layers.remove("cells")
    assert "selected cells" not in viewer.layers
    dock.gate_range("z_scale", 4, 11)
    dock.go_to(0)
    dock._in_viewer.show()
    assert selected(dock) == [5, 10]
    assert moved == []
    assert "selected cells" not in viewer.layers


def test_the_marks_may_be_deleted_and_come_back_with_the_next_selection(
    viewer: Any, dock: ExploreWidget, qtbot: Any
) -> None:
    dock.gate_range("z_scale", 0, 6)
    qtbot.waitUntil(lambda: "selected cells" in viewer.layers)
    viewer.layers.remove("selected cells")
    assert selected(dock) == [1, 5]
    dock.gate_range("z_scale", 4, 6)
    qtbot.waitUntil(lambda: "selected cells" in viewer.layers)


def test_points_are_ringed_where_the_table_has_no_positions(
    viewer: Any, dock_in: Callable[..., Any], qtbot: Any
) -> None:
    points = viewer.add_points([[30, 15], [30, 75]], name="points")
    source = _layers.read_source(viewer.layers["image"], points, "yxc")
    session = session_of(viewer)
    crops = plan_windows(
        source.image, source.objects, 30, CropConfig(), roi_id="image", is_rgb=True
    )
    session.set_crops(source, crops)
    table = coded(session.crops)
    session.table = table.drop(columns=["pos_y", "pos_x"])
    qtbot.wait_for_turns()
    dock = dock_in(viewer, ExploreWidget)
    dock.select(np.array([False, True]))
    qtbot.waitUntil(lambda: "selected cells" in viewer.layers)
    rings = viewer.layers["selected cells"]
    qtbot.waitUntil(lambda: rings.data.tolist() == [[30, 75]])
    assert rings.size.tolist() == [30]
    crops_dock = dock_in(viewer, CropsWidget)
    assert crops_dock.cells_combo.findText("selected cells") < 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_dock_is_usable_at_its_least_width_in_both_themes(
    viewer: Any, dock: ExploreWidget, theme: str
) -> None:
    viewer.theme = theme
    content = dock.layout().itemAt(0).widget().widget()
    for tab in range(3):
        dock.parts.tabs.setCurrentIndex(tab)
        assert content.minimumSizeHint().width() <= MIN_WIDTH


def test_encoded_cells_appear_with_their_codes(
    viewer: Any,
    qtbot: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> None:
    crops = dock_in(viewer, CropsWidget)
    factors = dock_in(viewer, FactorsWidget)
    explore = dock_in(viewer, ExploreWidget)
    crops.cut()
    wait_for(crops)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    qtbot.wait_for_turns()
    assert explore.parts.content.isEnabled()
    assert explore.parts.count.text() == "0 of 3 selected"
    table = explore.session.table
    np.testing.assert_array_equal(explore.panel.plot._x, table["z_scale"])
    np.testing.assert_array_equal(explore.panel.plot._y, table["z_shape"])


@pytest.fixture
def of_two_days(viewer: Any, dock: ExploreWidget) -> ExploreWidget:
    """The dock in a session of eight images, the cells of day 2 larger."""
    session = dock.session
    table = session.table.assign(model="m-1")
    codes = table[code_columns(NAMED_FACTORS)].to_numpy(np.float32)
    session.embedding = Embedding(codes, codes, NAMED_FACTORS, "m-1", table)
    session.table = table
    (shown,) = session.images
    images = []
    for n, day in enumerate("11112222"):
        name = f"image {n}"
        cells = table.assign(roi_id=name, z_scale=9.0 * int(day) + n / 9)
        cells["z_shape"] = float(n % 2)
        info = {name: {"day": day}}
        images.append(replace(shown, roi_id=name, key=name, table=cells, info=info))
    session.images = tuple(images)
    return dock


def test_a_plotted_factor_that_separates_days_is_said_to_and_no_other(
    of_two_days: ExploreWidget, qtbot: Any
) -> None:
    dock, note = of_two_days, of_two_days.panel.batch_note
    dock.plot("z_scale", "z_shape")
    warning = "Scale mostly separates day: beware of a batch effect."
    qtbot.waitUntil(lambda: note.text() == warning)
    assert not note.isHidden()
    assert "compare images of one day" in note.toolTip()
    dock.plot("z_shape")
    assert note.isHidden()
    dock.color_by("z_scale")
    dock.plot("z_shape", "z_color")
    assert note.text() == warning


def test_a_factor_chosen_for_distances_and_maps_is_warned_of_beside_the_choice(
    of_two_days: ExploreWidget, qtbot: Any
) -> None:
    compare = of_two_days.compare
    compare.weights.set_choice({"z_scale": 1.0, "z_shape": 1.0})
    qtbot.waitUntil(lambda: "Scale" in compare.batch_note.text())
    compare.weights.set_choice({"z_shape": 1.0})
    assert compare.batch_note.isHidden()


def test_batch_effects_are_found_anew_when_what_is_known_of_images_changes(
    of_two_days: ExploreWidget, qtbot: Any
) -> None:
    dock, session = of_two_days, of_two_days.session
    dock.plot("z_scale")
    qtbot.waitUntil(lambda: not dock.panel.batch_note.isHidden())
    session.images = tuple(replace(image, info={}) for image in session.images)
    qtbot.waitUntil(lambda: dock.panel.batch_note.isHidden())


def test_batch_effects_are_looked_for_on_a_worker(
    viewer: Any,
    dock: ExploreWidget,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    qtbot: Any,
) -> None:
    threads: list[threading.Thread] = []
    real = batch_effects.batch_effects

    def watched(*given: Any) -> Any:
        threads.append(threading.current_thread())
        return real(*given)

    monkeypatch.setattr(batch_effects, "batch_effects", watched)
    request.getfixturevalue("of_two_days")
    qtbot.waitUntil(lambda: bool(threads))
    assert threading.main_thread() not in threads


def test_batch_effects_found_after_napari_was_closed_are_told_nobody(
    of_two_days: ExploreWidget, qtbot: Any
) -> None:
    dock, watch = of_two_days, of_two_days._showing.watch
    qtbot.waitUntil(lambda: not dock.panel.batch_note.isHidden())
    gone: list[bool] = []
    dock.destroyed.connect(lambda: gone.append(True))
    dock.viewer.close()
    qtbot.waitUntil(lambda: bool(gone))
    watch._keep((), "m-1")  # as a worker does that had just ended
    qtbot.wait_for_turns()
    assert watch.effects == ()
