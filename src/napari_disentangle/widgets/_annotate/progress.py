"""How many cells have a class, as a bar of shares and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.widgets._classes import ShareBar
from napari_disentangle.widgets._dock import note

if TYPE_CHECKING:
    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.tables import Crops


class ProgressPanel(QWidget):
    """Share of each class among the cells that are shown."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = ShareBar()
        self.told = note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.bar)
        layout.addWidget(self.told)

    def tell(self, value: Annotations, crops: Crops | None) -> None:
        """Show how many of the cells have a class."""
        if crops is None:
            self.told.setText("Cut crops in the Crops dock to give classes.")
            self.bar.show_shares([])
            return
        names = pd.Series(value.names_of(crops.table), dtype=object)
        shares = names.value_counts() / max(len(crops), 1)
        self.bar.show_shares([(c.color, shares.get(c.name, 0)) for c in value.classes])
        n = int(names.notna().sum())
        self.told.setText(f"{n} of {len(crops)} cells have a class.")
