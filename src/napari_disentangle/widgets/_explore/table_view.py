"""The table of cells with its filter, linked to the selection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtGui import QAction, QKeySequence  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from superqt.utils import qdebounced

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.filter_cells import filter_rows
from napari_disentangle.widgets._explore.places import chosen_places, let_go
from napari_disentangle.widgets._explore.table import CellTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.widgets._explore.cells import Cells

_SOON_MS = 200
_WIDTH_PX = 76


class TableView(QWidget):
    """Sort by a click on a head, filter by what is typed, pin with Ctrl+P.

    Attributes
    ----------
    chose : Signal
        Rows that the user selected.
    went : Signal
        The row that was double-clicked or entered.
    """

    chose = Signal(object)
    went = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._cells: Cells | None = None
        self._gate: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._setting = False
        self._problem = ""
        self.filter_line = QLineEdit()
        self.filter_line.setPlaceholderText("z_scale > 1 and area < 400")
        self.filter_line.setClearButtonEnabled(True)
        self.filter_line.setAccessibleName("Filter")
        self.filter_line.setToolTip(
            "Which rows are shown: a condition of columns, a label id, or a word"
        )
        self.select_button = QPushButton("Select")
        self.select_button.setToolTip("Select all cells that the table shows")
        self.select_button.clicked.connect(self.select_shown)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.model = CellTable(self)
        self.view = QTableView()
        self._set_up_view()
        filter_soon = qdebounced(self._filter, timeout=_SOON_MS, parent=self)
        self.filter_line.textChanged.connect(lambda _: filter_soon())
        self.filter_line.returnPressed.connect(self.select_shown)
        top = QHBoxLayout()
        top.addWidget(self.filter_line, 1)
        top.addWidget(self.select_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.note)
        layout.addWidget(self.view, 1)

    def set_cells(self, cells: Cells | None, gate: NDArray[np.bool_]) -> None:
        """Show the cells of `gate`, (N,); pins stay where the cells are the same."""
        before, self._cells, self._gate = self._cells, cells, gate
        self._setting = True
        if cells is not None:
            meant, self._problem = self._meant(cells)
            same = cells.same_as(before)
            self.model.set_table(
                cells.table, meant & gate, same_rows=same, reading=cells.reading
            )
        self._setting = False
        self._tell()

    def set_gate(self, gate: NDArray[np.bool_]) -> None:
        """Show the cells of `gate`, (N,), only."""
        self._gate = gate
        self._filter()

    def set_selected(self, selected: NDArray[np.bool_]) -> None:
        """Mark the selected cells, (N,); what was selected here before is let go."""
        self._setting = True
        self.model.set_selected(selected)
        let_go(self.view, selected[self._chosen()])
        self._setting = False

    def scroll_to(self, row: int) -> None:
        """Bring a row of the cells into view."""
        place = self.model.place_of(row)
        if place >= 0:
            self.view.scrollTo(self.model.index(place, 0))

    def select_shown(self) -> None:
        """Select what the filter left, at once."""
        self._filter()
        if self._problem:
            return
        self.chose.emit(np.sort(self.model.rows()))

    def pin_chosen(self) -> None:
        """Keep the rows that are selected in the table on top, or let them go."""
        rows = self._chosen()
        if len(rows):
            self.model.pin(rows)

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setAccessibleName("Table of the cells")
        view.setToolTip(
            "Click a head to sort, rows to select them; double-click goes to the cell, "
            "Ctrl+P keeps rows on top"
        )
        view.setSortingEnabled(True)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setWordWrap(False)
        view.setMinimumHeight(120)
        side = view.verticalHeader()
        if side is not None:
            side.hide()
            side.setDefaultSectionSize(20)
        heads = view.horizontalHeader()
        if heads is not None:
            heads.setDefaultSectionSize(_WIDTH_PX)
            heads.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
            heads.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        selection = view.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(lambda *_: self._on_chosen())
        view.activated.connect(self._on_activated)
        pin = QAction("Pin on top, or let go", view)
        pin.setShortcut(QKeySequence("Ctrl+P"))
        pin.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        pin.triggered.connect(lambda _: self.pin_chosen())
        view.addAction(pin)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _filter(self) -> None:
        """Show the gated rows that fulfill the filter."""
        if self._cells is not None:
            meant, self._problem = self._meant(self._cells)
            self.model.set_shown(meant & self._gate)
        self._tell()

    def _meant(self, cells: Cells) -> tuple[NDArray[np.bool_], str]:
        """Return the rows that the filter means, and what is wrong with it."""
        try:
            return filter_rows(cells.table, self.filter_line.text()), ""
        except DataError as error:
            return np.zeros(len(cells), np.bool_), str(error)

    def _tell(self) -> None:
        if self._cells is None:
            self.note.setText("")
            return
        counts = f"{self.model.rowCount()} of {len(self._cells)} rows"
        self.note.setText(self._problem or counts)

    def _on_activated(self, index: Any) -> None:
        self.went.emit(self.model.row_at(index.row()))

    def _on_chosen(self) -> None:
        rows = self._chosen()
        if len(rows) and not self._setting:
            self.chose.emit(rows)

    def _chosen(self) -> NDArray[np.int64]:
        return np.sort(self.model.rows()[chosen_places(self.view)])
