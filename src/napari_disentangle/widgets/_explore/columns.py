"""A box to choose a column, which keeps its choice when the table changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QComboBox, QSizePolicy

if TYPE_CHECKING:
    from collections.abc import Sequence


class ColumnCombo(QComboBox):
    """Choose one of the columns on offer.

    Parameters
    ----------
    tooltip : str
        What is chosen here.
    """

    def __init__(self, tooltip: str) -> None:
        super().__init__()
        self.setToolTip(tooltip)
        self.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.setMinimumContentsLength(6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def offer(self, choices: Sequence[tuple[str, str]], first: str = "") -> None:
        """Offer (text, column); `first` is chosen if the last choice is gone.

        Tells nobody.
        """
        before = self.currentData()
        blocked = self.blockSignals(True)
        self.clear()
        for text, column in choices:
            self.addItem(text, column)
        kept = self.findData(before) if before is not None else -1
        self.setCurrentIndex(kept if kept >= 0 else max(0, self.findData(first)))
        self.blockSignals(blocked)

    def column(self) -> str:
        """Return the chosen column, empty if there is none."""
        data = self.currentData()
        return "" if data is None else str(data)

    def choose(self, column: str) -> bool:
        """Choose a column; return whether it is on offer."""
        row = self.findData(column)
        if row >= 0:
            self.setCurrentIndex(row)
        return row >= 0
