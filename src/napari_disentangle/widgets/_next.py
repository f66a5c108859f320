"""Crops to go through: all, those without a class, those of one, those suggested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from psygnal import Signal
from qtpy.QtWidgets import QComboBox, QVBoxLayout, QWidget

from napari_disentangle.annotations.values import Annotations
from napari_disentangle.widgets._dock import rows
from napari_disentangle.widgets._picks import PickGallery

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.tables import Crops

_ALL, _OPEN, _CLASS = "all", "open", "class:"


class NextPanel(QWidget):
    """Choose which crops the gallery shows, and crops in it.

    Attributes
    ----------
    picked : Signal
        Emitted when the user chooses other crops.
    went : Signal
        Emitted with the row of a crop that was clicked.
    """

    picked = Signal()
    went = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops: Crops | None = None
        self._annotations = Annotations()
        self.list_combo = QComboBox()
        self.list_combo.setToolTip("The crops shown below; choose again to renew")
        self.picks = PickGallery()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(rows(("&Show", self.list_combo)))
        layout.addWidget(self.picks, 1)
        self.list_combo.activated.connect(lambda _: self._list())
        self.picks.picked.connect(self.picked.emit)
        self.picks.gallery.clicked_row.connect(
            lambda row: self.went.emit(int(self.picks.rows()[row]))
        )

    def set_crops(self, crops: Crops | None) -> None:
        """Show all of `crops`."""
        self._crops = crops
        self.list_combo.setCurrentIndex(0)
        self._list()

    def set_annotations(self, annotations: Annotations) -> None:
        """Frame the crops by class and offer each class; the crops shown stay."""
        self._annotations = annotations
        before = self.list_combo.currentData()
        self.list_combo.clear()
        self.list_combo.addItem("all cells", _ALL)
        self.list_combo.addItem("cells without a class", _OPEN)
        for known in annotations.classes:
            self.list_combo.addItem(f"class {known.name}", _CLASS + known.name)
        self.list_combo.setCurrentIndex(max(0, self.list_combo.findData(before)))
        self._color()

    def show_list(self, rows: NDArray[np.int64]) -> None:
        """Show `rows` of the crops in this order."""
        self.picks.show_rows(self._crops, rows)
        self._color()

    def stop(self) -> None:
        """Stop cutting thumbnails."""
        self.picks.stop()

    def _list(self) -> None:
        """Show what the box says."""
        if self._crops is None:
            self.picks.show_rows(None, np.zeros(0, np.int64))
            return
        names = self._annotations.names_of(self._crops.table)
        data = self.list_combo.currentData() or _ALL
        wanted = np.ones(len(names), bool)
        if data == _OPEN:
            wanted = np.asarray(pd.isna(names))
        elif data.startswith(_CLASS):
            wanted = names == data.removeprefix(_CLASS)
        self.show_list(np.flatnonzero(wanted))

    def _color(self) -> None:
        if self._crops is None:
            return
        colors = {known.name: known.color for known in self._annotations.classes}
        names = self._annotations.names_of(self._crops.table)
        self.picks.set_colors([colors.get(name, "") for name in names])
