from __future__ import annotations

import gc
from types import SimpleNamespace
from typing import Any
from weakref import ref

from napari.components import ViewerModel
from napari.utils._proxies import PublicOnlyProxy

from napari_disentangle.widgets._session import Cell, Session, session_of


def test_every_proxy_of_a_viewer_gives_the_same_session() -> None:
    viewer = ViewerModel()
    first, second = PublicOnlyProxy(viewer), PublicOnlyProxy(viewer)
    assert first is not second
    assert session_of(first) is session_of(second) is session_of(viewer)
    assert session_of(ViewerModel()) is not session_of(viewer)


def test_a_session_survives_the_dock_that_made_it_and_goes_with_the_viewer() -> None:
    viewer = ViewerModel()
    proxy = PublicOnlyProxy(viewer)
    session_of(proxy).cell = Cell(5)
    del proxy
    gc.collect()
    assert session_of(viewer).cell == Cell(5)
    session = ref(session_of(viewer))
    del viewer
    gc.collect()
    assert session() is None


def test_a_field_emits_when_it_changes_and_only_then() -> None:
    session, seen = Session(), []
    session.events.table.connect(lambda value: seen.append(value))
    table: Any = object()
    session.table = table
    session.table = table
    session.table = None
    assert seen == [table, None]


def test_new_crops_drop_what_was_made_from_the_old_ones() -> None:
    session, codes = Session(), SimpleNamespace(model_id="a-1")
    anything: Any = object()
    session.set_crops(anything, anything)
    session.set_codes(anything, codes, anything)  # type: ignore[arg-type]
    session.pictured = anything
    session.set_crops(anything, object())  # type: ignore[arg-type]
    assert session.embedding is None
    assert session.table is None
    assert session.pictured is None
    assert session.model is anything


def test_codes_of_another_model_drop_its_pictures() -> None:
    session, anything = Session(), SimpleNamespace()
    session.set_codes(anything, SimpleNamespace(model_id="a-1"), anything)  # type: ignore[arg-type]
    session.pictured = anything  # type: ignore[assignment]
    session.set_codes(anything, SimpleNamespace(model_id="a-1"), anything)  # type: ignore[arg-type]
    assert session.pictured is anything
    session.set_codes(anything, SimpleNamespace(model_id="b-2"), anything)  # type: ignore[arg-type]
    assert session.pictured is None
