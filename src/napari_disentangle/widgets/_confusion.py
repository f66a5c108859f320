"""Cells by class and predicted class; a click on a number gives its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

_ROW_PX = 24
_HEAD_PX = 26
_MOST_ROWS = 8
_RIGHT, _WRONG = "#2f8f5b", "#b5442f"
_MOST_LETTERS, _LEAST_LETTERS = 16, 3  # of a class in a narrow dock
_LINE_LETTERS = 28

_TIP = (
    "Rows: your class. Columns: predicted, each cell once by the mean of its repeats: "
    "few cells may look better here than in the balanced accuracy, the mean of repeats "
    "scored alone. Click to see the cells"
)


class ConfusionTable(QTableWidget):
    """Rows are the user's classes, columns what was predicted.

    Attributes
    ----------
    clicked_cell : Signal
        Emitted with the positions of the two classes.
    """

    clicked_cell = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTabKeyNavigation(False)
        self.setAccessibleName("Confusion matrix")
        self.setToolTip(_TIP)
        self.cellClicked.connect(lambda row, column: self._tell(row, column))
        self.cellActivated.connect(lambda row, column: self._tell(row, column))

    def show_confusion(
        self, classes: Sequence[str], confusion: NDArray[np.int64]
    ) -> None:
        """Show cells of class i (row) predicted as class j (column), (C, C)."""
        n = len(classes)
        self.clear()
        self.setRowCount(n)
        self.setColumnCount(n)
        for place, name in enumerate(classes):
            self.setHorizontalHeaderItem(place, _head(name, _LINE_LETTERS // n))
            self.setVerticalHeaderItem(place, _head(name, _MOST_LETTERS))
        for row in range(n):
            for column in range(n):
                self.setItem(row, column, _item(classes, confusion, row, column))
        header, side = self.horizontalHeader(), self.verticalHeader()
        if header is not None and side is not None:
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setMinimumSectionSize(30)
            side.setDefaultSectionSize(_ROW_PX)
        self.setFixedHeight(_HEAD_PX + min(n, _MOST_ROWS) * _ROW_PX + 6)

    def _tell(self, row: int, column: int) -> None:
        self.clicked_cell.emit(row, column)


def _item(
    classes: Sequence[str], confusion: NDArray[np.int64], row: int, column: int
) -> QTableWidgetItem:
    count, total = int(confusion[row, column]), int(confusion[row].sum())
    item = QTableWidgetItem(str(count))
    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
    share = count / total if total else 0.0
    color = QColor(_RIGHT if row == column else _WRONG)
    color.setAlphaF(share)
    item.setBackground(color)
    item.setToolTip(
        f"{count} of {total} cells of class {classes[row]} were predicted as "
        f"{classes[column]} ({share:.0%}). Click to select them"
    )
    return item


def _head(name: str, letters: int) -> QTableWidgetItem:
    """Return the head of a row or column; a long name is in its tooltip."""
    n = min(max(letters, _LEAST_LETTERS), _MOST_LETTERS)
    item = QTableWidgetItem(name if len(name) <= n else name[: n - 1] + "…")
    item.setToolTip(name)
    return item
