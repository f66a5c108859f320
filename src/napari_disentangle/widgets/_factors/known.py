"""The sentence before all names: whether the cells look like those known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel

from napari_disentangle.widgets._columns import (
    NO_COLOR,
    counted_familiarity,
    reading_of,
)

if TYPE_CHECKING:
    from napari_disentangle.widgets._session import Session

_TIP = (
    "The model reconstructs each cell, and compares code and input with those of the "
    "images it was trained on, or of the cells it was fine-tuned on; a cell beyond "
    "99 % of them in any of the three lies outside."
)


class KnownNote(QLabel):
    """Says whether the cells look like what the model was trained or fine-tuned on.

    Parameters
    ----------
    session : Session
        Its `familiarity` is told.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setToolTip(_TIP)
        self.refresh()

    def refresh(self) -> None:
        """Tell what is known of the session's cells."""
        known, table = counted_familiarity(self._session), self._session.table
        reading = reading_of(self._session)
        told = [
            known.sentence if known is not None else "",
            NO_COLOR if table is not None and reading.is_gray else "",
        ]
        font = self.font()
        font.setBold(reading.is_doubtful)
        self.setFont(font)
        self.setText(" ".join(part for part in told if part))
        self.setVisible(bool(self.text()))
