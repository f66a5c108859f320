"""Crops in the order of a column: all of them, or the two tails side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.widgets._combo import keep_narrow
from napari_disentangle.widgets._dock import allow
from napari_disentangle.widgets._explore.columns import ColumnCombo
from napari_disentangle.widgets._explore.crop_list import CropList, CropModel
from napari_disentangle.widgets._explore.places import let_go
from napari_disentangle.widgets._gallery import ThumbModel
from napari_disentangle.widgets._lazy_tip import LazyTip

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qtpy.QtCore import QModelIndex

    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._explore.cells import Cells

_ORDERS = (
    ("tails", "The lowest to the left, the highest to the right, excluded ones out"),
    ("rising", "All gated cells, the lowest first"),
    ("falling", "All gated cells, the highest first"),
)
_MOST_IN_TAIL = 1000
_NUMBER_PX = 88
_SHORT = 3  # letters, so that a line fits into a narrow dock


class TailGallery(QWidget):
    """Crops sorted by a column, of the gated cells that have one.

    Attributes
    ----------
    chose : Signal
        Rows that the user selected.
    went : Signal
        The row that was clicked or entered.
    """

    chose = Signal(object)
    went = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.thumbs = ThumbModel(self)
        self._cells: Cells | None = None
        self._crops: Crops | None = None
        self._gate: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._setting = False
        self.column_combo = ColumnCombo("What the crops are sorted by")
        self.column_combo.setAccessibleName("What the crops are sorted by")
        self.column_combo.setMinimumContentsLength(_SHORT)
        self.order_combo = QComboBox()
        self.order_combo.setToolTip("Which crops are shown, in which order")
        self.order_combo.setAccessibleName("Order of the crops")
        keep_narrow(self.order_combo, _SHORT)
        for row, (text, tooltip) in enumerate(_ORDERS):
            self.order_combo.addItem(text)
            self.order_combo.setItemData(row, tooltip, Qt.ItemDataRole.ToolTipRole)
        self.number_box = QSpinBox()
        self.number_box.setRange(1, _MOST_IN_TAIL)
        self.number_box.setValue(20)
        self.number_box.setMaximumWidth(_NUMBER_PX)
        self.number_box.setToolTip("Crops in each tail")
        self.number_box.setAccessibleName("Crops in each tail")
        self.low_list = CropList(self.thumbs, "Crops, lowest first")
        self.high_list = CropList(self.thumbs, "Crops, highest first")
        self.caption = QLabel()
        self.caption.setWordWrap(True)
        LazyTip(self.caption, self._meaning)
        self._lay_out()
        for view in (self.low_list, self.high_list):
            view.clicked.connect(lambda index: self.went.emit(_row_of(index)))
            view.activated.connect(lambda index: self.went.emit(_row_of(index)))
            selection = view.selectionModel()
            if selection is not None:
                selection.selectionChanged.connect(lambda *_: self._on_chosen())
        self.column_combo.currentIndexChanged.connect(lambda _: self.refresh())
        self.order_combo.currentIndexChanged.connect(lambda _: self.refresh())
        self.number_box.valueChanged.connect(lambda _: self.refresh())

    def set_cells(
        self, cells: Cells | None, crops: Crops | None, gate: NDArray[np.bool_]
    ) -> None:
        """Show the cells of `gate`, (N,), whose crops are in `crops`."""
        self._cells = cells
        self._gate = gate
        if crops is not self._crops:
            self._crops = crops
            self.thumbs.set_crops(crops)
        self.column_combo.offer([] if cells is None else cells.number_columns())
        self.refresh()

    def set_gate(self, gate: NDArray[np.bool_]) -> None:
        """Show the cells of `gate`, (N,), only."""
        if not np.array_equal(gate, self._gate):
            self._gate = gate
            self.refresh()

    def set_selected(self, selected: NDArray[np.bool_]) -> None:
        """Mark the selected cells, (N,); what was selected here before is let go."""
        self._setting = True
        for view in (self.low_list, self.high_list):
            view.crops.set_selected(selected)
            let_go(view, selected[view.chosen()])
        self._setting = False

    def sort_by(self, column: str, order: str) -> None:
        """Sort by a column; `order` is one of those on offer."""
        self.order_combo.setCurrentText(order)
        self.column_combo.choose(column)

    def refresh(self) -> None:
        """Sort the crops anew."""
        cells, column = self._cells, self.column_combo.column()
        tails = self.order_combo.currentIndex() == 0
        if cells is not None:  # else the dock says why
            allow(self.number_box, "" if tails else "this order has no tails")
        self.high_list.setVisible(tails)
        self._setting = True
        if cells is None or not column:
            for view in (self.low_list, self.high_list):
                view.crops.set_rows(None, np.zeros(0, np.int64), np.zeros(0))
            self.caption.setText("")
        else:
            values = (cells.counted if tails else cells.numbers)(column)
            shown = self._gate & np.isfinite(values) & (cells.crop_rows >= 0)
            rows = np.flatnonzero(shown)
            rows = rows[np.argsort(values[rows], kind="stable")]
            low, high = self._split(rows)
            self.low_list.crops.set_rows(cells, low, values)
            self.high_list.crops.set_rows(cells, high, values)
            self.caption.setText(self._caption(len(low), len(high), len(rows)))
        self._setting = False

    def _split(
        self, rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        order = self.order_combo.currentIndex()
        if order > 0:
            return (rows if order == 1 else rows[::-1]), rows[:0]
        low = min(self.number_box.value(), (len(rows) + 1) // 2)
        high = min(self.number_box.value(), len(rows) // 2)
        return rows[:low], rows[len(rows) - high :][::-1]

    def _caption(self, low: int, high: int, n_rows: int) -> str:
        tails, way = self.order_combo.currentIndex() == 0, self._way()
        n_out = self._n_excluded() if tails else 0
        left_out = int(self._gate.sum()) - n_rows - n_out
        lacking = f"; {left_out} without a value or crop" if left_out else ""
        if tails:
            lacking += f"; {n_out} excluded" if n_out else ""
            return f"{low} lowest | {high} highest of {n_rows}{lacking}{way}"
        return f"{n_rows} cells{lacking}{way}"

    def _n_excluded(self) -> int:
        """Return how many cells of the gate are excluded."""
        cells = self._cells
        return 0 if cells is None else int((self._gate & cells.excluded).sum())

    def _way(self) -> str:
        """Return which way the column points that the crops are sorted by."""
        column = self.column_combo.column()
        if self._cells is None or not (way := self._cells.way(column)):
            return ""
        return f"; {self._cells.reading.title(column)} {way}"

    def _meaning(self) -> str:
        column = self.column_combo.column()
        return "" if self._cells is None else self._cells.meaning(column)

    def _on_chosen(self) -> None:
        """Tell what is selected in both lists; without Ctrl only one list is meant."""
        if self._setting:
            return
        lists = (self.low_list, self.high_list)
        keys = QApplication.keyboardModifiers()
        if not keys & Qt.KeyboardModifier.ControlModifier:
            focus = next((view for view in lists if view.hasFocus()), None)
            self._setting = True
            for view in lists:
                if focus is not None and view is not focus:
                    view.clearSelection()
            self._setting = False
        rows = np.unique(np.concatenate([view.chosen() for view in lists]))
        if len(rows):
            self.chose.emit(rows)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.column_combo, 1)
        top.addWidget(self.order_combo, 1)
        told = QHBoxLayout()
        told.addWidget(self.caption, 1)
        told.addWidget(self.number_box)
        views = QHBoxLayout()
        views.setSpacing(2)
        views.addWidget(self.low_list)
        views.addWidget(self.high_list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addLayout(top)
        layout.addLayout(told)
        layout.addLayout(views, 1)


def _row_of(index: QModelIndex) -> int:
    model = index.model()
    return model.row_at(index.row()) if isinstance(model, CropModel) else -1
