"""A selection comes back with its image; a range goes on in the next image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.widgets._explore.range_gate import RangeGate
from napari_disentangle.widgets._selection import Selection
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari_disentangle.widgets._session import Session


@pytest.fixture
def explore(
    viewer: Any, dock_in: Callable[..., Any], go: Callable[[str], None]
) -> ExploreWidget:
    """The dock of the first of two images; both have the cells 1, 5 and 10."""
    go("image")
    dock: ExploreWidget = dock_in(viewer, ExploreWidget)
    return dock


@pytest.fixture
def go(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    pixel_model: Path,
    qtbot: Any,
) -> Callable[[str], None]:
    """Cut and encode the cells of an image, as a user who goes to it."""
    image, labels = viewer.layers["image"].data, viewer.layers["cells"].data
    viewer.add_image(np.ascontiguousarray(255 - image), rgb=True, name="second")
    viewer.add_labels(labels.copy(), name="second cells")
    crops, factors = dock_in(viewer, CropsWidget), dock_in(viewer, FactorsWidget)
    factors.set_model(pixel_model)

    def show(name: str) -> None:
        cells = "cells" if name == "image" else "second cells"
        crops.image_combo.set_layer(viewer.layers[name])
        crops.cells_combo.set_layer(viewer.layers[cells])
        crops.cut()
        wait_for(crops)
        factors.encode()
        wait_for(factors)
        qtbot.wait_for_turns()

    return show


def select(session: Session, *labels: int) -> None:
    frames = np.zeros(len(labels), np.int64)
    session.selection = Selection(frames, np.array(labels, np.int64))


def selected(session: Session) -> list[int]:
    return [] if session.selection is None else session.selection.labels.tolist()


def test_each_image_has_its_own_selection_again(
    explore: ExploreWidget, go: Callable[[str], None]
) -> None:
    session = explore.session
    select(session, 1, 10)
    go("second")
    assert selected(session) == []
    assert not explore.panel.plot._selected.any()
    select(session, 5)
    go("image")
    assert selected(session) == [1, 10]
    assert explore.panel.plot._selected.tolist() == [True, False, True]
    assert explore.parts.count.text() == "2 of 3 selected"
    go("second")
    assert selected(session) == [5]


def test_nothing_is_selected_unseen_while_the_cells_are_cut_and_not_encoded(
    viewer: Any, explore: ExploreWidget, go: Callable[[str], None]
) -> None:
    session = explore.session
    source, crops = session.source, session.crops
    assert source is not None
    assert crops is not None
    select(session, 1)
    for _ in range(2):
        session.set_crops(source, crops)
        assert selected(session) == []
    go("image")
    assert selected(session) == [1]


def test_a_selection_that_was_cleared_does_not_come_back(
    explore: ExploreWidget, go: Callable[[str], None]
) -> None:
    session = explore.session
    select(session, 1)
    go("second")
    go("image")
    explore.clear()
    go("second")
    go("image")
    assert selected(session) == []


def test_after_other_ids_the_selected_cell_is_known_by_its_place(
    viewer: Any, explore: ExploreWidget, go: Callable[[str], None]
) -> None:
    session = explore.session
    select(session, 5)
    go("second")
    labels = viewer.layers["cells"].data
    viewer.layers["cells"].data = np.select([labels == 5, labels == 1], [7, 5], labels)
    go("image")
    assert selected(session) == [7]


def test_a_selected_cell_that_is_gone_is_not_replaced_by_another(
    viewer: Any, explore: ExploreWidget, go: Callable[[str], None]
) -> None:
    session = explore.session
    select(session, 5, 10)
    go("second")
    labels = viewer.layers["cells"].data
    viewer.layers["cells"].data = np.where(labels == 5, 0, labels)
    go("image")
    assert selected(session) == [10]


def test_a_range_selects_the_cells_in_it_in_the_next_image(
    explore: ExploreWidget, go: Callable[[str], None]
) -> None:
    panel, session = explore.panel, explore.session
    histogram_of(explore, "intensity_mean_0")
    values = explore._selecting.known().numbers("intensity_mean_0")
    assert values.tolist() == [220, 60, 60]
    panel.plot.box.drawn.emit(np.array([[50.0, 0], [100.0, 1]]), "replace")
    assert selected(session) == [5, 10]
    go("second")  # 35, 195, 195
    assert range_of(explore) == (50, 100)
    assert selected(session) == []
    panel.plot._range._region.setRegion((0, 100))
    assert selected(session) == [1]
    go("image")
    assert selected(session) == [5, 10]
    assert range_of(explore) == (0, 100)
    explore.clear()
    go("second")
    assert range_of(explore) is None


def test_excluding_the_cells_of_a_range_leaves_them_selected(
    explore: ExploreWidget, qtbot: Any
) -> None:
    histogram_of(explore, "intensity_mean_0")
    explore.panel.plot.box.drawn.emit(np.array([[50.0, 0], [100.0, 1]]), "replace")
    explore.excluding.exclude("debris")
    qtbot.wait_for_turns()
    assert selected(explore.session) == [5, 10]
    assert explore.excluding.include_button.isEnabled()


def test_a_range_goes_with_its_axis(
    explore: ExploreWidget, go: Callable[[str], None]
) -> None:
    histogram_of(explore, "intensity_mean_0")
    explore.panel.plot.box.drawn.emit(np.array([[50.0, 0], [100.0, 1]]), "replace")
    histogram_of(explore, "area")
    assert range_of(explore) is None
    go("second")
    go("image")
    assert range_of(explore) is None
    assert selected(explore.session) == [5, 10]  # the selection of this image


def range_of(dock: ExploreWidget) -> tuple[float, float] | None:
    """Return the range that is shown in the histogram."""
    region = dock.panel.plot._range._region
    return region.getRegion() if region.isVisible() else None


def histogram_of(dock: ExploreWidget, column: str) -> None:
    """Choose a histogram as a user does, so that the choice is kept."""
    for combo, wanted in ((dock.panel.x_combo, column), (dock.panel.y_combo, "count")):
        combo.choose(wanted)
        combo.activated.emit(combo.currentIndex())


def test_a_range_that_was_added_to_a_selection_is_no_gate_of_its_own() -> None:
    gate = RangeGate()
    gate.keep("area", 1, 2, "replace")
    gate.keep("area", 1, 3, "adjust")
    assert gate.of("area") == (1, 3)
    assert gate.of("perimeter") is None
    gate.keep("area", 7, 9, "add")
    assert gate.of("area") is None
    gate.keep("area", 7, 8, "adjust")
    assert gate.of("area") is None
