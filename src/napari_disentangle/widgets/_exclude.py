"""Bad cells excluded with a reason, and included again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from napari_disentangle.annotations.exclusions import (
    REASONS,
    count_reasons,
    exclude,
    include,
    is_excluded,
    mark_excluded,
    reasons_text,
)
from napari_disentangle.errors import DataError
from napari_disentangle.widgets._dock import action, allow, note, rows
from napari_disentangle.words import cells_text

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from napari_disentangle.widgets._book import Book

EXCLUDE_KEY = "X"

_COUNTED = (
    "Excluded cells stay in every table, with the reason and without a prediction; "
    "nothing else counts them."
)


class ExcludePanel(QWidget):
    """Exclude the chosen cells with a reason, or count them again.

    Parameters
    ----------
    book : Book
        Keeps what is excluded; its undo takes it back.
    chosen : callable
        Returns the rows, with their key, of the cells that are meant now.

    Attributes
    ----------
    changed : Signal
        Emitted after cells were excluded or included.
    """

    changed = Signal()

    def __init__(self, book: Book, chosen: Callable[[], pd.DataFrame]) -> None:
        super().__init__()
        self._book = book
        self._chosen = chosen
        self.reason_combo = QComboBox()
        self.reason_combo.setEditable(True)
        self.reason_combo.addItems(REASONS)
        self.reason_combo.setToolTip("Why the cells are bad: choose, or type your own")
        self.exclude_button = action(
            f"Exclude ({EXCLUDE_KEY})",
            f"Leave the chosen cells out of all work and numbers. {_COUNTED}",
            self.exclude,
        )
        self.include_button = action(
            "Include again", "Count the chosen cells again", self.include
        )
        self.told = note()
        buttons = QHBoxLayout()
        buttons.addWidget(self.exclude_button)
        buttons.addWidget(self.include_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows(("Reason", self.reason_combo)))
        layout.addLayout(buttons)
        layout.addWidget(self.told)
        layout.addStretch(1)

    def exclude(self, reason: str = "") -> None:
        """Exclude the chosen cells; without a `reason` for that shown in the box.

        Raises
        ------
        DataError
            If no cells are chosen or there is no reason.
        StorageError
            If it cannot be saved; the cells stay as they were.
        """
        cells = self._require_cells()
        reason = reason or self.reason_combo.currentText()
        value = exclude(self._book.value, cells, reason)
        self._book.apply(
            value, f"{cells_text(len(cells))} excluded as {reason.strip()}"
        )
        self.changed.emit()

    def include(self) -> None:
        """Count the chosen cells again.

        Raises
        ------
        DataError
            If no cells are chosen.
        StorageError
            If it cannot be saved; the cells stay as they were.
        """
        cells = self._require_cells()
        value = include(self._book.value, cells)
        self._book.apply(value, f"{cells_text(len(cells))} included again")
        self.changed.emit()

    def refresh(self) -> None:
        """Say what can be done with the chosen cells."""
        cells = self._chosen()
        nobody = "" if len(cells) else "choose cells first"
        out = is_excluded(self._book.value, cells)
        allow(self.exclude_button, nobody)
        none = "" if out.any() else "none of the chosen cells is excluded"
        allow(self.include_button, nobody or none)

    def tell(self, cells: pd.DataFrame | None) -> None:
        """Say how many of all `cells` are excluded, and why."""
        if cells is None:
            self.told.setText("")
            return
        counts = count_reasons(mark_excluded(cells, self._book.value))
        why = f" ({reasons_text(counts)})" if counts else ""
        n = sum(counts.values())
        self.told.setText(f"{n} of {cells_text(len(cells))} excluded{why}.")

    def _require_cells(self) -> pd.DataFrame:
        cells = self._chosen()
        if cells.empty:
            raise DataError(
                "No cells are chosen; click one in the image, choose crops in the "
                "gallery, or cells in Explore."
            )
        return cells
