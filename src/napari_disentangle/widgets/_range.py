"""Cells whose value in one column lies in a range, chosen over their histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyqtgraph as pg
from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget
from superqt import QLabeledDoubleRangeSlider

from napari_disentangle.annotations.values import Annotations
from napari_disentangle.tables import included
from napari_disentangle.widgets._columns import PLAIN, Reading, color_columns
from napari_disentangle.widgets._dock import action, allow, note, rows
from napari_disentangle.widgets._meaning import meaning
from napari_disentangle.widgets._plots import Histogram
from napari_disentangle.widgets._settings import remember_box

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLOT_PX = 70
_DECIMALS = 2
_SHADE = (128, 128, 128, 70)
_EDGE = (160, 160, 160)


class RangePanel(QWidget):
    """Choose a column and a range of its values, and what becomes of the cells in it.

    Attributes
    ----------
    annotations : Annotations
        The classes there are; `set_annotations` shows what follows from them, too.
    selected, given : Signal
        Emitted with the rows of the table that lie in the range, when the user wants
        them chosen, or of the current class.
    """

    selected = Signal(object)
    given = Signal(object)

    def __init__(self, viewer: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: pd.DataFrame | None = None
        self._reading = PLAIN
        self.annotations = Annotations()
        self._current = ""
        self.column_combo = QComboBox()
        self.column_combo.setToolTip("The factor or measurement that decides")
        self.column_combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.histogram = Histogram(viewer, _PLOT_PX, "Values of the cells")
        self._shade = pg.LinearRegionItem(movable=False, brush=_SHADE, pen=_EDGE)
        self.slider = QLabeledDoubleRangeSlider(Qt.Orientation.Horizontal)
        self.slider.setDecimals(_DECIMALS)
        self.slider.setToolTip("Lowest and highest value, both included")
        self.slider.setAccessibleName("Range of values")
        self.open_box = QCheckBox("Only cells &without a class")
        self.open_box.setToolTip("Leave alone what was decided by eye")
        self.open_box.setChecked(True)
        remember_box(self.open_box, "range_open")
        self.meaning_note = note()
        self.count_note = note()
        self.select_button = action(
            "&Select", "Choose these cells, in all docks", self.select
        )
        self.give_button = action(
            "Give class", "Give these cells the class chosen above", self.give
        )
        self._lay_out()
        self.column_combo.currentIndexChanged.connect(lambda _: self._on_column())
        self.slider.valueChanged.connect(lambda _: self._on_range())
        self.open_box.toggled.connect(lambda _: self.refresh())
        self.set_table(None)

    def set_table(self, table: pd.DataFrame | None, reading: Reading = PLAIN) -> None:
        """Offer the columns of `table`; column and range stay where they can."""
        self._reading = reading
        before, kept = self.column(), self.slider.value()
        same = before is not None and table is not None and before in table
        values, self._table = self._finite(), table
        blocked = self.column_combo.blockSignals(True)
        self.column_combo.clear()
        for text, column in [] if table is None else color_columns(table, reading):
            self.column_combo.addItem(text, column)
        self.column_combo.setCurrentIndex(max(0, self.column_combo.findData(before)))
        self.column_combo.blockSignals(blocked)
        if same and np.array_equal(self._finite(), values):
            self._tell_meaning()
            self.refresh()
            return
        self._on_column()
        if same:
            self.slider.setValue(kept)

    def set_annotations(self, annotations: Annotations, current: str) -> None:
        """Take the annotations, and the class that is given next."""
        self.annotations, self._current = annotations, current
        self.refresh()

    def set_range(self, column: str, low: float, high: float) -> None:
        """Choose a column and a range of its values."""
        self.column_combo.setCurrentIndex(self.column_combo.findData(column))
        self.slider.setValue((low, high))

    def column(self) -> str | None:
        """Return the chosen column."""
        data = self.column_combo.currentData()
        return None if data is None else str(data)

    def cells(self) -> pd.DataFrame:
        """Return the rows of the table that lie in the range and are not excluded."""
        column, table = self.column(), self._table
        if table is None or column is None:
            return pd.DataFrame(columns=["roi_id", "frame", "label"])
        values = table[column].to_numpy(float, na_value=np.nan)
        low, high = self.slider.value()
        half = 0.5 * 10.0 ** -self.slider.decimals()
        inside = (values >= low - half) & (values <= high + half)
        if self.open_box.isChecked():
            inside &= pd.isna(self.annotations.names_of(table))
        found: pd.DataFrame = table[inside & included(table)]
        return found

    def select(self) -> None:
        """Emit `selected` with the cells in the range."""
        self.selected.emit(self.cells())

    def give(self) -> None:
        """Emit `given` with the cells in the range."""
        self.given.emit(self.cells())

    def refresh(self) -> None:
        """Count the cells anew and say what can be done with them."""
        n = len(self.cells())
        no_table = "" if self._table is not None else "encode the cells first"
        nobody = "" if n else "no cells lie in the range"
        no_class = "" if self._current else "add a class first"
        self.count_note.setText("" if no_table else f"{n} cells in the range")
        count = f"{n} " if n else ""
        self.give_button.setText(f"&Give {count}{self._current or 'a class'}")
        allow(self.select_button, no_table or nobody)
        allow(self.give_button, no_table or no_class or nobody)
        allow(self.open_box, no_table)
        for widget in (self.column_combo, self.slider):
            allow(widget, no_table)

    def stop(self) -> None:
        """Stop following napari's theme."""
        self.histogram.stop()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.select_button)
        buttons.addWidget(self.give_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows(("&Factor", self.column_combo)))
        over = self.histogram, self.slider, self.meaning_note
        for widget in (*over, self.open_box, self.count_note):
            layout.addWidget(widget)
        layout.addLayout(buttons)

    def _on_column(self) -> None:
        finite = self._finite()
        self.histogram.show_values(finite, "")
        self._tell_meaning()
        low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
        if low == high:
            high = low + 1.0
        blocked = self.slider.blockSignals(True)
        self.slider.setDecimals(int(np.clip(2 - np.log10(high - low), 0, 4)))
        self.slider.setMinimum(float(low))  # type: ignore[arg-type]
        self.slider.setMaximum(float(high))  # type: ignore[arg-type]
        self.slider.setValue((float(low + 0.75 * (high - low)), float(high)))
        self.slider.blockSignals(blocked)
        if finite.size:
            self.histogram.addItem(self._shade)
        self._on_range()

    def _tell_meaning(self) -> None:
        """Say which way the column points, and in which unit it is."""
        column, table = self.column(), self._table
        if table is None or column is None:
            self.meaning_note.setText("")
        else:
            self.meaning_note.setText(meaning(table, column, self._reading))

    def _finite(self) -> NDArray[np.float64]:
        column = self.column()
        if self._table is None or column is None:
            return np.zeros(0)
        values = self._table[column].to_numpy(float, na_value=np.nan)
        values = values[included(self._table)]
        return np.asarray(values[np.isfinite(values)])

    def _on_range(self) -> None:
        self._shade.setRegion(self.slider.value())
        self.refresh()
