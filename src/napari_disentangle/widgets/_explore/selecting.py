"""Which cells are selected: drawn, clicked, chosen in a list, or by another dock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from psygnal import Signal

from napari_disentangle.errors import DataError
from napari_disentangle.tables import KEY
from napari_disentangle.widgets._explore.chosen import Chosen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.recipes.gates import How
    from napari_disentangle.widgets._explore.cells import Cells
    from napari_disentangle.widgets._selection import Selection
    from napari_disentangle.widgets._session import Session


class Selecting:
    """The selection of a session as rows of its table.

    Parameters
    ----------
    session : Session
        Its selection is known by frame and label id, never by row.

    Attributes
    ----------
    changed : Signal
        Emitted when other cells are selected or gated.
    cells : Cells or None
        The cells that rows are of.
    chosen : Chosen
        Selected and gated rows.
    """

    changed = Signal()

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sent: Selection | None = None
        self.cells: Cells | None = None
        self.chosen = Chosen(np.zeros(0, np.bool_))

    @property
    def n_elsewhere(self) -> int:
        """How many selected cells are in other images than the one shown."""
        return len(self.chosen) - len(self._sent or ())

    def known(self) -> Cells:
        """Return the cells.

        Raises
        ------
        DataError
            If there are none.
        """
        if self.cells is None:
            raise DataError("There are no factors yet; encode the cells first.")
        return self.cells

    def set_cells(self, cells: Cells | None) -> None:
        """Take other cells; the choice stays while they are the same. Tells nobody."""
        before, self.cells = self.cells, cells
        if cells is None or not cells.same_as(before):
            selection = self._session.selection
            mask = np.zeros(0) if cells is None else cells.mask_of(selection)
            self.chosen = Chosen(np.asarray(mask, np.bool_))
            self._sent = selection

    def select(self, mask: NDArray[np.bool_], *, gate: bool = True) -> None:
        """Select rows of the table, (N,), and show only these if they are a gate.

        Raises
        ------
        DataError
            If there are no cells.
        """
        cells = self.known()
        if gate:
            self.chosen.narrow(mask)
        else:
            self.chosen.selected = mask
        self._sent = cells.selection_of(mask)
        self._session.selection = self._sent
        self.changed.emit()

    def draw(self, inside: NDArray[np.bool_], how: How) -> None:
        """Select as a gate around the rows `inside` says."""
        self.select(self.chosen.draw(inside, how))

    def adjust(self, inside: NDArray[np.bool_]) -> None:
        """Select after the last gate was moved to the rows `inside`."""
        self.select(self.chosen.adjust(inside))

    def pick(self, row: int, how: How) -> None:
        """Select as a click on a row says, -1 for none; gates stay."""
        if row >= 0:
            self.select(self.chosen.only(row, how), gate=False)

    def take(self, rows: NDArray[np.int64]) -> None:
        """Select rows that were chosen in a list; gates stay."""
        mask = np.zeros(len(self.known()), np.bool_)
        mask[rows] = True
        self.select(mask, gate=False)

    def follow(self, selection: Selection | None) -> None:
        """Take over what another dock selected."""
        if selection is self._sent or self.cells is None:
            return
        self._sent = selection
        self.chosen.narrow(self.cells.mask_of(selection))
        self.changed.emit()

    def current_row(self) -> int:
        """Return the row of the session's current cell, -1 if it has none."""
        cell, cells = self._session.cell, self.cells
        return -1 if cell is None or cells is None else cells.row_of(cell)

    def meant(self) -> pd.DataFrame:
        """Return the selected cells, or else the current one."""
        if self.cells is None:
            return pd.DataFrame(columns=list(KEY))
        one = np.arange(len(self.cells)) == self.current_row()
        return self.cells.table[self.chosen.selected if len(self.chosen) else one]
