"""Bad cells excluded in a real viewer, from Annotate and from Explore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.utils.key_bindings import KeymapHandler
from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.counted import counted_cells
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._images import keep_image
from napari_disentangle.widgets._selection import Cell, Selection
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = pytest.mark.usefixtures("home")


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
    table = session.crops.table.assign(z_scale=np.arange(n) ** 4.0, z_shape=0.5)
    session.set_codes(None, _Coded(), table)


class _Coded:
    model_id = "m-1"
    is_gray = False


def excluded(session: Any) -> dict[int, Any]:
    """Return the reasons of excluded cells by label."""
    table = session.table
    out = table[table["excluded"]]
    return dict(zip(out["label"], out["exclusion_reason"], strict=True))


@pytest.fixture
def session(viewer: Any) -> Any:
    found = cut(viewer)
    encode(found)
    return found


@pytest.fixture
def dock(viewer: Any, session: Any, dock_in: Callable[..., Any]) -> AnnotateWidget:
    return dock_in(viewer, AnnotateWidget)


def test_the_table_tells_from_the_first_that_nothing_is_excluded(session: Any) -> None:
    assert session.table["excluded"].tolist() == [False] * 3
    assert session.table["exclusion_reason"].isna().all()


def test_chosen_cells_are_excluded_with_the_reason_in_the_box(
    viewer: Any, session: Any, dock: AnnotateWidget, qtbot: Any
) -> None:
    session.selection = Selection(np.array([0, 0]), np.array([5, 10]))
    dock.excluding.reason_combo.setCurrentText("out of focus")
    dock.excluding.exclude_button.click()
    assert excluded(session) == {5: "out of focus", 10: "out of focus"}
    text = "2 of 3 cells excluded (2 out of focus)."
    qtbot.waitUntil(lambda: dock.excluding.told.text() == text)
    qtbot.waitUntil(lambda: "excluded" in viewer.layers["cells"].features)
    features = viewer.layers["cells"].features.set_index("index")
    assert features["excluded"].to_dict() == {1: False, 5: True, 10: True}


def test_x_excludes_whichever_layer_is_active(
    viewer: Any, session: Any, dock: AnnotateWidget
) -> None:
    session.cell = Cell(5)
    for layer in viewer.layers:
        viewer.layers.selection.active = layer
        dock.excluding.reason_combo.setCurrentText(f"bad {layer.name}")
        handler = KeymapHandler()
        handler.keymap_providers = [layer, viewer]
        handler.press_key("X")
        assert excluded(session) == {5: f"bad {layer.name}"}


def test_x_goes_on_to_the_next_crop_of_the_gallery(
    session: Any, dock: AnnotateWidget
) -> None:
    dock.next.picks.pick(np.array([0]))
    dock._on_key("X")
    dock._on_key("X")
    assert sorted(excluded(session)) == [1, 5]


def test_undo_redo_and_include_again_act_on_the_disk_as_well(
    viewer: Any, session: Any, dock: AnnotateWidget, qtbot: Any
) -> None:
    session.cell = Cell(5)
    dock.excluding.exclude("debris")
    qtbot.wait_for_turns()
    dock.giving.undo_button.click()
    assert excluded(session) == {}
    qtbot.wait_for_turns()
    dock.giving.redo_button.click()
    assert excluded(session) == {5: "debris"}
    cut(viewer)
    encode(session)
    assert excluded(session) == {5: "debris"}
    session.cell = Cell(5)
    dock.excluding.include_button.click()
    assert excluded(session) == {}
    cut(viewer)
    encode(session)
    assert excluded(session) == {}


def test_without_the_annotate_dock_exclusions_are_known_too(
    viewer: Any, session: Any, dock: AnnotateWidget, make_napari_viewer: Any
) -> None:
    session.cell = Cell(5)
    dock.excluding.exclude("clump")
    other = make_napari_viewer()
    other.add_image(viewer.layers["image"].data, rgb=True, name="image")
    other.add_labels(viewer.layers["cells"].data, name="cells")
    again = cut(other)
    encode(again)
    assert excluded(again) == {5: "clump"}


def test_images_encoded_together_know_what_was_excluded_before(
    viewer: Any, session: Any, dock: AnnotateWidget, make_napari_viewer: Any
) -> None:
    session.cell = Cell(5)
    dock.excluding.exclude("clump")
    source, crops = session.source, session.crops
    other = make_napari_viewer()
    for name, shift in (("other", 40), ("image", 0)):
        other.add_image(viewer.layers["image"].data + shift, rgb=True, name=name)
    other.add_labels(viewer.layers["cells"].data, name="cells")
    again = session_of(other)
    shown = _layers.read_source(other.layers["other"], other.layers["cells"], "yxc")
    again.set_crops(shown, run(iter_plan_objects(shown, CropConfig())))
    encode(again)
    keep_image(again, source, crops, crops.table.assign(model="m-1"))
    tables = {known.roi_id: known.table for known in again.images}
    assert tables["image"]["excluded"].tolist() == [False, True, False]
    assert not tables["other"]["excluded"].any()


def test_exclusions_follow_cells_that_get_other_ids(
    viewer: Any, session: Any, dock: AnnotateWidget
) -> None:
    session.cell = Cell(5)
    dock.excluding.exclude("cut off")
    labels = viewer.layers["cells"].data
    viewer.layers["cells"].data = np.where(labels == 5, 70, labels)
    cut(viewer)
    encode(session)
    assert excluded(session) == {70: "cut off"}


def test_buttons_say_what_is_missing(
    session: Any, dock: AnnotateWidget, qtbot: Any
) -> None:
    assert "choose cells first" in dock.excluding.exclude_button.toolTip()
    session.cell = Cell(1)
    assert dock.excluding.exclude_button.isEnabled()
    assert "none of the chosen" in dock.excluding.include_button.toolTip()
    dock.excluding.exclude("debris")
    qtbot.wait_for_turns()
    assert dock.excluding.include_button.isEnabled()


def test_an_empty_reason_is_one_sentence(
    session: Any, dock: AnnotateWidget, notes: list[str]
) -> None:
    session.cell = Cell(1)
    dock.excluding.reason_combo.setCurrentText(" ")
    dock.excluding.exclude_button.click()
    assert "needs a reason" in notes[-1]
    assert excluded(session) == {}


def test_excluded_cells_are_faint_among_classes(
    viewer: Any, session: Any, dock: AnnotateWidget, qtbot: Any
) -> None:
    dock.add_class("round")
    session.cell = Cell(1)
    dock.give("round")
    session.cell = Cell(5)
    dock.give("round")
    dock.excluding.exclude("debris")
    layer = viewer.layers["cells"]
    qtbot.waitUntil(lambda: layer.get_color(5)[3] < 0.1)
    assert layer.get_color(1)[3] == 1
    assert 0.1 < layer.get_color(10)[3] < 0.3


def test_color_limits_and_colors_of_factors_leave_excluded_cells_out(
    viewer: Any, session: Any, dock: AnnotateWidget, dock_in: Callable[..., Any]
) -> None:
    factors = dock_in(viewer, FactorsWidget)
    colors = factors.coloring
    colors.percentiles.setValue((0, 100))
    factors.color_by("z_scale")
    colors.paint()
    assert (colors.coloring.low, colors.coloring.high) == (0, 16)
    session.cell = Cell(10)
    dock.excluding.exclude("debris")
    colors.paint()
    assert (colors.coloring.low, colors.coloring.high) == (0, 1)
    assert viewer.layers["cells"].get_color(10)[3] < 0.1
    assert viewer.layers["cells"].get_color(5)[3] == 1


def test_fine_tuning_gets_the_rest_with_its_images(
    session: Any, dock: AnnotateWidget
) -> None:
    session.cell = Cell(5)
    dock.excluding.exclude("debris")
    crops = session.crops
    kept = counted_cells(crops, session.annotations).crops
    assert kept.table["label"].tolist() == [1, 10]
    both = np.array([0, 1])
    np.testing.assert_array_equal(kept.cut(both, 32), crops.cut(np.array([0, 2]), 32))
    dock.excluding.include()
    assert counted_cells(crops, session.annotations).crops is crops


def test_the_gallery_lists_excluded_cells_and_not_among_the_open_ones(
    session: Any, dock: AnnotateWidget, qtbot: Any
) -> None:
    session.cell = Cell(5)
    dock.excluding.exclude("debris")
    qtbot.wait_for_turns()
    lists = dock.next.list_combo
    for data, labels in (("open", [1, 10]), ("excluded", [5])):
        lists.setCurrentIndex(lists.findData(data))
        dock.next._list()
        rows = dock.next.picks.rows()
        assert session.crops.table["label"].to_numpy()[rows].tolist() == labels


def test_explore_excludes_what_is_selected_there(
    viewer: Any, session: Any, dock_in: Callable[..., Any], qtbot: Any
) -> None:
    explore = dock_in(viewer, ExploreWidget)
    explore.select(np.array([True, False, True]))
    explore.parts.tabs.setCurrentWidget(explore.excluding)
    (key,) = [
        k for k in explore.findChildren(QShortcut) if k.key() == QKeySequence("X")
    ]
    key.activated.emit()  # a hidden window gets no keys
    assert excluded(session) == {1: "debris", 10: "debris"}
    qtbot.wait_for_turns()
    assert explore.excluding.told.text() == "2 of 3 cells excluded (2 debris)."
    assert explore.panel.plot.faint.tolist() == [True, False, True]
    explore.plot("z_scale")
    assert np.isfinite(explore.panel.plot._x).tolist() == [False, True, False]
    explore.excluding.include_button.click()
    assert excluded(session) == {}
