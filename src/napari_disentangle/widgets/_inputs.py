"""Which columns a classifier reads: by kind, or one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from napari_disentangle.metrics.direction import MADE
from napari_disentangle.tables import NAMED_FACTORS, code_columns
from napari_disentangle.widgets._check_boxes import frame_check_boxes
from napari_disentangle.widgets._columns import PLAIN, Reading, color_columns
from napari_disentangle.widgets._dock import rows
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._settings import recall, remember, remember_choice

if TYPE_CHECKING:
    import pandas as pd

_KINDS = (
    ("named", "named factors"),
    ("all", "all factors"),
    ("both", "factors and measurements"),
    ("own", "those ticked below"),
)
_PLACE = "pos_"
_LIST_PX = 130
_KEY, _OWN_KEY = "classify_reads", "classify_columns"


class InputColumns(QWidget):
    """Choose the columns of a table that a classifier reads.

    Attributes
    ----------
    changed : Signal
        Emitted when the user chooses others.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind_combo = QComboBox()
        self.kind_combo.setToolTip("The numbers of a cell that the classifier reads")
        for kind, text in _KINDS:
            self.kind_combo.addItem(text, kind)
        remember_choice(self.kind_combo, _KEY)
        own = recall(_OWN_KEY, [])
        self._own = [str(name) for name in own] if isinstance(own, list) else []
        self.list = QListWidget()
        frame_check_boxes(self.list)
        self.list.setFixedHeight(_LIST_PX)
        self.list.setToolTip("Tick the columns to read; named factors say most")
        self.list.setAccessibleName("Columns to read")
        self.section = Section("Columns one by one", self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows(("&Reads", self.kind_combo)))
        layout.addWidget(self.section)
        self.kind_combo.currentIndexChanged.connect(lambda _: self._on_kind())
        self.list.itemChanged.connect(self._on_item)

    def set_table(self, table: pd.DataFrame | None, reading: Reading = PLAIN) -> None:
        """Offer the numeric columns of `table`; what was chosen stays."""
        offered = [] if table is None else color_columns(table, reading)
        # other cells or a classifier decide on MADE: no other image has the same
        offered = [pair for pair in offered if not pair[1].startswith(MADE)]
        blocked = self.list.blockSignals(True)
        if [column for _, column in offered] == self._offered():
            for item, (text, _) in zip(self._items(), offered, strict=True):
                item.setText(text)
            self.list.blockSignals(blocked)
            return
        self.list.clear()
        for text, column in offered:
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, column)
            item.setCheckState(_state(column in self._own))
            self.list.addItem(item)
        self.list.blockSignals(blocked)
        if self.kind_combo.currentData() != "own":
            self._tick()

    def columns(self) -> list[str]:
        """Return the columns that are ticked."""
        return [
            str(item.data(Qt.ItemDataRole.UserRole))
            for item in self._items()
            if item.checkState() == Qt.CheckState.Checked
        ]

    def choose(self, columns: list[str]) -> None:
        """Tick exactly `columns`."""
        self.kind_combo.setCurrentIndex(self.kind_combo.findData("own"))
        self._set(columns)
        self._keep_own()
        self.changed.emit()

    def _items(self) -> list[QListWidgetItem]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [item for item in items if item is not None]

    def _offered(self) -> list[str]:
        return [str(item.data(Qt.ItemDataRole.UserRole)) for item in self._items()]

    def _tick(self) -> None:
        """Tick what the kind stands for."""
        kind, offered = self.kind_combo.currentData(), self._offered()
        named = code_columns(NAMED_FACTORS)
        self._set(
            [
                column
                for column in offered
                if column in named
                or (kind != "named" and column.startswith("z_"))
                or (kind == "both" and not column.startswith(_PLACE))
            ]
        )

    def _set(self, columns: list[str]) -> None:
        blocked = self.list.blockSignals(True)
        for item in self._items():
            column = item.data(Qt.ItemDataRole.UserRole)
            item.setCheckState(_state(column in columns))
        self.list.blockSignals(blocked)

    def _on_kind(self) -> None:
        if self.kind_combo.currentData() == "own":
            self.section.expand()
            self._keep_own()
            return
        self._tick()
        self.changed.emit()

    def _on_item(self, _: QListWidgetItem) -> None:
        blocked = self.kind_combo.blockSignals(True)
        self.kind_combo.setCurrentIndex(self.kind_combo.findData("own"))
        self.kind_combo.blockSignals(blocked)
        self._keep_own()
        self.changed.emit()

    def _keep_own(self) -> None:
        """Keep the columns ticked one by one, for other cells and other sessions."""
        self._own = self.columns()
        remember(_OWN_KEY, self._own)
        remember(_KEY, "own")


def _state(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
