"""Traversals, cards and pictures that are older than the cells say so, in a viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.export.traversal_tiff import read_traversal
from napari_disentangle.models.decoder import build_decoder
from napari_disentangle.recipes.export_images import ExportConfig
from napari_disentangle.storage.card import read_card
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._made import cells_now
from napari_disentangle.widgets._selection import Selection
from napari_disentangle.widgets._session import Session, session_of
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.factors import FactorsWidget
from napari_disentangle.widgets.traversal import TraversalWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("home")

MADE = "The traversal was made before 3 cells were excluded; make it again."


@pytest.fixture
def session(grid: Any) -> Session:
    return session_of(grid)


@pytest.fixture
def dock(
    grid: Any, dock_in: Callable[..., Any], wait_for: Callable[[Any], None]
) -> TraversalWidget:
    """The dock of thirty cells, with a traversal of all of them."""
    dock: TraversalWidget = dock_in(grid, TraversalWidget)
    dock.set_factors(["scale"])
    dock.make()
    wait_for(dock)
    return dock


@pytest.fixture
def exclude_only(
    dock: TraversalWidget, set_excluded: Callable[[Session, list[int]], None]
) -> Callable[[list[int]], None]:
    """Exclude these cells and no others, and let the dock see it."""

    def see(labels: list[int]) -> None:
        set_excluded(dock.session, labels)
        dock._groups_soon.flush()

    return see


def test_a_traversal_older_than_an_exclusion_says_so_until_it_is_undone_or_renewed(
    session: Session,
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    exclude_only: Callable[[list[int]], None],
) -> None:
    aged = dock.panels.aged
    assert not aged.isVisibleTo(dock)
    exclude_only([3, 33, 61])
    assert aged.walk.isVisibleTo(dock)
    assert aged.walk.text() == MADE
    assert not aged.pictures_button.isVisibleTo(dock)
    exclude_only([])
    assert not aged.isVisibleTo(dock)
    exclude_only([3, 33, 61])
    old = session.stack
    aged.walk_button.click()
    wait_for(dock)
    assert session.stack is not old
    assert session.stack is not None
    assert not np.isin(session.stack.nearest_cells, [3, 33, 61]).any()
    assert not aged.isVisibleTo(dock)


def test_the_walk_that_is_made_again_is_the_last_one(
    session: Session,
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    exclude_only: Callable[[list[int]], None],
) -> None:
    dock.walk_between()
    wait_for(dock)
    assert session.stack is not None
    name = session.stack.factors
    exclude_only([3])
    dock.make_again()
    wait_for(dock)
    assert session.stack.factors == name
    assert name != ("scale",)


def test_a_way_across_two_groups_is_made_again_of_the_groups_as_they_are_now(
    session: Session,
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    exclude_only: Callable[[list[int]], None],
) -> None:
    assert session.crops is not None
    labels = session.crops.table["label"].to_numpy(np.int64)[:15]
    session.selection = Selection(np.zeros(15, np.int64), labels)
    dock._groups_soon.flush()
    dock.panels.groups.choose("selected", "not selected")
    dock.compare_groups()
    wait_for(dock)
    dock.cross(dock.panels.groups.contrasts()[0])
    wait_for(dock)
    before = session.stack
    exclude_only([int(labels[0]), int(labels[1])])
    dock.make_again()
    wait_for(dock)
    assert before is not None
    assert session.stack is not None
    assert session.stack.factors == before.factors
    assert not np.array_equal(session.stack.positions_sd, before.positions_sd)
    assert not dock.panels.aged.isVisibleTo(dock)


def test_what_is_saved_of_an_older_traversal_carries_the_fact(
    grid: Any,
    dock: TraversalWidget,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    exclude_only: Callable[[list[int]], None],
) -> None:
    export = dock_in(grid, ExportWidget)
    export.folder.set_path(tmp_path / "out")
    export.form.setValue(ExportConfig(plots=False))
    told = "The traversal was made before 3 cells were excluded."
    assert told[:-1] not in export.summary.text()
    exclude_only([3, 33, 61])
    assert told[:-1] in export.summary.text()
    export.export()
    wait_for(export)
    dock.save(tmp_path / "own.tif")
    wait_for(dock)
    assert told in (tmp_path / "out" / "methods.md").read_text()
    for path in (tmp_path / "out" / "traversal.tif", tmp_path / "own.tif"):
        assert told in read_traversal(path)[1].notes


def test_learned_pictures_older_than_an_exclusion_say_so_wherever_they_go(
    grid: Any,
    session: Session,
    dock: TraversalWidget,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
    exclude_only: Callable[[list[int]], None],
) -> None:
    told = "Pictures were learned before 3 cells were excluded"
    assert session.model is not None
    decoder = build_decoder(len(session.model.dimensions))
    session.pictured_from = cells_now(session)
    session.pictured = session.model.with_pictures(decoder, "own cells")
    exclude_only([3, 33, 61])
    aged = dock.panels.aged
    assert aged.pictures.text() == f"{told}; learn them again."
    assert aged.pictures_button.isVisibleTo(dock)
    dock.make()
    wait_for(dock)
    assert session.stack is not None
    assert f"{told}." in session.stack.notes
    assert not aged.walk_button.isVisibleTo(dock)
    export = dock_in(grid, ExportWidget)
    export.folder.set_path(tmp_path / "out")
    export.form.setValue(ExportConfig(plots=False, traversal=False, model=True))
    export.export()
    wait_for(export)
    assert f"{told}." in (tmp_path / "out" / "methods.md").read_text()
    assert read_card(tmp_path / "out" / "model").picture_note == f"{told}."


def test_cards_that_go_say_why(
    dock: TraversalWidget,
    wait_for: Callable[[Any], None],
    exclude_only: Callable[[list[int]], None],
) -> None:
    dock.explain()
    wait_for(dock)
    exclude_only([3])
    assert dock.explanation is None
    known = dock.panels.cards.known
    assert known.text() == (
        "The cards were made before 1 cell was excluded. They were taken away; explain "
        "again."
    )
    assert known.isVisibleTo(dock.panels.cards)


def test_a_traversal_stays_through_an_update_and_tells_which_cells_changed(
    viewer: Any,
    dock_in: Callable[..., Any],
    pixel_model: Path,
    wait_for: Callable[[Any], None],
    settle: Callable[[Any], None],
) -> None:
    crops, factors = dock_in(viewer, CropsWidget), dock_in(viewer, FactorsWidget)
    crops.cut()
    wait_for(crops)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    dock = dock_in(viewer, TraversalWidget)
    dock.make()
    wait_for(dock)
    stack = dock.session.stack
    settle(factors)
    labels = viewer.layers["cells"]
    labels.brush_size = 6
    labels.paint((20, 45), 0)
    labels.fill((20, 70), 0)
    settle(factors)
    factors.encode_button.click()
    wait_for(factors)
    dock._groups_soon.flush()
    assert dock.session.stack is stack
    assert dock.panels.aged.walk.text() == (
        "The traversal was made before 1 cell was edited and 1 was deleted or merged; "
        "make it again."
    )
    crops.cut()
    wait_for(crops)
    assert dock.session.stack is None
    assert "cells or codes from before" in dock.panels.aged.walk.text()
    assert not dock.panels.aged.walk_button.isEnabled()
    for layer in [x for x in viewer.layers if "traversal" in x.metadata]:
        viewer.layers.remove(layer)
    assert not dock.panels.aged.isVisibleTo(dock)
    assert not _layers.has_walks(viewer)
