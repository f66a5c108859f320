from __future__ import annotations

import gc
from types import SimpleNamespace
from typing import Any
from weakref import ref

import pandas as pd
from napari.components import ViewerModel
from napari.utils._proxies import PublicOnlyProxy

from napari_disentangle.widgets._selection import Cell, Selection
from napari_disentangle.widgets._session import Session, session_of

TABLE = pd.DataFrame({"roi_id": ["a"], "frame": [0], "label": [5]})


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
    session.set_codes(anything, codes, TABLE)  # type: ignore[arg-type]
    session.pictured = anything
    session.set_crops(anything, object())  # type: ignore[arg-type]
    assert session.embedding is None
    assert session.table is None
    assert session.pictured is None
    assert session.model is anything


def test_codes_of_another_model_drop_its_pictures() -> None:
    session, anything = Session(), SimpleNamespace()
    session.set_codes(anything, SimpleNamespace(model_id="a-1"), TABLE)  # type: ignore[arg-type]
    session.pictured = anything  # type: ignore[assignment]
    session.set_codes(anything, SimpleNamespace(model_id="a-1"), TABLE)  # type: ignore[arg-type]
    assert session.pictured is anything
    session.set_codes(anything, SimpleNamespace(model_id="b-2"), TABLE)  # type: ignore[arg-type]
    assert session.pictured is None


def test_a_selection_finds_its_rows_by_image_frame_and_label() -> None:
    table = pd.DataFrame(
        {
            "roi_id": ["a", "a", "a", "b"],
            "frame": [0, 0, 1, 0],
            "label": [7, 5, 7, 5],
        }
    )
    selection = Selection.of(table.iloc[[1, 2]])
    assert len(selection) == 2
    assert selection.mask(table, "a").tolist() == [False, True, True, False]
    assert Selection.of(table.iloc[:0]).mask(table, "a").sum() == 0


def test_new_crops_end_the_selection() -> None:
    session, anything = Session(), SimpleNamespace()
    session.selection = Selection.of(pd.DataFrame({"frame": [0], "label": [1]}))
    session.set_crops(anything, anything)
    assert session.selection is None
