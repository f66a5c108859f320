"""Numbers with their intervals, a row each, drawn in a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtCore import QModelIndex, QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPen
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtWidgets import QWidget

_ROW_PX = 21
_PLOT = 1
_OWN, _OTHER = QColor("#4f8ef7"), QColor("#8a93a3")
_WIDTHS = (130, 46)


@dataclass(frozen=True, slots=True)
class DotRow:
    """One number.

    Attributes
    ----------
    label : str
        What it is of.
    value, low, high : float
        The number and its interval, in [-reach, reach]; NaN where it has none.
    text : str
        The number as it is written.
    tip : str
        What to know of it.
    strong : bool
        Whether it stands out.
    """

    label: str
    value: float
    low: float
    high: float
    text: str
    tip: str = ""
    strong: bool = False


class DotTable(QTableWidget):
    """Numbers with intervals around zero.

    Attributes
    ----------
    chosen : Signal
        Emitted with the row that was clicked, or on which Enter was pressed.
    """

    chosen = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self._dots = _Dots(self)
        self.setItemDelegateForColumn(_PLOT, self._dots)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        for header in (self.verticalHeader(), self.horizontalHeader()):
            if header is not None:
                header.hide()
        columns = self.horizontalHeader()
        if columns is not None:
            columns.setSectionResizeMode(_PLOT, QHeaderView.ResizeMode.Stretch)
            columns.setMinimumSectionSize(20)
        for column, width in zip((0, 2), _WIDTHS, strict=True):
            self.setColumnWidth(column, width)
        self.cellClicked.connect(lambda row, _: self.chosen.emit(row))
        self.show_rows([])

    def show_rows(self, rows: Sequence[DotRow], reach: float = 1.0) -> None:
        """Show `rows`; `reach` is the largest number that fits."""
        self._dots.rows, self._dots.reach = rows, reach
        self.setRowCount(len(rows))
        for n, row in enumerate(rows):
            self.setRowHeight(n, _ROW_PX)
            for column, text in enumerate((row.label, "", row.text)):
                item = QTableWidgetItem(text)
                item.setToolTip(row.tip)
                if column == 2:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.setItem(n, column, item)
        self.setFixedHeight(_ROW_PX * len(rows) + 2 * self.frameWidth())
        self.setVisible(bool(rows))

    def texts(self) -> list[str]:
        """Return what is shown, a line a row."""
        return [f"{row.label} {row.text}" for row in self._dots.rows]

    def keyPressEvent(self, event: object) -> None:
        key = event.key()  # type: ignore[attr-defined]
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.chosen.emit(self.currentRow())
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]


class _Dots(QStyledItemDelegate):
    """Paints a dot with its interval about a line at zero."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: Sequence[DotRow] = ()
        self.reach = 1.0

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionViewItem,
        index: QModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        if painter is None or index.row() >= len(self.rows):
            return
        row, box = self.rows[index.row()], QRectF(option.rect)
        middle, half = box.center(), box.width() / 2 - 6

        def place(value: float) -> float:
            part = max(-1.0, min(1.0, value / self.reach))
            return middle.x() + half * part

        color = _OWN if row.strong else _OTHER
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(128, 128, 128, 120), 1))
        painter.drawLine(
            QPointF(middle.x(), box.top()), QPointF(middle.x(), box.bottom())
        )
        painter.setPen(QPen(color, 2))
        if row.low <= row.high:
            ends = (QPointF(place(end), middle.y()) for end in (row.low, row.high))
            painter.drawLine(*ends)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(place(row.value), middle.y()), 3.5, 3.5)
        painter.restore()
