"""The classes of an annotation as a small table to edit, and how far it has come."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psygnal import Signal
from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QColor, QIcon, QPainter, QPixmap
from qtpy.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from napari_disentangle.errors import DataError
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from qtpy.QtGui import QKeyEvent, QPaintEvent

    from napari_disentangle.annotations.values import Annotations, CellClass

_COLOR, _NAME, _KEY, _CELLS = range(4)
_TITLES = ("", "Class", "Key", "Cells")
_TIPS = (
    "Color: double-click to change",
    "Name: double-click to change",
    "Number key that gives this class: double-click to change",
    "How many cells have this class, in all images",
)
_ICON_PX = 14
_ROW_PX = 24
_ROWS = 3
_MOST_ROWS = 7
_BAR_PX = 8


class ClassTable(QTableWidget):
    """Edit names, colors and keys; the current row is the class that is given next.

    Attributes
    ----------
    changed : Signal
        Emitted with the old name and the new `CellClass` after an edit. The table
        shows the edit only once `show_classes` is called.
    chosen : Signal
        Emitted with the name of the current class.
    removed : Signal
        Emitted with the name when Delete is pressed.
    wanted : Signal
        Emitted when Enter asks for one more class.
    """

    changed = Signal(str, object)
    chosen = Signal(str)
    removed = Signal(str)
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self._classes: tuple[CellClass, ...] = ()
        self.setHorizontalHeaderLabels(_TITLES)
        for column, tip in enumerate(_TIPS):
            item = self.horizontalHeaderItem(column)
            if item is not None:
                item.setToolTip(tip)
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAccessibleName("Classes")
        self.setToolTip(
            "The current row is the class that is given next; Delete removes it"
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._set_widths()
        self.itemChanged.connect(self._on_edited)
        self.cellDoubleClicked.connect(self._on_double_clicked)
        self.currentCellChanged.connect(lambda *_: self.chosen.emit(self.current()))
        self._fit_height()

    def show_classes(self, annotations: Annotations) -> None:
        """Show the classes of `annotations` and how many cells each has."""
        before = self.current()
        self._classes = annotations.classes
        counts = annotations.counts()
        blocked = self.blockSignals(True)
        self.setRowCount(len(self._classes))
        for row, known in enumerate(self._classes):
            self._fill(row, known, counts[known.name])
        names = [known.name for known in self._classes]
        if names:
            self.setCurrentCell(names.index(before) if before in names else 0, _NAME)
        self.blockSignals(blocked)
        self._fit_height()
        if self.current() != before:
            self.chosen.emit(self.current())

    def current(self) -> str:
        """Return the name of the class that is given next, empty without classes."""
        row = self.currentRow()
        return self._classes[row].name if 0 <= row < len(self._classes) else ""

    def choose(self, name: str) -> None:
        """Make class `name` the one that is given next."""
        names = [known.name for known in self._classes]
        if name in names:
            self.setCurrentCell(names.index(name), _NAME)

    def rename(self, name: str) -> None:
        """Begin to edit the name of a class."""
        self.choose(name)
        item = self.item(self.currentRow(), _NAME)
        if item is not None:
            self.editItem(item)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        deleting = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if event is not None and event.key() in deleting and self.current():
            self.removed.emit(self.current())
            return
        entering = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        typing = self.state() == QAbstractItemView.State.EditingState
        if event is not None and event.key() in entering and not typing:
            self.wanted.emit()
            return
        super().keyPressEvent(event)

    def _set_widths(self) -> None:
        header, side = self.horizontalHeader(), self.verticalHeader()
        if header is None or side is None:
            return
        side.hide()
        side.setDefaultSectionSize(_ROW_PX)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((_COLOR, 28), (_KEY, 40), (_CELLS, 58)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(column, width)

    def _fit_height(self) -> None:
        rows = min(max(_ROWS, len(self._classes)), _MOST_ROWS)
        self.setFixedHeight((rows + 1) * _ROW_PX + 6)

    def _fill(self, row: int, known: CellClass, count: int) -> None:
        swatch = QTableWidgetItem(_icon(known.color), "")
        swatch.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        cells = QTableWidgetItem(f"{count}")
        cells.setFlags(swatch.flags())
        cells.setTextAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        name = QTableWidgetItem(known.name)
        key = QTableWidgetItem(str(known.key or ""))
        key.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        for column, item in enumerate((swatch, name, key, cells)):
            item.setToolTip(_TIPS[column])
            self.setItem(row, column, item)

    def _on_edited(self, item: QTableWidgetItem) -> None:
        known, text = self._classes[item.row()], item.text().strip()
        if item.column() == _NAME:
            new = replace(known, name=text)
        elif item.column() == _KEY:
            if not guard(_read_key, text):
                self._restore(item, str(known.key or ""))
                return
            new = replace(known, key=int(text or 0))
        else:
            return
        if new != known:
            self.changed.emit(known.name, new)

    def _restore(self, item: QTableWidgetItem, text: str) -> None:
        blocked = self.blockSignals(True)
        item.setText(text)
        self.blockSignals(blocked)

    def _on_double_clicked(self, row: int, column: int) -> None:
        if column != _COLOR:
            return
        known = self._classes[row]
        color = QColorDialog.getColor(QColor(known.color), self, f"{known.name}: color")
        if color.isValid():
            self.changed.emit(known.name, replace(known, color=color.name()))


class ShareBar(QWidget):
    """How many cells have which class, as one bar in the colors of the classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[tuple[str, float]] = []
        self.setFixedHeight(_BAR_PX)
        self.setAccessibleName("Share of cells with a class")

    def show_shares(self, parts: list[tuple[str, float]]) -> None:
        """Show ``(color, share of all cells)``, shares adding up to at most 1."""
        self._parts = parts
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(128, 128, 128, 60))
        left = 0.0
        for color, share in self._parts:
            right = left + share * self.width()
            painter.fillRect(
                round(left), 0, round(right) - round(left), _BAR_PX, QColor(color)
            )
            left = right
        painter.end()


def _read_key(text: str) -> None:
    if text and text not in "123456789":
        raise DataError(f"Key {text!r} is not on offer; take one of 1 to 9, or none.")


def _icon(color: str) -> Any:
    pixmap = QPixmap(_ICON_PX, _ICON_PX)
    pixmap.fill(QColor(color))
    return QIcon(pixmap)
