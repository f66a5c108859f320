"""A gallery to choose several crops from, each framed in the color of its class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal
from qtpy.QtCore import QItemSelectionModel, QModelIndex
from qtpy.QtGui import QColor, QPainter, QPen
from qtpy.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.crops.subset import Subset
from napari_disentangle.widgets._gallery import THUMB_PX, Gallery

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.tables import Crops

_FRAME_PX = 4


class PickGallery(QWidget):
    """Some of the crops as thumbnails; several can be chosen.

    Attributes
    ----------
    picked : Signal
        Emitted when the user chooses others; `picks` tells which.
    """

    picked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops: Crops | None = None
        self._rows = np.zeros(0, np.int64)
        self._quiet = False
        self.gallery = Gallery()
        self.gallery.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.gallery.setToolTip(
            "Choose one crop, several with Ctrl or a range with Shift, then press the "
            "key of a class"
        )
        self._frames = _Frames(self.gallery)
        self.gallery.setItemDelegate(self._frames)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.gallery)
        model = self.gallery.selectionModel()
        if model is not None:
            model.selectionChanged.connect(lambda *_: self._on_selection())

    def show_rows(self, crops: Crops | None, rows: NDArray[np.int64]) -> None:
        """Show `rows` of `crops`, in this order."""
        self._crops, self._rows = crops, rows
        self._quiet = True
        self.gallery.thumbs.set_crops(None if crops is None else Subset(crops, rows))
        self._quiet = False

    def rows(self) -> NDArray[np.int64]:
        """Return the rows of the crops that are shown, in order."""
        return self._rows

    def set_colors(self, colors: list[str]) -> None:
        """Frame the crop of each row of all crops, (N,), in its color; empty: none."""
        self._frames.colors = [colors[row] for row in self._rows if row < len(colors)]
        viewport = self.gallery.viewport()
        if viewport is not None:
            viewport.update()

    def picks(self) -> NDArray[np.int64]:
        """Return the rows of the crops that are chosen."""
        chosen = sorted(index.row() for index in self.gallery.selectedIndexes())
        return self._rows[chosen]

    def pick(self, rows: NDArray[np.int64]) -> None:
        """Choose `rows` of the crops, those that are shown."""
        self._select(np.flatnonzero(np.isin(self._rows, rows)))
        self.picked.emit()

    def mark(self, row: int) -> None:
        """Show a row of the crops as chosen, without telling."""
        self._select(np.flatnonzero(self._rows == row))

    def pick_next(self) -> int:
        """Choose the crop after the last chosen one; return its row, -1 at the end."""
        chosen = [index.row() for index in self.gallery.selectedIndexes()]
        following = max(chosen, default=-1) + 1
        if not chosen or following >= len(self._rows):
            return -1
        self._select(np.array([following]))
        self.picked.emit()
        return int(self._rows[following])

    def stop(self) -> None:
        """Stop cutting thumbnails."""
        self.gallery.thumbs.jobs.abandon()

    def _select(self, places: NDArray[np.int64]) -> None:
        model, thumbs = self.gallery.selectionModel(), self.gallery.thumbs
        if model is None:
            return
        self._quiet = True
        model.clearSelection()
        for place in places.tolist():
            model.select(
                thumbs.index(place, 0), QItemSelectionModel.SelectionFlag.Select
            )
        if places.size:
            at = thumbs.index(int(places[0]), 0)
            model.setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.gallery.scrollTo(at)
        self._quiet = False

    def _on_selection(self) -> None:
        if not self._quiet:
            self.picked.emit()


class _Frames(QStyledItemDelegate):
    """Paints a frame around each thumbnail, in the color of its class."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self.colors: list[str] = []

    def paint(
        self,
        painter: QPainter | None,
        option: QStyleOptionViewItem,
        index: QModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        color = self.colors[index.row()] if index.row() < len(self.colors) else ""
        if painter is None or not color:
            return
        area = option.rect
        left = area.left() + (area.width() - THUMB_PX) // 2
        pen = QPen(QColor(color))
        pen.setWidth(_FRAME_PX)
        painter.save()
        painter.setPen(pen)
        half = _FRAME_PX // 2
        painter.drawRect(
            left + half,
            area.top() + half + 2,
            THUMB_PX - _FRAME_PX,
            THUMB_PX - _FRAME_PX,
        )
        painter.restore()
