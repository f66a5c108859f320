"""The crop of one cell as a small picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel

from napari_disentangle.widgets._gallery import THUMB_PX

if TYPE_CHECKING:
    from napari_disentangle.widgets._gallery import ThumbModel


class CropPicture(QLabel):
    """Shows the crop of a row; it is cut by a worker and comes a moment later.

    Parameters
    ----------
    thumbs : ThumbModel
        Cuts the crops.
    """

    def __init__(self, thumbs: ThumbModel) -> None:
        super().__init__()
        self._thumbs = thumbs
        self._row = -1
        self.setFixedSize(THUMB_PX, THUMB_PX)
        self.setAccessibleName("Crop of the cell")
        thumbs.dataChanged.connect(lambda *_: self._paint())

    @property
    def row(self) -> int:
        """Row of the crops that is shown, -1 if none is."""
        return self._row

    def show_row(self, row: int) -> None:
        """Show the crop of a row, or nothing for -1."""
        self._row = row
        if row < 0:
            self.clear()
        self._paint()

    def _paint(self) -> None:
        if 0 <= self._row < self._thumbs.rowCount():
            index = self._thumbs.index(self._row, 0)
            self.setPixmap(self._thumbs.data(index, Qt.ItemDataRole.DecorationRole))
