"""The selection as rows of a table: gates narrow the lists, clicks do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.widgets._explore.cells import Cells
from napari_disentangle.widgets._explore.selecting import Selecting
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets._session import Session


def cells(labels: list[int], image: str = "a") -> Cells:
    table = pd.DataFrame({"label": labels, "index": labels, "roi_id": "a", "frame": 0})
    table.loc[table["label"] == 7, "roi_id"] = image
    return Cells(table.assign(z_scale=1.0), None, "a")


@pytest.fixture
def selecting() -> Selecting:
    found = Selecting(Session())
    found.set_cells(cells([10, 1, 5, 7]))
    return found


def rows(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


def test_a_gate_narrows_the_lists_and_a_click_or_a_choice_does_not(
    selecting: Selecting,
) -> None:
    selecting.draw(np.array([True, True, False, False]), "replace")
    assert rows(selecting.chosen.gate) == [0, 1]
    selecting.pick(3, "add")
    assert rows(selecting.chosen.selected) == [0, 1, 3]
    selecting.take(np.array([2]))
    assert rows(selecting.chosen.selected) == [2]
    assert rows(selecting.chosen.gate) == [0, 1]
    selecting.pick(-1, "replace")
    assert rows(selecting.chosen.selected) == [2]


def test_the_session_knows_the_cells_by_label_and_others_are_followed(
    selecting: Selecting,
) -> None:
    session, told = selecting._session, []
    selecting.changed.connect(lambda: told.append(len(selecting.chosen)))
    selecting.take(np.array([0, 2]))
    sent = session.selection
    assert sent is not None
    assert sorted(sent.labels.tolist()) == [5, 10]
    selecting.follow(sent)
    assert told == [2]
    selecting.follow(None)
    assert told == [2, 0]


def test_cells_of_other_images_are_selected_here_and_counted_apart() -> None:
    selecting = Selecting(Session())
    selecting.set_cells(cells([1, 7], image="other"))
    selecting.take(np.array([0, 1]))
    assert selecting.n_elsewhere == 1


def test_the_choice_stays_while_the_cells_are_the_same(selecting: Selecting) -> None:
    selecting.take(np.array([2]))
    selecting.set_cells(cells([10, 1, 5, 7]))
    assert rows(selecting.chosen.selected) == [2]
    selecting.set_cells(cells([5, 10]))
    assert rows(selecting.chosen.selected) == [0]
    selecting.set_cells(None)
    with pytest.raises(DataError, match="encode the cells first"):
        selecting.take(np.array([0]))
    assert selecting.meant().empty


def test_without_a_selection_the_current_cell_is_meant(selecting: Selecting) -> None:
    selecting._session.cell = Cell(5)
    assert selecting.meant()["label"].tolist() == [5]
    selecting.take(np.array([0, 1]))
    assert selecting.meant()["label"].tolist() == [10, 1]
