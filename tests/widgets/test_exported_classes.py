"""Classes are in an export as soon as they are given, whichever docks are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from napari_disentangle.recipes.export_images import ExportConfig
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.export import ExportWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari_disentangle.widgets.factors import FactorsWidget

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def exported(
    viewer: Any,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    tmp_path: Path,
) -> Callable[[], tuple[list[Any], int]]:
    """Return what exports the cells and gives their classes, and how many count."""

    def write() -> tuple[list[Any], int]:
        dock = dock_in(viewer, ExportWidget)
        dock.form.setValue(ExportConfig(plots=False, methods=False))
        dock.folder.set_path(tmp_path / "out")
        dock.export()
        wait_for(dock)
        cells = pd.read_csv(tmp_path / "out" / "cells.csv")
        images = pd.read_csv(tmp_path / "out" / "images.csv")
        classes = cells["annotation"].astype(object).where(cells["annotation"].notna())
        return classes.fillna("").tolist(), int(images["n_annotated"].sum())

    return write


@pytest.fixture
def annotate(viewer: Any, dock_in: Callable[..., Any]) -> Callable[[], AnnotateWidget]:
    """Return what opens Annotate and gives the second cell a class."""

    def give() -> AnnotateWidget:
        dock: AnnotateWidget = dock_in(viewer, AnnotateWidget)
        dock.add_class("rbc")
        dock.give_to(session_of(viewer).crops.table.iloc[1:2], "rbc")
        return dock

    return give


def test_at_once(
    encoded: FactorsWidget,
    annotate: Callable[[], AnnotateWidget],
    exported: Callable[[], tuple[list[Any], int]],
) -> None:
    annotate()
    assert exported() == (["", "rbc", ""], 1)


def test_after_annotate_was_closed_and_cells_encoded_again(
    viewer: Any,
    encoded: FactorsWidget,
    wait_for: Callable[[Any], None],
    annotate: Callable[[], AnnotateWidget],
    exported: Callable[[], tuple[list[Any], int]],
) -> None:
    viewer.window.remove_dock_widget(annotate())
    encoded.encode()
    wait_for(encoded)
    table = encoded.session.table
    assert table is not None
    assert table["annotation"].isna().tolist() == [True, False, True]
    assert exported() == (["", "rbc", ""], 1)


def test_a_table_without_any_class_gets_no_column_of_them(
    encoded: FactorsWidget,
) -> None:
    assert encoded.session.table is not None
    assert "annotation" not in encoded.session.table
