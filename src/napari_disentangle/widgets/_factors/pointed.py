"""The cell under the pointer: its crop and its named factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.tables import in_image, shown_ids
from napari_disentangle.widgets._crop_picture import CropPicture
from napari_disentangle.widgets._gallery import ThumbModel
from napari_disentangle.widgets._readout import Readout

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._columns import Reading
    from napari_disentangle.widgets._selection import Cell


class PointedCell(QWidget):
    """The crop of a cell beside its factors, each against all cells."""

    def __init__(self) -> None:
        super().__init__()
        self._crops: Crops | None = None
        self._roi_id = ""
        self.thumbs = ThumbModel(self)
        self.picture = CropPicture(self.thumbs)
        self.picture.setToolTip("The crop of the cell, as the model sees it")
        self.readout = Readout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.readout, 1)
        self.set_crops(None, "")

    def set_crops(self, crops: Crops | None, roi_id: str) -> None:
        """Show cells of image `roi_id` from `crops` from now on."""
        self._crops, self._roi_id = crops, roi_id
        self.thumbs.set_crops(crops)
        self.picture.setVisible(crops is not None)
        self.show_cell(None)

    def set_table(self, table: pd.DataFrame | None, reading: Reading) -> None:
        """Show factors of `table` from now on."""
        self.picture.show_row(-1)
        self.readout.set_table(table, reading)

    def show_cell(self, cell: Cell | None) -> None:
        """Show one cell, or a hint."""
        self.picture.show_row(-1 if cell is None else self._crop_row(cell))
        self.readout.show_cell(cell)

    def stop(self) -> None:
        """Stop cutting crops."""
        self.thumbs.jobs.abandon()

    def _crop_row(self, cell: Cell) -> int:
        if self._crops is None:
            return -1
        table = self._crops.table
        same = (shown_ids(table) == cell.label) & (table["frame"] == cell.frame)
        rows = np.flatnonzero(same & in_image(table, self._roi_id))
        return int(rows[0]) if len(rows) else -1
