"""Which factors count when cells are compared, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
)

from napari_disentangle.recipes.similar import UNTURNED
from napari_disentangle.widgets._check_boxes import frame_check_boxes
from napari_disentangle.widgets._settings import recall, remember

if TYPE_CHECKING:
    from napari_disentangle.widgets._explore.cells import Cells

_ENABLED = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_KEY = "explore_weights"
_ROW_PX = 24
_ROWS = 4


class FactorWeights(QTableWidget):
    """A factor a row: checked or not, and its weight.

    At first the named factors are checked that stay when a cell is turned. What was
    chosen stays when the cells change.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(0, 2)
        self.setAccessibleName("Factors that are compared")
        self.setToolTip(
            "Factors that count in distances and maps. A weight of 2 makes one sd of "
            "a factor count like two, 0 leaves it out; click it to change it."
        )
        self.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        frame_check_boxes(self)
        self.setHorizontalHeaderLabels(["Compare by", "Weight"])
        side, heads = self.verticalHeader(), self.horizontalHeader()
        if side is not None and heads is not None:
            side.hide()
            side.setDefaultSectionSize(_ROW_PX)
            heads.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            heads.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.setMinimumHeight((_ROWS + 1) * _ROW_PX + 8)
        self._kept = _recalled()
        self._columns: list[str] = []
        self._cells: Cells | None = None
        self.itemChanged.connect(lambda _: self._on_changed())

    def set_cells(self, cells: Cells | None) -> None:
        """Offer the numeric columns of `cells`, codes first."""
        self._cells = cells
        offered = [] if cells is None else cells.number_columns()
        if [column for _, column in offered] == self._columns:
            self._rename([text for text, _ in offered])
            return
        self._keep()
        blocked = self.blockSignals(True)
        self._columns = [column for _, column in offered]
        self.setRowCount(len(offered))
        for row, (text, column) in enumerate(offered):
            on, weight = self._kept.get(column, (column in UNTURNED, 1.0))
            item, value = _Factor(text, self, column), QTableWidgetItem()
            item.setFlags(_ENABLED | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_state(on))
            value.setFlags(_ENABLED | Qt.ItemFlag.ItemIsEditable)
            value.setData(Qt.ItemDataRole.EditRole, weight)  # a float gets a spin box
            self.setItem(row, 0, item)
            self.setItem(row, 1, value)
        self.blockSignals(blocked)
        self.changed.emit()

    def meaning(self, column: str) -> str:
        """Return how a column is to be read."""
        return "" if self._cells is None else self._cells.meaning(column)

    def choice(self) -> dict[str, float]:
        """Return the weight of each column that counts."""
        found = {}
        for row, column in enumerate(self._columns):
            item, value = self.item(row, 0), self.item(row, 1)
            if item is None or value is None:
                continue
            weight = float(value.data(Qt.ItemDataRole.EditRole))
            if item.checkState() == Qt.CheckState.Checked and weight > 0:
                found[column] = weight
        return found

    def set_choice(self, weights: dict[str, float]) -> None:
        """Check these columns with these weights, and no others."""
        for row, column in enumerate(self._columns):
            item, value = self.item(row, 0), self.item(row, 1)
            if item is None or value is None:
                continue
            item.setCheckState(_state(column in weights))
            value.setData(Qt.ItemDataRole.EditRole, float(weights.get(column, 1.0)))

    def _rename(self, texts: list[str]) -> None:
        """Show other names of the same columns."""
        blocked = self.blockSignals(True)
        for row, text in enumerate(texts):
            if (item := self.item(row, 0)) is not None:
                item.setText(text)
        self.blockSignals(blocked)

    def _on_changed(self) -> None:
        self._keep()
        remember(_KEY, self._kept)
        self.changed.emit()

    def _keep(self) -> None:
        """Remember what is chosen."""
        chosen = self.choice()
        for column in self._columns:
            weight = chosen.get(column, self._kept.get(column, (False, 1.0))[1])
            self._kept[column] = column in chosen, weight


class _Factor(QTableWidgetItem):
    """The name of a factor; its tooltip is found out when it is asked for."""

    def __init__(self, text: str, weights: FactorWeights, column: str) -> None:
        super().__init__(text)
        self._weights = weights
        self._column = column

    def data(self, role: int) -> Any:
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._weights.meaning(self._column)
        return super().data(role)


def _recalled() -> dict[str, tuple[bool, float]]:
    """Return which columns were checked when napari was closed, and their weights."""
    kept = recall(_KEY, None)
    try:
        return {str(name): (on is True, float(w)) for name, (on, w) in kept.items()}
    except (AttributeError, TypeError, ValueError):
        return {}


def _state(checked: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if checked else Qt.CheckState.Unchecked
