"""The card of the cell under the pointer: its crop and its named factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from napari_disentangle.widgets._gallery import THUMB_PX
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
        self._thumbs = thumbs
        self._crop_row = -1
        self._cells: Cells | None = None
        self.setFrameShape(QFrame.Shape.Box)
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Cell under the pointer")
        self.picture = QLabel()
        self.picture.setFixedSize(THUMB_PX, THUMB_PX)
        self.readout = Readout()
        self.readout.set_tight()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_GAP, _GAP, _GAP, _GAP)
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.readout)
        thumbs.dataChanged.connect(lambda *_: self._paint())
        self.hide()

    def set_cells(self, cells: Cells | None) -> None:
        """Show cells of `cells` from now on."""
        self._cells = cells
        self.readout.set_table(None if cells is None else cells.table)
        self.hide()

    def show_row(self, row: int) -> None:
        """Show the cell of a row, or nothing for -1."""
        if self._cells is None or row < 0:
            self.hide()
            return
        self._crop_row = int(self._cells.crop_rows[row])
        self.picture.setVisible(self._crop_row >= 0)
        self.readout.show_row(self._cells.table.iloc[row])
        self._paint()
        self.adjustSize()
        self._step_aside()
        self.show()
        self.raise_()

    def _paint(self) -> None:
        if 0 <= self._crop_row < self._thumbs.rowCount():
            index = self._thumbs.index(self._crop_row, 0)
            self.picture.setPixmap(
                self._thumbs.data(index, Qt.ItemDataRole.DecorationRole)
            )

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
