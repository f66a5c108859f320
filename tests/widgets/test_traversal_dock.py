"""The Traversal dock in a real viewer: what it shows is what the recipes give."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from napari.components import ViewerModel
from napari.layers import Image, Labels
from qtpy.QtCore import QDeadlineTimer, QEvent, Qt
from qtpy.QtWidgets import QApplication

from napari_disentangle.annotations.values import Annotations
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.export.traversal_tiff import read_traversal
from napari_disentangle.latents.traverse import TraversalConfig
from napari_disentangle.latents.trust import Correlation
from napari_disentangle.metrics.association import Association
from napari_disentangle.recipes.objects import iter_encode_objects, iter_plan_objects
from napari_disentangle.recipes.traversal import make_traversal
from napari_disentangle.tables import NAMED_FACTORS
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import MIN_WIDTH
from napari_disentangle.widgets._reader import get_reader
from napari_disentangle.widgets._selection import Cell, Selection
from napari_disentangle.widgets.traversal import TraversalWidget

ROUNDING = 1e-6
"""Of float32 in [0, 1]: sums on another thread may be added in another order."""

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.recipes.objects import EncodedObjects
    from napari_disentangle.storage.models import Model

DECODED, NEAREST = _layers.NAMES["decoded"], _layers.NAMES["nearest"]
TRAVERSAL = [DECODED, NEAREST, _layers.STEPS_NAME]


@pytest.fixture
def real_viewer(
    make_napari_viewer: Any, painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]]
) -> Any:
    """A real viewer with seven cells, ids 1, 5, 10, 11, 40, 41, 300."""
    return with_cells(make_napari_viewer(), *painted_cells)


@pytest.fixture
def viewer(painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]]) -> ViewerModel:
    """The same without a window, which is much quicker."""
    return with_cells(ViewerModel(), *painted_cells)


def with_cells(viewer: Any, image: NDArray[np.uint8], labels: NDArray[np.int32]) -> Any:
    viewer.add_image(image, rgb=True, name="image")
    viewer.add_labels(labels, name="cells")
    return viewer


@pytest.fixture(scope="module")
def coded(
    pixel_model: Path, painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]]
) -> EncodedObjects:
    """The same cells, encoded once for all tests."""
    return run(iter_encode_objects(*_source(*painted_cells), pixel_model))


def _source(image: NDArray[np.uint8], labels: NDArray[np.int32]) -> tuple[Any, Any]:
    layers = Image(image, rgb=True, name="image"), Labels(labels)
    source = _layers.read_source(*layers, "yxc")
    return source, run(iter_plan_objects(source, CropConfig()))


@pytest.fixture
def dock(
    viewer: ViewerModel, coded: EncodedObjects, qtbot: Any
) -> Iterator[TraversalWidget]:
    """The dock, its cells encoded."""
    dock = TraversalWidget(viewer)
    qtbot.addWidget(dock)
    yield give_codes(dock, coded)
    dock.shutdown()
    qtbot.wait_for_workers()


@pytest.fixture
def real_dock(
    real_viewer: Any, dock_in: Callable[..., Any], coded: EncodedObjects
) -> TraversalWidget:
    """The dock in a real viewer, its cells encoded."""
    return give_codes(dock_in(real_viewer, TraversalWidget), coded)


def give_codes(dock: TraversalWidget, coded: EncodedObjects) -> TraversalWidget:
    layers = dock.viewer.layers
    source = _layers.read_source(layers["image"], layers["cells"], "yxc")
    dock.session.set_crops(source, run(iter_plan_objects(source, CropConfig())))
    dock.session.measured = coded.measured
    dock.session.set_codes(coded.model, coded.embedding, coded.table)
    return dock


@pytest.fixture
def live(dock: TraversalWidget, qtbot: Any) -> TraversalWidget:
    """The dock with its sliders in use, at cell 10."""
    return use_sliders(dock, qtbot)


def use_sliders(dock: TraversalWidget, qtbot: Any) -> TraversalWidget:
    dock.start_from(Cell(10))
    dock.panels.sections["live"].expand()
    settle_live(dock, qtbot)
    return dock


def settle_live(dock: TraversalWidget, qtbot: Any) -> None:
    decoder = dock.panels.live.decoder
    qtbot.waitUntil(lambda: not decoder.is_busy())


def select(dock: TraversalWidget, labels: list[int]) -> None:
    frames = np.zeros(len(labels), np.int64)
    dock.session.selection = Selection(frames, np.array(labels, np.int64))
    settle(dock)


def settle(dock: TraversalWidget) -> None:
    """Wait until the dock shows the groups there are now."""
    deadline = QDeadlineTimer(10_000)
    while dock.groups_due and not deadline.hasExpired():
        QApplication.processEvents()
    assert not dock.groups_due


# Walks -------------------------------------------------------------------------------


def test_the_named_factors_are_checked_at_first(dock: TraversalWidget) -> None:
    assert dock.factors() == list(NAMED_FACTORS)
    assert dock.panels.walk.list.count() == 10


def test_a_traversal_stands_right_of_the_image_beside_real_cells(
    real_viewer: Any, real_dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    real_dock.set_factors(["scale", "residual_2"])
    real_dock.panels.walk.form.setValue(TraversalConfig(steps=5, low_sd=-1, high_sd=3))
    real_dock.panels.walk.make_button.click()
    wait_for(real_dock)
    decoded, nearest = real_viewer.layers[DECODED], real_viewer.layers[NEAREST]
    assert decoded.data.shape == nearest.data.shape == (2, 5, 64, 64, 3)
    assert decoded.axis_labels == ("factor", "step", "y", "x")
    right = real_viewer.layers["image"].extent.world[1, 1]
    for layer in (decoded, nearest):
        assert layer.extent.world[0, -1] > right
        assert layer.metadata["traversal"]["factors"] == ("scale", "residual_2")
        assert layer.metadata["traversal"]["steps_sd"] == (-1, 0, 1, 2, 3)
    assert real_dock.session.stack is not None
    legend = real_dock.panels.shown.legend.text()
    assert "Below: the nearest real cells" in legend
    assert "synthetic" in legend
    assert "7 cells in" in legend  # the walk leaves the data, and says so


def test_each_step_is_told_in_the_features_of_a_layer(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.start_from(Cell(10))
    dock.set_factors(["scale", "shape"])
    dock.make()
    wait_for(dock)
    layer, stack = viewer.layers[_layers.STEPS_NAME], dock.session.stack
    features = layer.features
    assert layer.ndim == 4
    assert len(features) == 22
    assert features["factor"].tolist()[::11] == ["shape", "scale"]
    np.testing.assert_allclose(features["step_sd"][:11], np.linspace(-2.5, 2.5, 11))
    assert stack is not None
    assert stack.nearest_cells is not None
    assert features["nearest_label"].tolist() == stack.nearest_cells.ravel().tolist()
    assert features["start_spread_sd"].notna().all()
    np.testing.assert_array_equal(layer.data[12, :2], (1, 1))
    assert layer.features["text"][12] == "Scale -2 sd"


def test_the_overview_shows_all_pictures_with_labels(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.set_factors(["scale"])
    dock.panels.walk.overview_box.setChecked(True)
    dock.make()
    wait_for(dock)
    overview = viewer.layers[_layers.OVERVIEW_NAME]
    assert overview.data.shape == (2 * 64, 11 * 64, 3)
    assert overview.extent.world[0, 0] > viewer.layers["image"].extent.world[1, 0]
    texts = viewer.layers[_layers.LABELS_NAME].features["text"].tolist()
    assert texts[0] == "Scale (drawn, synthetic)"
    assert texts[11] == "Scale (real)"
    assert texts[-11:] == [*(f"{s:+.2g}" for s in np.linspace(-2.5, 2, 10)), "+2.5 sd"]
    assert viewer.layers.selection.active is viewer.layers[NEAREST]


def test_the_dock_names_what_the_sliders_show(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.set_factors(["scale", "shape"])
    dock.make()
    wait_for(dock)
    position = dock.panels.shown.position
    assert position.text().startswith("Shape: +0 sd")
    viewer.dims.set_current_step(0, 1)
    viewer.dims.set_current_step(1, 10)
    assert position.text().startswith("Scale: +2.5 sd")
    assert "Real: cell" in position.text()
    assert "sd off" in position.text()  # seven cells reach no +2.5 sd


def test_the_walk_starts_from_the_clicked_cell(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.start_from(Cell(10))
    assert dock.panels.start.cell_button.text().endswith("(10)")
    dock.set_factors(["scale"])
    dock.make()
    wait_for(dock)
    from_cell = dock.session.stack
    dock.start_from(None)
    dock.make()
    wait_for(dock)
    from_mean = dock.session.stack
    assert from_cell is not None
    assert from_mean is not None
    assert from_cell.decoded is not None
    assert from_mean.decoded is not None
    assert np.abs(from_cell.decoded - from_mean.decoded).max() > 0
    assert from_mean.start_sd is None


def test_a_walk_of_percentiles_never_leaves_the_cells(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.panels.walk.form.setValue(TraversalConfig(steps=3, unit="percentiles"))
    dock.make()
    wait_for(dock)
    assert dock.session.stack is not None
    assert dock.session.stack.step_names == ("p 2", "p 50", "p 98")
    assert "beyond" not in dock.panels.shown.legend.text()
    assert ": p 50. Real" in dock.panels.shown.position.text()


def test_walks_from_selected_cells_have_an_axis_of_cells(
    viewer: Any,
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    tmp_path: Path,
) -> None:
    assert not dock.panels.start.cells_button.isEnabled()
    select(dock, [5, 300])
    dock.panels.start.cells_button.setChecked(True)
    dock.set_factors(["scale"])
    dock.make()
    wait_for(dock)
    layer = viewer.layers[DECODED]
    assert layer.data.shape == (2, 1, 11, 64, 64, 3)
    assert layer.axis_labels == ("cell", "factor", "step", "y", "x")
    assert layer.metadata["traversal"]["cells"] == (5, 300)
    features = viewer.layers[_layers.STEPS_NAME].features
    assert features["cell"].tolist() == [5] * 11 + [300] * 11
    assert dock.panels.shown.position.text().startswith("Cell 5. ")
    viewer.dims.set_current_step(0, 1)
    assert dock.panels.shown.position.text().startswith("Cell 300. ")
    dock.save(tmp_path / "walk.png")
    wait_for(dock)
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["walk_cell300.png", "walk_cell5.png"]
    select(dock, [])
    assert dock.panels.start.mean_button.isChecked()


def test_a_cell_without_a_crop_is_refused(
    dock: TraversalWidget, notes: list[str]
) -> None:
    dock.start_from(Cell(99))
    dock.panels.walk.make_button.click()
    assert "no encoded cell 99" in notes[0]
    assert dock.session.stack is None


def test_a_new_traversal_replaces_the_old_one(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.panels.walk.overview_box.setChecked(True)
    dock.make()
    wait_for(dock)
    dock.panels.walk.overview_box.setChecked(False)
    dock.make()
    wait_for(dock)
    assert [layer.name for layer in viewer.layers] == ["image", "cells", *TRAVERSAL]


def test_cancel_adds_no_layer(
    real_viewer: Any, real_dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    real_dock.jobs.progressed.connect(lambda _: real_dock.jobs.cancel())
    real_dock.make()
    wait_for(real_dock)
    assert real_dock.session.stack is None
    assert len(real_viewer.layers) == 2


def test_an_image_removed_meanwhile_drops_the_traversal(
    real_viewer: Any,
    real_dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    notes: Any,
) -> None:
    def remove(_: Any) -> None:
        if "image" in real_viewer.layers:
            real_viewer.layers.remove("image")

    real_dock.jobs.progressed.connect(remove)
    real_dock.make()
    wait_for(real_dock)
    assert real_dock.session.stack is None
    assert len(notes) == 1
    assert "dropped" in notes[0]


def test_a_viewer_closed_meanwhile_ends_all_silently(
    real_viewer: Any, real_dock: TraversalWidget, notes: list[str], qtbot: Any
) -> None:
    live = use_sliders(real_dock, qtbot).panels.live
    live.sliders.nudge("scale", 1)
    real_dock.explain()
    real_viewer.close()
    qtbot.wait_for_workers()
    assert not real_dock.jobs.running
    assert not live.decoder.jobs.running
    assert notes == []


def test_sliders_that_are_deleted_stop_drawing(
    real_dock: TraversalWidget, notes: list[str], qtbot: Any
) -> None:
    live = use_sliders(real_dock, qtbot).panels.live
    live.sliders.nudge("scale", 1)
    decoder = live.decoder
    assert decoder.is_busy()
    live.deleteLater()
    QApplication.sendPostedEvents(live, QEvent.Type.DeferredDelete.value)
    assert not decoder.is_busy()
    qtbot.wait_for_workers()
    assert notes == []


def test_a_wrong_range_is_an_error_with_the_bounds(
    real_dock: TraversalWidget, notes: list[str]
) -> None:
    real_dock.panels.walk.form.editor("low_sd").value = 4
    real_dock.panels.walk.make_button.click()
    assert "low_sd must be below high_sd" in notes[0]
    with pytest.raises(ConfigError):
        real_dock.make()


def test_no_factor_disables_the_button_and_says_why(dock: TraversalWidget) -> None:
    dock.set_factors([])
    button = dock.panels.walk.make_button
    assert not button.isEnabled()
    assert "check at least one factor" in button.toolTip()


# Live and edits ----------------------------------------------------------------------


def test_sliders_start_at_the_cell_and_show_it(live: TraversalWidget) -> None:
    panel, embedding = live.panels.live, live.session.embedding
    assert embedding is not None
    mean, sd = embedding.mean.mean(0), embedding.mean.std(0)
    row = embedding.table["label"].tolist().index(10)
    expected = (embedding.mean[row] - mean) / sd
    np.testing.assert_allclose(panel.sliders.places(), expected, atol=0.01)
    assert panel.cell.word.text() == "cell 10, real"
    assert panel.drawn.word.text() == "drawn (synthetic)"
    assert panel.nearest.word.text() == "nearest real: 10"
    assert panel.sentence.text() == "Among the cells you have."
    assert "±" in panel.sliders.slider("scale").toolTip()
    assert not live.panels.edits.keep_button.isEnabled()


def test_a_moved_slider_is_drawn_and_reset_undoes_it(
    live: TraversalWidget, qtbot: Any
) -> None:
    panel = live.panels.live
    before = panel.drawn.picture.pixmap().toImage()
    slider = panel.sliders.slider("scale")
    slider.setValue(2.5)
    settle_live(live, qtbot)
    assert panel.drawn.picture.pixmap().toImage() != before
    assert "Scale" in panel.sentence.text()
    assert panel.is_moved()
    assert live.panels.edits.keep_button.isEnabled()
    panel.reset_button.click()
    settle_live(live, qtbot)
    assert panel.drawn.picture.pixmap().toImage() == before
    assert not panel.is_moved()


def test_a_fast_slider_draws_the_last_place_and_makes_no_queue(
    live: TraversalWidget, qtbot: Any
) -> None:
    decoder, shown = live.panels.live.decoder, []
    decoder.shown.connect(shown.append)
    slider = live.panels.live.sliders.slider("color")
    for value in np.linspace(-3, 3, 200):
        slider.setValue(float(value))
    settle_live(live, qtbot)
    assert 1 <= len(shown) < 50
    code, start = live.panels.live.code(), live.panels.live._start
    assert code is not None
    assert decoder.live is not None
    last = decoder.live.show(code, start)
    np.testing.assert_array_equal(shown[-1].drawn, last.drawn)


def test_a_picture_of_cells_that_are_gone_is_dropped(
    live: TraversalWidget, qtbot: Any
) -> None:
    shown: list[Any] = []
    live.panels.live.decoder.shown.connect(shown.append)
    live.panels.live.sliders.nudge("scale", 1)
    live.session.embedding = None
    qtbot.wait_for_workers()
    assert shown == []
    assert live.panels.live.code() is None


def test_the_live_picture_can_stand_in_the_viewer(
    real_viewer: Any, real_dock: TraversalWidget, qtbot: Any
) -> None:
    panel = use_sliders(real_dock, qtbot).panels.live
    panel.layer_box.setChecked(True)
    settle_live(real_dock, qtbot)
    layer = real_viewer.layers[_layers.LIVE_NAME]
    assert layer.extent.world[1, -1] < 0  # left of the image
    before = layer.data.copy()
    panel.sliders.nudge("scale", 2)
    settle_live(real_dock, qtbot)
    assert real_viewer.layers[_layers.LIVE_NAME] is layer
    assert np.abs(layer.data - before).max() > 0
    real_viewer.layers.remove(layer)
    panel.sliders.nudge("scale", -1)
    settle_live(real_dock, qtbot)
    assert _layers.LIVE_NAME not in real_viewer.layers
    assert not panel.layer_box.isChecked()


def test_edits_in_words_move_their_slider(
    live: TraversalWidget, wait_for: Callable[[Any], None], qtbot: Any
) -> None:
    from napari_disentangle.recipes.counterfactual import EditWord

    edits, sliders = live.panels.edits, live.panels.live.sliders
    edits.find_button.click()
    wait_for(live)
    assert edits.words() == []  # seven cells grade no name
    assert "No factor earned its name" in edits.told.text()
    words = (EditWord("larger", "scale", 1), EditWord("smaller", "scale", -1))
    edits.show_words(words)
    before = sliders.slider("scale").value()
    edits.amount.setValue(1.5)
    edits.edit("smaller")
    assert sliders.slider("scale").value() == pytest.approx(before - 1.5, abs=0.02)
    settle_live(live, qtbot)


def test_the_way_to_the_edited_cell_is_a_stack(
    viewer: Any, live: TraversalWidget, wait_for: Callable[[Any], None], qtbot: Any
) -> None:
    live.panels.live.sliders.nudge("scale", 2)
    settle_live(live, qtbot)
    live.panels.edits.keep_button.click()
    wait_for(live)
    stack = live.session.stack
    assert stack is not None
    assert stack.factors == ("cell 10 to edited",)
    assert viewer.layers[DECODED].data.shape == (1, 11, 64, 64, 3)
    shown = live.panels.live.decoder.live
    code = live.panels.live.code()
    assert shown is not None
    assert code is not None
    assert stack.decoded is not None
    drawn = shown.show(code).drawn
    np.testing.assert_allclose(stack.decoded[0, -1], drawn, atol=1e-3)


# Ways and groups ---------------------------------------------------------------------


def test_a_way_leads_from_cell_to_cell(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    ways = dock.panels.ways
    for side, label in enumerate((5, 41)):
        dock.session.cell = Cell(label)
        ways.take_buttons[side].click()
    ways.steps_box.setValue(4)
    ways.walk_button.click()
    wait_for(dock)
    stack = dock.session.stack
    assert stack is not None
    assert stack.step_names == ("cell 5", "33 %", "67 %", "cell 41")
    assert stack.nearest_cells is not None
    assert stack.nearest_cells[0, [0, -1]].tolist() == [5, 41]
    assert "cell 5" in dock.panels.shown.position.text()


def test_a_way_leads_between_the_middles_of_two_classes(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    give_classes(dock)
    dock.panels.ways.choose("your class small", "your class large")
    dock.walk_between()
    wait_for(dock)
    stack, embedding = dock.session.stack, dock.session.embedding
    assert stack is not None
    assert embedding is not None
    assert stack.step_names[0] == "mean of your class small"
    ends = np.stack([embedding.mean[:3].mean(0), embedding.mean[4:].mean(0)])
    gap = (ends[1] - ends[0]) / embedding.mean.std(0)
    assert stack.steps_sd[-1] == pytest.approx(np.sqrt((gap**2).mean()), rel=1e-3)


def give_classes(dock: TraversalWidget) -> None:
    """Give the three smallest cells and the three largest a class each."""
    from napari_disentangle.annotations.marks import Mark
    from napari_disentangle.annotations.values import CellClass

    known = Annotations((CellClass("small", "#ff0000"), CellClass("large", "#00ff00")))
    nan = float("nan")
    marks = {(0, label): Mark("small", nan, nan) for label in (1, 5, 10)}
    marks |= {(0, label): Mark("large", nan, nan) for label in (40, 41, 300)}
    dock.session.annotations = Annotations(known.classes, {"image": marks})
    settle(dock)


def test_a_click_on_a_factor_walks_across_the_difference_of_two_groups(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None], qtbot: Any
) -> None:
    groups = dock.panels.groups
    assert not groups.compare_button.isEnabled()
    assert "select cells in Explore" in groups.compare_button.toolTip()
    select(dock, [1, 5, 10])
    assert [len(group) for group in groups.groups() or ()] == [3, 4]
    groups.compare_button.click()
    wait_for(dock)
    found = groups.contrasts()
    assert len(found) == 10
    assert "3 and 4 cells are described" in groups.told.text()
    assert "one image is one replicate: nothing is tested" in groups.told.text()
    groups.table.setCurrentCell(1, 0)
    qtbot.keyClick(groups.table, Qt.Key.Key_Return)
    wait_for(dock)
    stack = dock.session.stack
    assert stack is not None
    assert stack.factors == (found[1].name,)
    assert DECODED in viewer.layers
    give_classes(dock)
    groups.choose("your class small", "your class large")
    assert groups.contrasts() == ()
    dock.compare_groups()
    wait_for(dock)
    assert {contrast.name for contrast in groups.contrasts()} >= set(NAMED_FACTORS)


def test_groups_that_are_too_small_are_one_sentence(
    dock: TraversalWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    select(dock, [1])
    dock.panels.groups.compare_button.click()
    wait_for(dock)
    assert "at least 3 cells" in notes[0]
    assert dock.panels.groups.contrasts() == ()


def give_images(dock: TraversalWidget, conditions: str) -> None:
    """Add copies of the image whose cells are shown, each of a condition."""
    table, (shown,) = dock.session.table, dock.session.images
    assert table is not None
    copies = []
    for n, condition in enumerate(conditions):
        name = f"copy {n}"
        moved = table.assign(roi_id=name, z_scale=table["z_scale"] + n)
        info = {name: {"condition": condition}}
        copies.append(replace(shown, roi_id=name, key=name, table=moved, info=info))
    dock.session.images = (shown, *copies)
    settle(dock)


def test_conditions_are_compared_by_the_means_of_their_images(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    give_images(dock, "aaabbb")
    groups = dock.panels.groups
    assert groups.combos[0].currentText() == "condition a (3 images)"
    groups.choose("condition a", "condition b")
    groups.compare_button.click()
    wait_for(dock)
    first = groups.contrasts()[0]
    assert (first.name, first.effect.unit, first.effect.delta) == ("scale", "image", 1)
    assert "3 and 3 images were compared" in groups.told.text()
    dock.cross(first)
    wait_for(dock)
    assert dock.session.stack is not None
    assert dock.session.stack.factors == ("scale",)


def test_conditions_of_the_same_days_are_compared_day_by_day_unless_told_otherwise(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    give_images(dock, "abababab")
    groups, session = dock.panels.groups, dock.session
    assert not groups.pairing.isVisibleTo(groups)
    shown, *copies = session.images
    days = [
        replace(i, info={i.roi_id: {**i.info[i.roi_id], "day": str(n // 2)}})
        for n, i in enumerate(copies)
    ]
    session.images = (shown, *days)
    settle(dock)
    groups.choose("condition a", "condition b")
    assert groups.pairing.isVisibleTo(groups)
    assert groups.pairing.combo.currentText() == "day (4 with both)"
    groups.compare_button.click()
    wait_for(dock)
    first = groups.contrasts()[0]
    assert (first.name, first.effect.unit, first.effect.delta) == ("scale", "day", 1)
    assert groups.told.text().startswith("Paired by day: 4 values of it (0, 1, 2, 3)")
    assert "within each day, in units of the code" in groups.told.toolTip()
    assert "Hedges' g_av" in groups.table.item(0, 0).toolTip()
    groups.copy_button.click()
    copied = pd.read_csv(StringIO(QApplication.clipboard().text()), sep="\t")
    assert copied["factor"].tolist() == [c.name for c in groups.contrasts()]
    assert copied["mean_difference"][0] == pytest.approx(first.effect.gap)
    assert copied["hedges_g_av"][0] == pytest.approx(first.effect.d)
    groups.pairing.combo.setCurrentText("nothing")
    assert groups.contrasts() == ()
    assert groups.copy_button.isHidden()
    groups.compare_button.click()
    wait_for(dock)
    assert "4 and 4 images were compared" in groups.told.text()
    assert "pooled sd (Cohen, 1988)" in groups.told.toolTip()
    settle(dock)
    assert groups.pairs() is None  # the choice stays


def test_classes_are_compared_in_all_images_each_with_itself(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    give_images(dock, "aaabbb")
    give_classes(dock)
    value = dock.session.annotations
    assert value is not None
    copies = {f"copy {n}": value.images["image"] for n in range(6)}
    dock.session.annotations = replace(value, images={**value.images, **copies})
    settle(dock)
    groups = dock.panels.groups
    groups.choose("your class small", "your class large")
    assert groups.combos[0].currentText() == "your class small (21 in 7 images)"
    groups.compare_button.click()
    wait_for(dock)
    effect = groups.contrasts()[0].effect
    assert (effect.n_a, effect.n_b, effect.paired) == (7, 7, True)
    assert "7 images that have both were compared" in groups.told.text()


def test_images_cut_unlike_are_compared_with_a_caution_and_pairs_without(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    give_images(dock, "aaabbb")
    session, groups = dock.session, dock.panels.groups
    wide = [
        replace(i, window_px=i.window_px * (n + 1))
        for n, i in enumerate(session.images)
    ]
    session.images = tuple(wide)
    give_classes(dock)
    value = session.annotations
    assert value is not None
    copies = {f"copy {n}": value.images["image"] for n in range(6)}
    session.annotations = replace(value, images={**value.images, **copies})
    settle(dock)
    for a, b, said in (
        ("condition a", "condition b", True),
        ("your class small", "your class large", False),
    ):
        groups.choose(a, b)
        groups.compare_button.click()
        wait_for(dock)
        assert ("cut unlike" in groups.told.text()) == said


def test_too_few_images_of_a_condition_are_said(
    dock: TraversalWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    give_images(dock, "aab")
    dock.panels.groups.compare_button.click()
    wait_for(dock)
    assert "has 1 of the 3 images" in notes[0]
    assert dock.panels.groups.contrasts() == ()


def test_images_and_cells_do_not_compare(dock: TraversalWidget) -> None:
    give_images(dock, "aaabbb")
    select(dock, [1, 5, 10])
    groups = dock.panels.groups
    groups.choose("selected", "condition a")
    assert not groups.compare_button.isEnabled()
    assert "images compare with images only" in groups.compare_button.toolTip()
    with pytest.raises(DataError, match="do not compare"):
        dock.compare_groups()


# Cards -------------------------------------------------------------------------------


def test_every_factor_has_a_card(
    dock: TraversalWidget, wait_for: Callable[[Any], None], tmp_path: Path
) -> None:
    assert not dock.panels.save.card_buttons[".html"].isEnabled()
    dock.panels.cards.explain_button.click()
    wait_for(dock)
    cards = dock.panels.cards
    assert dock.explanation is not None
    assert cards.combo.count() == 10
    cards.choose("color")
    card = dock.explanation.card("color")
    assert card.reason in cards.badge.text()
    assert "Named by construction" in cards.facts.text()
    assert cards.correlations.texts() == []  # seven cells tell no correlation
    assert cards.response.combo.count() > 5
    assert "real (orange)" in cards.response.told.text()
    assert dock.explanation.notes[0] in cards.known.text()
    dock.save_cards(tmp_path / "cards.html")
    wait_for(dock)
    dock.save_cards(tmp_path / "cards.json")
    wait_for(dock)
    assert "Scale" in (tmp_path / "cards.html").read_text()
    assert "is dead" in dock.explanation.card("scale").reason  # untrained
    assert len(json.loads((tmp_path / "cards.json").read_text())["factors"]) == 10


def test_a_card_shows_correlations_with_their_intervals(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.explain()
    wait_for(dock)
    explanation, cards = dock.explanation, dock.panels.cards
    assert explanation is not None
    found = Correlation("area", "size", Association(-0.8, -0.9, -0.7, 40))
    scale = replace(explanation.card("scale"), correlations=(found,), grade="B")
    cards.show_explanation(replace(explanation, cards=(scale,)))
    assert cards.combo.currentText() == "Scale (B)"
    assert cards.correlations.texts() == ["area -0.80"]
    assert cards.correlations.item(0, 0).toolTip() == "area: -0.80 (-0.90 to -0.70)"


def test_cancel_keeps_the_cards_there_were(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.explain()
    wait_for(dock)
    kept = dock.explanation
    assert kept is not None
    dock.jobs.progressed.connect(lambda _: dock.jobs.cancel())
    dock.explain()
    wait_for(dock)
    assert dock.explanation is kept
    dock.session.embedding = None
    assert dock.explanation is None


def test_stack_and_cards_are_those_of_the_command_line(
    viewer: ViewerModel,
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]],
    tmp_path: Path,
) -> None:
    import tifffile
    from typer.testing import CliRunner

    from napari_disentangle.cli import app

    names = [tmp_path / name for name in ("cells.tif", "labels.tif")]
    for file, pixels in zip(names, painted_cells, strict=True):
        tifffile.imwrite(file, pixels)
    given = ["--model", pixel_model, "--image", names[0], "--labels", names[1]]
    for command in (
        ["traverse", *given, "--cell", 41, "--factor", "scale"],
        ["explain", *given],
    ):
        out = ["--out", tmp_path / "cli.tif"]
        json_out = ["--json", tmp_path / "cli.json"]
        args = [*command, *(out if command[0] == "traverse" else json_out)]
        result = CliRunner().invoke(app, [str(arg) for arg in args])
        assert result.exit_code == 0, result.output
    image = viewer.layers["image"]
    viewer.layers.clear()
    viewer.add_image(image.data, rgb=True, name="cells.tif")
    labels = viewer.add_labels(tifffile.imread(names[1]), name="cells")
    source = _layers.read_source(viewer.layers[0], labels, "yxc")
    crops = run(iter_plan_objects(source, CropConfig()))
    coded = run(iter_encode_objects(source, crops, pixel_model))
    dock.session.set_crops(source, crops)
    dock.session.measured = coded.measured
    dock.session.set_codes(coded.model, coded.embedding, coded.table)
    dock.start_from(Cell(41))
    dock.set_factors(["scale"])
    dock.make()
    wait_for(dock)
    dock.save(tmp_path / "dock.tif")
    wait_for(dock)
    ours, theirs = (read_traversal(tmp_path / f"{n}.tif") for n in ("dock", "cli"))
    np.testing.assert_array_equal(ours[0], theirs[0])
    assert ours[1] == theirs[1]
    dock.explain()
    wait_for(dock)
    dock.save_cards(tmp_path / "dock.json")
    wait_for(dock)
    documents = [
        json.loads((tmp_path / f"{name}.json").read_text()) for name in ("dock", "cli")
    ]
    assert is_alike(*documents)


def is_alike(ours: Any, theirs: Any) -> bool:
    """Whether two JSON documents are the same but for the rounding of float32.

    Texture is measured on gray levels, and a last digit can move a pixel to another.
    """
    if isinstance(ours, dict):
        same = ours.keys() == theirs.keys()
        return same and all(is_alike(ours[key], theirs[key]) for key in ours)
    if isinstance(ours, list):
        same = len(ours) == len(theirs)
        return same and all(map(is_alike, ours, theirs))
    if isinstance(ours, float):
        return bool(ours == pytest.approx(theirs, rel=1e-3, abs=5e-3, nan_ok=True))
    return bool(ours == theirs)


# Saving and pictures -----------------------------------------------------------------


def test_saved_stacks_come_back_through_the_reader(
    viewer: Any,
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    notes: list[str],
) -> None:
    dock.make()
    wait_for(dock)
    path = tmp_path / "walk.tif"
    dock.save(path)
    wait_for(dock)
    assert "walk_nearest.tif" in notes[0]
    for file, name in ((path, DECODED), (tmp_path / "walk_nearest.tif", NEAREST)):
        reader = get_reader(str(file))
        assert reader is not None
        ((pictures, settings, kind),) = reader(str(file))
        assert kind == "image"
        assert settings["name"] == name
        shown = viewer.layers[name]
        assert np.abs(pictures / 255 - shown.data).max() <= 0.5 / 255 + 1e-6
        layer = viewer.add_image(pictures, **settings)
        assert layer.axis_labels == shown.axis_labels
        assert layer.metadata["traversal"] == shown.metadata["traversal"]
    assert read_traversal(path)[1].factors == NAMED_FACTORS


def test_each_format_has_a_button_and_is_written(
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from qtpy.QtWidgets import QFileDialog

    buttons = dock.panels.save.walk_buttons
    assert not any(button.isEnabled() for button in buttons.values())
    dock.set_factors(["scale"])
    dock.panels.walk.form.setValue(TraversalConfig(steps=3))
    dock.make()
    wait_for(dock)
    path = str(tmp_path / "walk")  # the ending is added where it is missing
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (path, ""))
    for suffix, button in buttons.items():
        button.click()
        wait_for(dock)
        assert (tmp_path / f"walk{suffix}").exists()


def test_an_unknown_ending_is_one_sentence(
    dock: TraversalWidget, wait_for: Callable[[Any], None], tmp_path: Path, notes: Any
) -> None:
    dock.make()
    wait_for(dock)
    dock.save(tmp_path / "walk.docx")
    wait_for(dock)
    assert "walk.docx is none of them" in notes[0]
    assert list(tmp_path.iterdir()) == []


def test_without_codes_the_dock_says_what_to_do(qtbot: Any) -> None:
    dock = TraversalWidget(ViewerModel())
    qtbot.addWidget(dock)
    panels = dock.panels
    for section in panels.sections.values():
        section.expand()
    for button in (
        panels.walk.make_button,
        panels.pictures.learn_button,
        panels.edits.find_button,
        panels.ways.walk_button,
        panels.groups.compare_button,
        panels.cards.explain_button,
    ):
        assert not button.isEnabled()
        assert "Factors dock" in button.toolTip()
    assert "make a traversal first" in panels.save.walk_buttons[".tif"].toolTip()
    for action in (dock.make, dock.explain, dock.find_words, dock.compare_groups):
        with pytest.raises(DataError, match="Factors dock"):
            action()
    with pytest.raises(DataError, match="make one first"):
        dock.save(None)
    with pytest.raises(DataError, match="explain first"):
        dock.save_cards(None)


def test_a_single_cell_is_told_in_sentences(
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]],
    qtbot: Any,
) -> None:
    image, labels = painted_cells
    dock.viewer.layers.clear()
    with_cells(dock.viewer, image, np.where(labels == 10, labels, 0))
    source, crops = _source(*(layer.data for layer in dock.viewer.layers))
    give_codes(dock, run(iter_encode_objects(source, crops, pixel_model)))
    dock.make()
    wait_for(dock)
    assert "One cell has no spread" in dock.panels.shown.legend.text()
    dock.panels.sections["live"].expand()
    settle_live(dock, qtbot)
    assert "One cell tells nothing" in dock.panels.live.sentence.text()
    dock.explain()
    wait_for(dock)
    assert "A single cell has no spread" in dock.panels.cards.known.text()


def test_each_shortcoming_of_a_walk_is_a_sentence(
    dock: TraversalWidget, wait_for: Callable[[Any], None], coded: EncodedObjects
) -> None:
    mean, sd = coded.embedding.mean.copy(), coded.embedding.sd.copy()
    mean[:, 0], sd[:, 0] = 0, 1  # texture is dead
    dead = replace(coded.embedding, mean=mean, sd=sd)
    dock.session.set_codes(coded.model, dead, coded.table)
    form = dock.panels.walk.form
    form.setValue(form.value().replace(low_sd=-9, high_sd=9))
    dock.make()
    wait_for(dock)
    told = dock.panels.shown.legend.text()
    for words in (
        "The cells do not differ in texture",
        "dead: the model does not use",
        "The range leaves the prior",
        "beyond all 7 cells",
        "7 real cells for 11 steps",
    ):
        assert words in told


def test_a_model_without_decoder_shows_real_cells_and_says_so(
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    coded: EncodedObjects,
    tiny_model: Model,
) -> None:
    codes = np.random.default_rng(0).normal(size=(7, 10)).astype(np.float32)
    embedding = replace(
        coded.embedding,
        mean=codes,
        sd=np.full_like(codes, 0.3),
        dimensions=tiny_model.dimensions,
        model_id=tiny_model.id,
    )
    dock.session.set_codes(tiny_model, embedding, embedding.to_frame())
    dock.make()
    wait_for(dock)
    assert DECODED not in dock.viewer.layers
    assert NEAREST in dock.viewer.layers
    told = dock.panels.shown.legend.text()
    assert "This model draws no pictures" in told
    assert "Shown: the nearest real cells" in told


def test_the_dock_is_usable_at_its_least_width_in_both_themes(
    viewer: Any, live: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    select(live, [1, 5, 10])
    for action in (live.make, live.explain, live.compare_groups):
        action()
        wait_for(live)
    content = live.layout().itemAt(0).widget().widget()
    for theme in ("light", "dark"):
        viewer.theme = theme
        for section in live.panels.sections.values():
            section.expand()
            assert content.minimumSizeHint().width() <= MIN_WIDTH


def test_the_dock_shows_the_same_stack_as_the_recipe(
    dock: TraversalWidget, wait_for: Callable[[Any], None], pixel_model: Path
) -> None:
    dock.make()
    wait_for(dock)
    session = dock.session
    assert session.model is not None
    same = make_traversal(
        session.model, session.embedding, session.crops, factors=NAMED_FACTORS
    )
    assert session.stack is not None
    np.testing.assert_array_equal(session.stack.nearest, same.nearest)
    np.testing.assert_allclose(session.stack.decoded, same.decoded, atol=ROUNDING)


def test_a_model_that_draws_by_itself_learns_no_pictures(dock: TraversalWidget) -> None:
    button = dock.panels.pictures.learn_button
    assert not button.isEnabled()
    assert "draws by itself" in button.toolTip()


@pytest.mark.slow
def test_pictures_are_learned_from_the_cells_and_cancel_keeps_the_old_ones(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    source, crops = dock.session.source, dock.session.crops
    assert source is not None
    assert crops is not None
    give_codes(dock, run(iter_encode_objects(source, crops, "features")))
    form = dock.panels.pictures.form
    form.setValue(form.value().replace(steps=10))
    dock.panels.pictures.learn_button.click()
    wait_for(dock)
    learned = dock.session.pictured
    assert learned is not None
    assert learned.card.picture_source == "own cells"
    assert "learned from your own cells" in dock.panels.pictures.told.text()
    dock.jobs.progressed.connect(lambda _: dock.jobs.cancel())
    dock.learn_pictures()
    wait_for(dock)
    assert dock.session.pictured is learned
