from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.export.traversal_tiff import read_traversal
from napari_disentangle.latents.traverse import TraversalConfig
from napari_disentangle.tables import NAMED_FACTORS
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._reader import get_reader
from napari_disentangle.widgets._session import Cell
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.factors import FactorsWidget
from napari_disentangle.widgets.traversal import TraversalWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DECODED, NEAREST = _layers.NAMES["decoded"], _layers.NAMES["nearest"]


@pytest.fixture
def dock(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
) -> TraversalWidget:
    """The dock of a viewer whose cells are encoded."""
    crops = dock_in(viewer, CropsWidget)
    factors = dock_in(viewer, FactorsWidget)
    dock = dock_in(viewer, TraversalWidget)
    crops.cut()
    wait_for(crops)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    return dock


def test_the_named_factors_are_checked_at_first(dock: TraversalWidget) -> None:
    assert dock.factors() == list(NAMED_FACTORS)
    assert dock.factor_list.count() == 10


def test_a_traversal_stands_right_of_the_image_beside_real_cells(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.set_factors(["scale", "residual_2"])
    dock.form.setValue(TraversalConfig(steps=5, low_sd=-1, high_sd=3))
    dock.make_button.click()
    wait_for(dock)
    decoded, nearest = viewer.layers[DECODED], viewer.layers[NEAREST]
    assert decoded.data.shape == nearest.data.shape == (2, 5, 64, 64, 3)
    assert decoded.axis_labels == ("factor", "step", "y", "x")
    right = viewer.layers["image"].extent.world[1, 1]
    for layer in (decoded, nearest):
        assert layer.extent.world[0, -1] > right
        assert layer.metadata["traversal"]["factors"] == ("scale", "residual_2")
        assert layer.metadata["traversal"]["steps_sd"] == (-1, 0, 1, 2, 3)
    assert dock.session.stack is not None
    assert "Below: the nearest real cells" in dock.legend.text()
    assert "synthetic" in dock.legend.text()


def test_the_dock_names_what_the_sliders_show(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.set_factors(["scale", "shape"])
    dock.make()
    wait_for(dock)
    assert dock.position.text().startswith("Shape: +0.0 sd")
    viewer.dims.set_current_step(0, 1)
    viewer.dims.set_current_step(1, 10)
    assert dock.position.text().startswith("Scale: +2.5 sd")


def test_the_walk_starts_from_the_selected_cell(
    dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.start_from(Cell(10))
    assert dock.cell_button.text().endswith("(10)")
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
    assert from_cell.nearest_rows is not None
    assert from_mean.nearest_rows is not None
    assert (from_cell.nearest_rows != from_mean.nearest_rows).any()


def test_a_cell_without_a_crop_is_refused(
    dock: TraversalWidget, notes: list[str]
) -> None:
    dock.start_from(Cell(99))
    dock.make_button.click()
    assert "label 99" in notes[0]
    assert dock.session.stack is None


def test_a_new_traversal_replaces_the_old_one(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    for _ in range(2):
        dock.make()
        wait_for(dock)
    assert len(viewer.layers) == 4


def test_cancel_adds_no_layer(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None]
) -> None:
    dock.jobs.progressed.connect(lambda _: dock.jobs.cancel())
    dock.make()
    wait_for(dock)
    assert dock.session.stack is None
    assert len(viewer.layers) == 2


def test_an_image_removed_meanwhile_drops_the_traversal(
    viewer: Any, dock: TraversalWidget, wait_for: Callable[[Any], None], notes: Any
) -> None:
    def remove(_: Any) -> None:
        if "image" in viewer.layers:
            viewer.layers.remove("image")

    dock.jobs.progressed.connect(remove)
    dock.make()
    wait_for(dock)
    assert dock.session.stack is None
    assert len(notes) == 1
    assert "dropped" in notes[0]


def test_a_wrong_range_is_an_error_with_the_bounds(
    dock: TraversalWidget, notes: list[str]
) -> None:
    dock.form.editor("low_sd").value = 4
    dock.make_button.click()
    assert "low_sd must be below high_sd" in notes[0]
    with pytest.raises(ConfigError):
        dock.make()


def test_no_factor_disables_the_button_and_says_why(dock: TraversalWidget) -> None:
    dock.set_factors([])
    assert not dock.make_button.isEnabled()
    assert "check at least one factor" in dock.make_button.toolTip()


def test_a_model_that_draws_by_itself_learns_no_pictures(dock: TraversalWidget) -> None:
    assert not dock.learn_button.isEnabled()
    assert "draws by itself" in dock.learn_button.toolTip()


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


def test_without_codes_the_dock_says_what_to_do(
    make_napari_viewer: Any, dock_in: Callable[..., Any]
) -> None:
    dock = dock_in(make_napari_viewer(), TraversalWidget)
    for button in (dock.make_button, dock.learn_button):
        assert not button.isEnabled()
        assert "Factors dock" in button.toolTip()
    assert "make a traversal first" in dock.save_button.toolTip()
    with pytest.raises(DataError, match="Factors dock"):
        dock.make()
    with pytest.raises(DataError, match="make one first"):
        dock.save(None)


def test_the_dock_is_usable_at_350_px(dock: TraversalWidget) -> None:
    content = dock.layout().itemAt(0).widget().widget()
    assert content.minimumSizeHint().width() <= 350


@pytest.mark.slow
def test_pictures_are_learned_from_the_cells_and_cancel_keeps_the_old_ones(
    viewer: Any, dock_in: Callable[..., Any], wait_for: Callable[[Any], None]
) -> None:
    crops, factors = dock_in(viewer, CropsWidget), dock_in(viewer, FactorsWidget)
    dock = dock_in(viewer, TraversalWidget)
    crops.cut()
    wait_for(crops)
    factors.set_model("features")
    factors.encode()
    wait_for(factors)
    dock.decoder_form.setValue(dock.decoder_form.value().replace(steps=10))
    dock.learn_button.click()
    wait_for(dock)
    learned = dock.session.pictured
    assert learned is not None
    assert learned.card.picture_source == "own cells"
    assert "learned from these cells" in dock.picture_note.text()
    dock.jobs.progressed.connect(lambda _: dock.jobs.cancel())
    dock.learn_pictures()
    wait_for(dock)
    assert dock.session.pictured is learned
