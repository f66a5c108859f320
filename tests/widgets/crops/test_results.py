"""What was cut: counted, with what was skipped and why, and linked with the cell."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from napari.components import ViewerModel

from napari_disentangle.widgets._crops.results import (
    ResultsPanel,
    skipped_of,
    summary_of,
)
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets._session import Session, session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def session(with_cells: Callable[[Any], Any], qapp: Any) -> Session:
    """Thirty cells with ids from 3 in steps of two."""
    return session_of(with_cells(ViewerModel()))


@pytest.fixture
def panel(session: Session, qtbot: Any) -> Iterator[ResultsPanel]:
    panel = ResultsPanel(ViewerModel(), session)
    qtbot.addWidget(panel)
    panel.show_crops(session.crops)
    yield panel
    panel.stop()


class Plan(SimpleNamespace):
    """Crops of which only the number and the window are known."""

    def __len__(self) -> int:
        return int(self.n)


def test_crops_are_counted_with_their_window() -> None:
    assert summary_of(Plan(n=1, window_px=32.0)) == "1 cell, window 32 px"
    assert summary_of(Plan(n=5, window_px=np.nan)) == "5 cells, fitted windows"


def test_what_was_skipped_is_counted_by_reason_the_most_frequent_first() -> None:
    reasons = pd.DataFrame({"reason": ["at the border", "too small", "at the border"]})
    text = "3 skipped: 2 at the border, 1 too small"
    assert skipped_of(SimpleNamespace(skipped=reasons)) == text
    assert skipped_of(SimpleNamespace(skipped=reasons.iloc[:0])) == ""


def test_without_crops_it_says_what_to_do(panel: ResultsPanel) -> None:
    panel.show_crops(None)
    assert panel.summary.text().startswith("No crops yet: open an image")
    assert panel.histogram.isHidden()
    assert panel.skipped.isHidden()
    assert panel.gallery.thumbs.rowCount() == 0


def test_sizes_have_the_unit_that_is_known(
    panel: ResultsPanel, session: Session
) -> None:
    axis = panel.histogram.getAxis("bottom")
    assert axis.labelText == "diameter (px)"
    assert session.source is not None
    session.source = replace(session.source, spacing_um=(0.5, 0.5))
    panel.show_sizes()
    assert axis.labelText == "diameter (µm)"


def test_the_crop_of_a_cell_is_selected_and_a_cell_without_one_selects_none(
    panel: ResultsPanel,
) -> None:
    panel.show_cell(Cell(9))
    rows = [index.row() for index in panel.gallery.selectedIndexes()]
    assert rows == [3]  # ids 3, 5, 7, 9
    panel.show_cell(Cell(10))
    panel.show_cell(Cell(11, frame=1))
    panel.show_cell(None)
    assert [index.row() for index in panel.gallery.selectedIndexes()] == rows


def test_a_crop_that_is_clicked_is_told(panel: ResultsPanel) -> None:
    told: list[int] = []
    panel.clicked_row.connect(told.append)
    panel.gallery.clicked.emit(panel.gallery.thumbs.index(4, 0))
    assert told == [4]
