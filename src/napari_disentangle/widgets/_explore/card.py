"""The card of the cell under the pointer: its crop and its named factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QHBoxLayout, QWidget

from napari_disentangle.widgets._crop_picture import CropPicture
from napari_disentangle.widgets._readout import Readout

if TYPE_CHECKING:
    from napari_disentangle.widgets._explore.cells import Cells
    from napari_disentangle.widgets._gallery import ThumbModel

_GAP = 6


class HoverCard(QFrame):
    """Lies over a corner of `parent`, away from the pointer, and takes no clicks.

    Parameters
    ----------
    parent : QWidget
        What is pointed at.
    thumbs : ThumbModel
        Cuts the crops.
    """

    def __init__(self, parent: QWidget, thumbs: ThumbModel) -> None:
        super().__init__(parent)
        self._cells: Cells | None = None
        self.setFrameShape(QFrame.Shape.Box)
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Cell under the pointer")
        self.picture = CropPicture(thumbs)
        self.readout = Readout()
        self.readout.set_tight()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_GAP, _GAP, _GAP, _GAP)
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.readout)
        self.hide()

    def set_cells(self, cells: Cells | None) -> None:
        """Show cells of `cells` from now on."""
        self._cells = cells
        if cells is None:
            self.readout.set_table(None)
        else:
            self.readout.set_table(cells.table, cells.reading)
        self.hide()

    def show_row(self, row: int) -> None:
        """Show the cell of a row, or nothing for -1."""
        if self._cells is None or row < 0:
            self.hide()
            return
        crop_row = int(self._cells.crop_rows[row])
        self.picture.setVisible(crop_row >= 0)
        self.picture.show_row(crop_row)
        self.readout.show_row(self._cells.table.iloc[row])
        self.adjustSize()
        self._step_aside()
        self.show()
        self.raise_()

    def _step_aside(self) -> None:
        """Take the corner that is farthest from the pointer."""
        parent = self.parentWidget()
        if parent is None:
            return
        pointer = parent.mapFromGlobal(self.cursor().pos())
        right, bottom = parent.width() - self.width(), parent.height() - self.height()
        x = right - _GAP if pointer.x() < parent.width() / 2 else _GAP
        y = bottom - _GAP if pointer.y() < parent.height() / 2 else _GAP
        self.move(max(x, 0), max(y, 0))
