"""The cells in use: found again when something changed, and only then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_disentangle.annotations.exclusions import exclude, include
from napari_disentangle.annotations.values import CellClass
from napari_disentangle.errors import DataError
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets._session import Session, session_of
from napari_disentangle.widgets._traverse.known import CellsInUse

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def viewer(with_cells: Callable[[Any], Any], qapp: Any) -> Any:
    """Thirty encoded cells, ids from 3 in steps of two."""
    return with_cells(ViewerModel())


@pytest.fixture
def session(viewer: Any) -> Session:
    return session_of(viewer)


def leave_out(session: Session, labels: list[int]) -> None:
    assert session.crops is not None
    assert session.annotations is not None
    cells = session.crops.table
    value = include(session.annotations, cells)
    session.annotations = exclude(value, cells[cells["label"].isin(labels)], "debris")


def test_codes_and_crops_are_of_the_cells_that_count(session: Session) -> None:
    leave_out(session, [5, 61])
    known = CellsInUse(session).require()
    labels = known.embedding.table["label"].tolist()
    assert labels == known.crops.table["label"].tolist()
    assert labels == [label for label in range(3, 62, 2) if label not in (5, 61)]
    every = known.every.mean
    np.testing.assert_array_equal(known.embedding.mean, np.delete(every, [1, 29], 0))
    assert known.counted.note == "2 excluded cells left out."
    assert labels[known.row(Cell(7))] == 7
    with pytest.raises(DataError, match="Cell 5 is excluded"):
        known.row(Cell(5))
    with pytest.raises(DataError, match="no encoded cell 99"):
        known.row(Cell(99))


def test_they_are_the_same_object_until_others_are_excluded(session: Session) -> None:
    in_use = CellsInUse(session)
    first = in_use.require()
    assert session.annotations is not None
    session.annotations = session.annotations.with_class(CellClass("new", "#00ff00"))
    assert in_use.now() is first
    leave_out(session, [5])
    second = in_use.require()
    assert second is not first
    assert not first.same_cells(second)
    leave_out(session, [])
    assert first.same_cells(in_use.now())


def test_it_says_why_there_are_none(session: Session) -> None:
    in_use = CellsInUse(session)
    assert in_use.why_none() == ""
    assert session.crops is not None
    leave_out(session, session.crops.table["label"].tolist())
    assert in_use.now() is None
    assert in_use.why_none().startswith("all cells are excluded")
    session.embedding = None
    assert in_use.why_none() == "encode the cells in the Factors dock first"
    with pytest.raises(DataError, match="encode the cells"):
        in_use.require()
