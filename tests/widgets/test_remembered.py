"""What the user chose in a dock is there again in the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_disentangle.training.config import DecoderConfig
from napari_disentangle.widgets._settings import recall, remember
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.classify import ClassifyWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.factors import FactorsWidget
from napari_disentangle.widgets.traversal import TraversalWidget

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def reopen(grid: Any, dock_in: Callable[..., Any]) -> Callable[[Any], Any]:
    """Close a dock and open a new one of its kind, or open the first."""

    def again(dock_or_kind: Any) -> Any:
        if isinstance(dock_or_kind, type):
            return dock_in(grid, dock_or_kind)
        grid.window.remove_dock_widget(dock_or_kind)
        return dock_in(grid, type(dock_or_kind))

    return again


def test_factors_keeps_the_percentiles_of_its_colors(
    reopen: Callable[[Any], Any], qtbot: Any
) -> None:
    dock = reopen(FactorsWidget)
    dock.percentiles.setValue((5, 80))
    qtbot.waitUntil(lambda: recall("percentiles", None) is not None)
    dock = reopen(dock)
    assert tuple(dock.percentiles.value()) == (5, 80)
    dock.color_by("area")
    low, high = dock._coloring.low, dock._coloring.high
    assert (low, high) == tuple(np.percentile(dock.session.table["area"], (5, 80)))


@pytest.mark.parametrize("damaged", [7, [3], [80, 5], ["a", "b"], None])
def test_damaged_percentiles_are_forgotten(
    reopen: Callable[[Any], Any], damaged: Any
) -> None:
    remember("percentiles", damaged)
    assert tuple(reopen(FactorsWidget).percentiles.value()) == (1, 99)


def pick(combo: Any, data: Any) -> None:
    """Choose an item with the arrow keys, as a user does."""
    wanted = combo.findData(data)
    assert wanted >= 0
    while combo.currentIndex() != wanted:
        down = combo.currentIndex() < wanted
        QTest.keyClick(combo, Qt.Key.Key_Down if down else Qt.Key.Key_Up)


def test_explore_keeps_its_axes_and_its_color(reopen: Callable[[Any], Any]) -> None:
    dock = reopen(ExploreWidget)
    pick(dock.panel.x_combo, "area")
    pick(dock.panel.y_combo, "count")
    pick(dock.panel.color_combo, "z_shape")
    panel = reopen(dock).panel
    combos = panel.x_combo, panel.y_combo, panel.color_combo
    assert [combo.column() for combo in combos] == ["area", "count", "z_shape"]
    assert panel.axes.is_histogram()


def test_axes_that_these_cells_lack_give_way_to_the_usual_ones(
    reopen: Callable[[Any], Any],
) -> None:
    remember("explore_x", "umap_1")
    remember("explore_y", 7)
    panel = reopen(ExploreWidget).panel
    assert panel.x_combo.column() == "z_scale"
    assert panel.y_combo.column() == "z_shape"


def test_explore_keeps_weights_numbers_and_seed(reopen: Callable[[Any], Any]) -> None:
    dock = reopen(ExploreWidget)
    dock.compare.weights.set_choice({"z_scale": 2.0, "area": 0.5})
    dock.compare.number_box.setValue(7)
    dock.compare.neighbors_box.setValue(9)
    dock.compare.seed_box.setValue(41)
    compare = reopen(dock).compare
    assert compare.weights.choice() == {"z_scale": 2.0, "area": 0.5}
    assert compare.similar_config().n_cells == 7
    assert compare.project_config("umap").n_neighbors == 9
    assert compare.project_config("umap").seed == 41


@pytest.mark.parametrize("damaged", [7, ["z_scale"], {"z_scale": 1}, {"z_scale": "ab"}])
def test_damaged_weights_are_forgotten(
    reopen: Callable[[Any], Any], damaged: Any
) -> None:
    remember("explore_weights", damaged)
    assert "z_shape" in reopen(ExploreWidget).compare.weights.choice()


def test_classify_keeps_what_is_read_and_whether_it_trains_again(
    reopen: Callable[[Any], Any],
) -> None:
    dock = reopen(ClassifyWidget)
    pick(dock.inputs.kind_combo, "all")
    dock.again_box.click()
    second = reopen(dock)
    assert second.inputs.columns() == dock.inputs.columns()
    assert any("residual" in column for column in second.inputs.columns())
    assert not second.again_box.isChecked()


def test_classify_keeps_columns_ticked_one_by_one(reopen: Callable[[Any], Any]) -> None:
    dock = reopen(ClassifyWidget)
    names = [dock.inputs.list.item(i) for i in range(dock.inputs.list.count())]
    names[0].setCheckState(Qt.CheckState.Unchecked)
    ticked = dock.inputs.columns()
    second = reopen(dock)
    assert second.inputs.kind_combo.currentData() == "own"
    assert second.inputs.columns() == ticked
    table = second.session.table
    second.session.table = None
    second.session.table = table
    assert second.inputs.columns() == ticked


def test_annotate_keeps_its_boxes(reopen: Callable[[Any], Any]) -> None:
    dock = reopen(AnnotateWidget)
    dock.giving.keys_box.click()
    dock.range.open_box.click()
    pick(dock.next.way_combo, "uncertain")
    dock.next.count_box.setValue(33)
    second = reopen(dock)
    assert not second.giving.keys_box.isChecked()
    assert not second.range.open_box.isChecked()
    assert second.next.config().way == "uncertain"
    assert second.next.config().n == 33


def test_a_click_never_gives_a_class_in_a_new_dock(
    reopen: Callable[[Any], Any],
) -> None:
    """It would write annotations before anybody asked for it."""
    dock = reopen(AnnotateWidget)
    dock.giving.click_box.setChecked(True)
    assert not reopen(dock).giving.click_box.isChecked()


def test_cells_stay_uncolored_in_a_new_dock_once_the_user_wants_that(
    reopen: Callable[[Any], Any], qtbot: Any
) -> None:
    dock = reopen(AnnotateWidget)
    dock.giving.color_box.click()
    dock.giving.color_box.click()
    second = reopen(dock)
    second.add_class("small")
    second.give_to(second.session.crops.table.iloc[[9]], "small")
    assert not second.giving.color_box.isChecked()


def test_traversal_keeps_how_pictures_are_learned_and_ways_walked(
    reopen: Callable[[Any], Any],
) -> None:
    dock = reopen(TraversalWidget)
    wanted = DecoderConfig(steps=77, learning_rate=1.5e-3)
    dock.panels.pictures.form.setValue(wanted)
    dock.panels.walk.overview_box.click()
    dock.panels.ways.steps_box.setValue(5)
    dock.panels.edits.amount.setValue(2.5)
    panels = reopen(dock).panels
    assert panels.pictures.config().decoder == wanted
    assert panels.walk.overview_box.isChecked()
    assert panels.ways.steps_box.value() == 5
    assert panels.edits.amount.value() == 2.5
