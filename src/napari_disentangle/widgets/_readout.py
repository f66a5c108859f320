"""The named factors of one cell, each against all cells."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtWidgets import QGridLayout, QLabel, QProgressBar, QWidget

from napari_disentangle.tables import (
    NAMED_FACTORS,
    code_columns,
    included,
    shown_ids,
)
from napari_disentangle.widgets._columns import PLAIN, Reading, column_text
from napari_disentangle.widgets._lazy_tip import LazyTip
from napari_disentangle.widgets._meaning import meaning, way_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.widgets._selection import Cell

_SHORT_PX = 30
_LEAST_PX = 24
_IDLE = "Point at a cell to see its factors."


class Readout(QWidget):
    """Named factors of a cell: value, direction, and how many cells are below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: pd.DataFrame | None = None
        self._sorted: dict[str, NDArray[np.float64]] = {}
        self._reading = PLAIN
        self._bars: dict[str, tuple[QProgressBar, QLabel]] = {}
        self._names: dict[str, QLabel] = {}
        self._told = False  # the names tell directions
        self._bar_px = 0
        self._title = QLabel(_IDLE)
        self._title.setWordWrap(True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.addWidget(self._title, 0, 0, 1, 3)
        self._grid.setColumnStretch(1, 1)

    def set_tight(self) -> None:
        """Leave no room between the lines and keep the bars short."""
        self._grid.setVerticalSpacing(0)
        self._bar_px = _SHORT_PX

    def set_table(self, table: pd.DataFrame | None, reading: Reading = PLAIN) -> None:
        """Show cells of `table` from now on; `reading` tells how they are read."""
        self._table, self._reading, self._told = table, reading, False
        names = code_columns(NAMED_FACTORS)
        found = [] if table is None else [name for name in names if name in table]
        if found != list(self._bars):
            self._rebuild(found)
        self._sorted = {} if table is None else _sorted(table, found)
        self.show_cell(None)

    def text(self) -> str:
        """Return what is shown, as one line a factor."""
        lines = [self._title.text()]
        lines += [label.text() for _, label in self._bars.values()]
        return "\n".join(lines)

    def names(self) -> list[str]:
        """Return the names of the factors as they are shown."""
        return [label.text() for label in self._names.values()]

    def show_cell(self, cell: Cell | None) -> None:
        """Show one cell, or a hint."""
        self.show_row(None if cell is None else self._row(cell))

    def show_row(self, row: pd.Series | None) -> None:
        """Show the cell of a row of the table, or a hint."""
        for bar, label in self._bars.values():
            bar.setValue(0)
            label.setText("")
        if row is None:
            self._title.setText(_IDLE if self._bars else "")
            return
        self._tell_ways()
        self._title.setText(f"Cell {row['label']}")
        for name, (bar, label) in self._bars.items():
            value = float(row[name])
            values = self._sorted[name]
            if self._reading.says_nothing(name):
                label.setText("gray")
                continue
            if np.isnan(value):
                label.setText("no crop")
                continue
            below = float(np.searchsorted(values, value)) / max(len(values), 1)
            bar.setValue(round(100 * below))
            label.setText(f"{value:+.2f}")

    def _tell_ways(self) -> None:
        """Write beside each name which way it points, when it is first needed."""
        if self._told or self._table is None:
            return
        self._told = True
        for name, label in self._names.items():
            way = "" if self._reading.says_nothing(name) else self._way(name)
            mark = self._reading.mark(name)
            label.setText(f"{column_text(name)}{mark} {way}".rstrip())

    def _way(self, name: str) -> str:
        return "" if self._table is None else way_of(self._table, name, self._reading)

    def _meaning(self, name: str) -> str:
        if self._table is None or name not in self._table:
            return ""
        return meaning(self._table, name, self._reading)

    def _rebuild(self, names: list[str]) -> None:
        for row in range(1, self._grid.rowCount()):
            for column in range(3):
                item = self._grid.itemAtPosition(row, column)
                widget = None if item is None else item.widget()
                if widget is not None:
                    self._grid.removeWidget(widget)
                    widget.deleteLater()
        self._bars, self._names = {}, {}
        for row, name in enumerate(names, 1):
            bar, label = QProgressBar(), QLabel()
            bar.setRange(0, 100)
            bar.setTextVisible(False)
            bar.setFixedHeight(10)
            bar.setMinimumWidth(_LEAST_PX)
            if self._bar_px:
                bar.setFixedWidth(self._bar_px)
            bar.setToolTip("Percent of cells with a lower value, without excluded ones")
            label.setMinimumWidth(48)
            title = QLabel(column_text(name))
            LazyTip(title, partial(self._meaning, name))
            self._names[name] = title
            self._grid.addWidget(title, row, 0)
            self._grid.addWidget(bar, row, 1)
            self._grid.addWidget(label, row, 2)
            self._bars[name] = bar, label

    def _row(self, cell: Cell) -> pd.Series | None:
        table = self._table
        if table is None:
            return None
        same = (shown_ids(table) == cell.label) & (table["frame"] == cell.frame)
        found = table[same]
        return None if found.empty else found.iloc[0]


def _sorted(
    table: pd.DataFrame, names: Sequence[str]
) -> dict[str, NDArray[np.float64]]:
    """Return the known values of the cells that count, the lowest first."""
    counts = included(table)
    columns = {name: table[name].to_numpy(float)[counts] for name in names}
    return {name: np.sort(v[np.isfinite(v)]) for name, v in columns.items()}
