"""Which column colors tell, in which colormap, and between which percentiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.utils.colormaps import AVAILABLE_COLORMAPS
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QVBoxLayout, QWidget
from superqt import QLabeledRangeSlider

from napari_disentangle.errors import DataError
from napari_disentangle.tables import included
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._columns import NO_COLOR, color_columns
from napari_disentangle.widgets._combo import narrow_combo
from napari_disentangle.widgets._dock import allow, rows
from napari_disentangle.widgets._settings import (
    preference,
    recall,
    recall_pair,
    remember,
)

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.widgets._columns import Reading
    from napari_disentangle.widgets._layers import Coloring

_COLORMAPS = ("viridis", "magma", "plasma", "turbo", "PiYG", "gray")
_CLASSES = (("Class, annotated", "annotation"), ("Class, predicted", "prediction"))


class ColorChoice(QWidget):
    """Choose what colors tell and how; colormap and percentiles are remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.column_combo = narrow_combo("What the color of a cell tells", 10)
        self.colormap_combo = narrow_combo("Colors from low to high", 10)
        names = [name for name in _COLORMAPS if name in AVAILABLE_COLORMAPS]
        self.colormap_combo.addItems(names)
        self.colormap_combo.setCurrentText(
            recall("colormap", preference("colormap", "viridis"))
        )
        self.percentiles = QLabeledRangeSlider(Qt.Orientation.Horizontal)
        self.percentiles.setRange(0, 100)
        self.percentiles.setValue(recall_pair("percentiles", (1, 99)))
        self.percentiles.setToolTip(
            "The lowest and the highest color, in percentiles of all cells"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(
            rows(
                ("Color &by", self.column_combo),
                ("Color&map", self.colormap_combo),
                ("&Percentiles", self.percentiles),
            )
        )

    def row_of(self, column: str, reading: Reading) -> int:
        """Return the row of a column among those on offer.

        Raises
        ------
        DataError
            If the cells are not encoded, or the column says nothing or is not there.
        """
        row = self.column_combo.findData(column)
        if row < 0 and reading.says_nothing(column):
            raise DataError(NO_COLOR)
        if row < 0:
            known = [self.column_combo.itemData(i) for i in range(5)]
            raise DataError(
                f"There is no column {column!r} to color by; encode the cells, or take "
                f"one of {', '.join(map(str, known))}."
            )
        return int(row)

    def offer(self, table: pd.DataFrame | None, reading: Reading) -> None:
        """Offer the columns of `table` that colors can tell; the choice stays."""
        before = self.column_combo.currentData()
        blocked = self.column_combo.blockSignals(True)
        self.column_combo.clear()
        for text, column in [] if table is None else _offered(table, reading):
            self.column_combo.addItem(text, column)
        self.column_combo.setCurrentIndex(max(0, self.column_combo.findData(before)))
        self.column_combo.blockSignals(blocked)

    def coloring_of(self, table: pd.DataFrame, column: str) -> Coloring:
        """Return what colors mean: limits come from all cells that count."""
        name, ends = self.colormap_combo.currentText(), self.percentiles.value()
        remember("colormap", name)
        remember("percentiles", ends)
        values = table.loc[included(table), column].to_numpy(float)
        low, high = _layers.limits_of(values, *ends)
        return _layers.Coloring(column, name, low, high)

    def refresh(self, no_table: str, by_class: bool) -> None:
        """Enable what can be done now and say why the rest cannot."""
        fixed = "Annotate chooses the colors of classes" if by_class else ""
        allow(self.column_combo, no_table)
        for widget in (self.colormap_combo, self.percentiles):
            allow(widget, no_table or fixed)


def is_class(column: str) -> bool:
    """Return whether a column holds the names of classes."""
    return column in [name for _, name in _CLASSES]


def _offered(table: pd.DataFrame, reading: Reading) -> list[tuple[str, str]]:
    """Return the columns that colors can tell, as (text, column)."""
    classes = [
        (text, column)
        for text, column in _CLASSES
        if column in table and table[column].notna().any()
    ]
    return [*color_columns(table, reading), *classes]
