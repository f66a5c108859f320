"""A sentence beside a plot or a choice of factors: which of them tell days apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtWidgets import QLabel

from napari_disentangle.recipes.batch_words import advice, short_warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from napari_disentangle.recipes.batch_effects import FactorBetween


class BatchNote(QLabel):
    """Seen only while a batch effect is warned of; its tooltip says what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.hide()

    def tell(self, effects: Sequence[FactorBetween], columns: Iterable[str]) -> None:
        """Say which of `columns` mostly separate slides, days or the like."""
        shown = list(columns)
        text = short_warning(effects, shown)
        self.setText(text)
        self.setToolTip(advice(effects, shown))
        self.setVisible(bool(text))
