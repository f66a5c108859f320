"""The cells as a table that sorts, filters and pins 100,000 rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from psygnal import Signal
from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt
from qtpy.QtGui import QBrush, QColor, QFont

from napari_disentangle.tables import ID_COLUMNS
from napari_disentangle.widgets._columns import PLAIN, Reading
from napari_disentangle.widgets._explore.points import SELECTED
from napari_disentangle.widgets._explore.row_order import RowOrder
from napari_disentangle.widgets._explore.table_columns import shown_columns
from napari_disentangle.widgets._meaning import meaning
from napari_disentangle.words import channel_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qtpy.QtWidgets import QWidget


class CellTable(QAbstractTableModel):
    """Some rows of a table in some order; both are decided by whole columns at once.

    Qt's own sorting proxy asks Python for each pair of cells it compares; this one
    sorts an array of row numbers.

    Attributes
    ----------
    arranged : Signal
        Emitted when rows came, went or moved.
    """

    arranged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = pd.DataFrame()
        self._reading = PLAIN
        self._names: list[str] = []
        self._values: list[NDArray[Any]] = []
        self._order = np.zeros(0, np.int64)
        self._rows = RowOrder()
        self._selected = np.zeros(0, np.bool_)
        self._bold = QFont()
        self._bold.setBold(True)

    # What is shown -------------------------------------------------------------------

    def set_table(
        self,
        table: pd.DataFrame,
        shown: NDArray[np.bool_],
        *,
        same_rows: bool,
        reading: Reading = PLAIN,
    ) -> None:
        """Show rows of `table`; what it is sorted by stays.

        Parameters
        ----------
        table : pandas.DataFrame
            N rows.
        shown : array, (N,), bool
            The rows that are shown.
        same_rows : bool
            Its rows are the cells of the last table, so pins stay, too.
        reading : Reading
            How its columns are to be read.
        """
        names = shown_columns(table)
        self._reading = reading
        keep = same_rows and names == self._names
        if not keep:
            self.beginResetModel()
        self._table, self._names, self._rows.shown = table, names, shown
        self._values = [table[name].to_numpy() for name in names]
        if not same_rows:
            self._rows.pinned = np.zeros(len(table), np.bool_)
            self._selected = np.zeros(len(table), np.bool_)
        if keep:
            self._rearrange()
            last = len(names) - 1
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
        else:
            self._order = self._rows.arrange(table)
            self.endResetModel()
            self.arranged.emit()

    def set_shown(self, shown: NDArray[np.bool_]) -> None:
        """Show the rows of a mask, (N,), and those that are pinned."""
        if not np.array_equal(shown, self._rows.shown):
            self._rows.shown = shown
            self._rearrange()

    def set_selected(self, selected: NDArray[np.bool_]) -> None:
        """Mark the selected cells, (N,)."""
        self._selected = selected
        if len(self._order):
            self.dataChanged.emit(
                self.index(0, 0),
                self.index(len(self._order) - 1, len(self._names) - 1),
                [Qt.ItemDataRole.BackgroundRole],
            )

    def pin(self, rows: NDArray[np.int64]) -> None:
        """Keep `rows` on top, or let them go if all of them are."""
        self._rows.pin(rows)
        self._rearrange()

    def row_at(self, place: int) -> int:
        """Return the row of the table that is shown at `place`."""
        return int(self._order[place])

    def rows(self) -> NDArray[np.int64]:
        """Return the rows that are shown, from top to bottom."""
        return self._order

    def place_of(self, row: int) -> int:
        """Return where a row of the table is shown, -1 if it is not."""
        places = np.flatnonzero(self._order == row)
        return int(places[0]) if len(places) else -1

    def columns(self) -> list[str]:
        """Return the columns in the order they are shown."""
        return list(self._names)

    # What Qt asks --------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return len(self._order)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return len(self._names)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._head(self._names[section])
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._head_tip(self._names[section])
        return None

    def _head(self, name: str) -> str:
        """Return the name of a column, by which it is filtered, and its channel."""
        channel = channel_of(name, self._reading.channels)
        return f"{name}\n{channel}" if channel else name

    def _head_tip(self, name: str) -> str:
        """Return the name of a column and how its numbers are to be read."""
        is_number = pd.api.types.is_numeric_dtype(self._table[name])
        if not is_number or name in ID_COLUMNS:
            return name
        return f"{name}\n\n{meaning(self._table, name, self._reading)}"

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        row, column = int(self._order[index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(self._values[column][row])
        if role == Qt.ItemDataRole.BackgroundRole and self._selected[row]:
            return QBrush(QColor(SELECTED))
        if role == Qt.ItemDataRole.ForegroundRole and self._selected[row]:
            return QBrush(QColor("black"))
        if role == Qt.ItemDataRole.FontRole and self._rows.pinned[row]:
            return self._bold
        if role == Qt.ItemDataRole.TextAlignmentRole:
            kind = self._values[column].dtype.kind
            side = (
                Qt.AlignmentFlag.AlignRight
                if kind in "iuf"
                else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        """Sort by a column, missing values last; -1 restores the order of the table."""
        ascending = order == Qt.SortOrder.AscendingOrder
        known = 0 <= column < len(self._names)
        self._rows.by = (self._names[column], ascending) if known else None
        self._rearrange()

    def _rearrange(self) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        rows = [self.row_at(index.row()) for index in before]
        self._order = self._rows.arrange(self._table)
        places = (
            {int(row): place for place, row in enumerate(self._order)} if rows else {}
        )
        after = [
            self.index(places[row], index.column()) if row in places else QModelIndex()
            for row, index in zip(rows, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.arranged.emit()


def _text(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:.4g}"
    return "" if value is None else str(value)
