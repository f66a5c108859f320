"""One object follows a viewer for all docks, from the first to the last of them."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np
import pytest
from napari.components import ViewerModel
from qtpy.QtCore import QObject

from napari_disentangle.widgets._care import Care, care_of
from napari_disentangle.widgets._session import Session, session_of
from napari_disentangle.widgets._worker import INTERPRETER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def viewer(with_cells: Callable[[Any], Any], qapp: Any) -> Any:
    return with_cells(ViewerModel())


@pytest.fixture
def care(viewer: Any) -> Care:
    return care_of(viewer, session_of(viewer))


@pytest.fixture
def frozen() -> Iterator[None]:
    """All objects are left out of collections until layers go."""
    INTERPRETER.thaw()
    gc.freeze()
    yield
    gc.unfreeze()


def n_slots(viewer: Any) -> int:
    layers = viewer.layers.events
    events = layers.removing, layers.removed, viewer.dims.events.ndisplay
    return sum(len(event.callbacks) for event in events)


def test_all_docks_of_a_viewer_share_it(viewer: Any, care: Care) -> None:
    assert care_of(viewer, session_of(viewer)) is care
    other = ViewerModel()
    assert care_of(other, session_of(other)) is not care


def test_events_are_followed_once_and_not_after_the_last_dock(
    viewer: Any, care: Care
) -> None:
    before = n_slots(viewer)
    docks = [QObject() for _ in range(3)]
    for dock in docks:
        care.join(dock)
        assert n_slots(viewer) == before + 3
    care.leave(docks[0])
    care.leave(docks[0])
    care.leave(docks[1])
    assert n_slots(viewer) == before + 3
    care.leave(docks[2])
    assert n_slots(viewer) == before


@pytest.mark.usefixtures("frozen")
def test_objects_of_a_layer_can_be_collected_once_it_is_removed(
    viewer: Any, care: Care
) -> None:
    docks = QObject(), QObject()
    for dock in docks:
        care.join(dock)
    care.leave(docks[0])
    assert gc.get_freeze_count() > 0
    viewer.layers.remove("image")
    assert gc.get_freeze_count() == 0


def test_a_view_that_becomes_3d_gives_the_pointer_a_direction(
    viewer: Any, care: Care
) -> None:
    dock = QObject()
    care.join(dock)
    viewer.add_image(np.zeros((4, 8, 8)))
    viewer.dims.ndisplay = 3
    assert viewer.cursor._view_direction is not None


def test_rows_of_cells_are_shown_a_turn_later_and_not_after_the_last_dock(
    viewer: Any, care: Care, qtbot: Any
) -> None:
    dock, session, layer = QObject(), session_of(viewer), viewer.layers["cells"]
    care.join(dock)
    for _ in range(3):
        care.features.soon()
    assert "z_scale" not in layer.features
    qtbot.wait_for_turns()
    assert "z_scale" in layer.features
    session.table = session.table.assign(mine=1.0)
    care.features.soon()
    care.leave(dock)
    assert not care.features.soon.due
    qtbot.wait_for_turns()
    assert "mine" not in layer.features


def test_cells_without_codes_have_their_classes(viewer: Any, care: Care) -> None:
    session, layer = session_of(viewer), viewer.layers["cells"]
    session.table = None
    care.features.show()
    assert layer.features["annotation"].tolist()[:3] == ["small", "large", "small"]


def test_it_keeps_neither_viewer_nor_session() -> None:
    viewer, session = ViewerModel(), Session()
    care = care_of(viewer, session)
    care.join(QObject())
    gone = [ref(each) for each in (viewer, session, care)]
    del viewer, session, care
    gc.unfreeze()
    gc.collect()
    assert [each() for each in gone] == [None] * 3
