"""Which columns the plot shows: along its axes, and as the color of its points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from psygnal import Signal
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from napari_disentangle.widgets._dock import rows
from napari_disentangle.widgets._explore.columns import ColumnCombo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.widgets._explore.cells import Cells

ONE = "one color"
_COUNT = "count"
_COUNTED = ("(count)", _COUNT)
_ALIKE = ("(one color)", ONE)
_FIRST = ("z_scale", "z_shape")


class AxesChoice(QWidget):
    """Boxes for two axes and a color.

    Attributes
    ----------
    turned : Signal
        Emitted when the user puts another column along an axis, before `changed`.
    changed : Signal
        Emitted when the user chooses another column for anything.
    """

    turned = Signal()
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.x_combo = ColumnCombo("Horizontal axis", "explore_x")
        self.y_combo = ColumnCombo(
            "Vertical axis; count makes a histogram", "explore_y"
        )
        self.color_combo = ColumnCombo(
            "What the color of a point tells", "explore_color"
        )
        axes = QHBoxLayout()
        axes.addLayout(rows(("&X", self.x_combo)), 1)
        axes.addLayout(rows(("&Y", self.y_combo)), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(axes)
        layout.addLayout(rows(("&Color", self.color_combo)))
        for combo in (self.x_combo, self.y_combo):
            combo.currentIndexChanged.connect(lambda _: self.turned.emit())
        for combo in (self.x_combo, self.y_combo, self.color_combo):
            combo.currentIndexChanged.connect(lambda _: self.changed.emit())

    def offer(self, cells: Cells | None) -> None:
        """Offer the columns of `cells`; what was chosen stays where it is there."""
        numbers = [] if cells is None else cells.number_columns()
        classes = [] if cells is None else cells.class_columns()
        count, one = ([], []) if cells is None else ([_COUNTED], [_ALIKE])
        self.x_combo.offer(numbers, _FIRST[0])
        self.y_combo.offer([*numbers, *count], _FIRST[1])
        self.color_combo.offer([*one, *classes, *numbers])

    def choose(self, x: str, y: str = "") -> bool:
        """Choose the axes, no `y` for a histogram; tell nobody.

        Nothing is chosen, and False returned, where a column is not on offer.
        """
        y = y or _COUNT
        both = self.x_combo.findData(x) >= 0 and self.y_combo.findData(y) >= 0
        if both:
            for combo, column in ((self.x_combo, x), (self.y_combo, y)):
                blocked = combo.blockSignals(True)
                combo.choose(column)
                combo.blockSignals(blocked)
        return both

    def chosen(self) -> list[str]:
        """Return the columns that are shown: of the axes, and of the color."""
        combos = self.x_combo, self.y_combo, self.color_combo
        return [column for combo in combos if (column := combo.column())]

    def is_histogram(self) -> bool:
        """Return whether one column is shown."""
        return self.y_combo.column() == _COUNT

    def values(self, cells: Cells) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where each cell is along both axes, (N,); 0 up in a histogram."""
        column = self.x_combo.column()
        if self.is_histogram():
            return cells.counted(column), np.zeros(len(cells))
        return cells.numbers(column), cells.numbers(self.y_combo.column())
