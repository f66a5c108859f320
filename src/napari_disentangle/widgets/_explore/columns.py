"""A box to choose a column, which keeps its choice when the table changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QSizePolicy

from napari_disentangle.widgets._combo import ShortCombo, keep_narrow
from napari_disentangle.widgets._settings import recall, remember

if TYPE_CHECKING:
    from collections.abc import Sequence


class ColumnCombo(ShortCombo):
    """Choose one of the columns on offer.

    Parameters
    ----------
    tooltip : str
        What is chosen here.
    key : str
        Under which the user's last choice is kept between sessions; empty: nowhere.
    """

    def __init__(self, tooltip: str, key: str = "") -> None:
        super().__init__()
        self._key = key
        self.setToolTip(tooltip)
        keep_narrow(self, 6)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if key:
            self.activated.connect(lambda _: remember(key, self.column()))

    def offer(self, choices: Sequence[tuple[str, str]], first: str = "") -> None:
        """Offer (text, column); the last choice stays, else one of before, or `first`.

        Tells nobody.
        """
        kept = recall(self._key, None) if self._key else None
        wanted = self.currentData(), kept, first
        blocked = self.blockSignals(True)
        self.clear()
        for text, column in choices:
            self.addItem(text, column)
        rows = [self.findData(column) for column in wanted if column is not None]
        self.setCurrentIndex(next((row for row in rows if row >= 0), 0))
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
