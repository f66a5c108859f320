"""Thumbnails of all crops, cut only when they are seen."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal
from qtpy.QtCore import QAbstractListModel, QModelIndex, QObject, QSize, Qt, QTimer
from qtpy.QtGui import QColor, QPixmap
from qtpy.QtWidgets import QAbstractItemView, QListView

from napari_disentangle.widgets._jobs import Jobs
from napari_disentangle.widgets._pixmap import pixmap_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qtpy.QtWidgets import QWidget

    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task

THUMB_PX = 64
_KEPT = 4000
_SLICE = 16
_WAIT_MS = 30
_BATCH = 1000  # crops that are laid out at once


class ThumbModel(QAbstractListModel):
    """One row a crop; a thumbnail that is asked for is cut by a worker.

    At most 4000 thumbnails, 50 MB, are kept.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = Jobs()
        self._crops: Crops | None = None
        self._labels: list[int] = []
        self._frames: list[int] = []
        self._thumbs: OrderedDict[int, QPixmap] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._empty = QPixmap(THUMB_PX, THUMB_PX)
        self._empty.fill(QColor(128, 128, 128, 60))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._cut_wanted)
        self.destroyed.connect(self.jobs.abandon)
        self.jobs.progressed.connect(self._on_cut)
        self.jobs.finished.connect(self._on_finished)

    def set_crops(self, crops: Crops | None) -> None:
        """Show `crops`, or nothing."""
        self.jobs.cancel()
        self.beginResetModel()
        self._crops = crops
        self._thumbs.clear()
        self._wanted.clear()
        table = None if crops is None else crops.table
        self._labels = [] if table is None else table["index"].tolist()
        self._frames = [] if table is None else table["frame"].tolist()
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return len(self._labels)

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return str(self._labels[row])
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"Cell {self._labels[row]}, frame {self._frames[row]}: go there"
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumb(row)
        return None

    def is_cut(self, row: int) -> bool:
        """Return whether the thumbnail of `row` is ready."""
        return row in self._thumbs

    def is_busy(self) -> bool:
        """Return whether thumbnails that were asked for are still to come."""
        return self.jobs.running or self._timer.isActive()

    def _thumb(self, row: int) -> QPixmap:
        if row in self._thumbs:
            self._thumbs.move_to_end(row)
            return self._thumbs[row]
        self._wanted[row] = None
        if not self._timer.isActive():
            self._timer.start()
        return self._empty

    def _cut_wanted(self) -> None:
        if self._crops is None or not self._wanted or self.jobs.running:
            return
        # The rows asked for last are those on screen now.
        rows = np.array(list(self._wanted)[-4 * _SLICE :])
        self._wanted.clear()
        self.jobs.run(
            iter_thumbs(self._crops, rows), "Thumbnails", lambda _: None, quiet=True
        )

    def _on_cut(self, event: tuple[NDArray[np.int64], NDArray[np.uint8]]) -> None:
        for row, pixels in zip(*event, strict=True):
            self._thumbs[int(row)] = pixmap_of(pixels)
            index = self.index(int(row), 0)
            self.dataChanged.emit(index, index)
        while len(self._thumbs) > _KEPT:
            self._thumbs.popitem(last=False)

    def _on_finished(self, how: str) -> None:
        if how == "done" and self._wanted:
            self._timer.start()


class Gallery(QListView):
    """All crops as thumbnails with their label ids; `clicked_row` tells which."""

    clicked_row = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbs = ThumbModel(self)
        self.setModel(self.thumbs)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)  # many crops hold the window
        self.setBatchSize(_BATCH)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setIconSize(QSize(THUMB_PX, THUMB_PX))
        self.setGridSize(QSize(THUMB_PX + 10, THUMB_PX + 24))
        self.setMinimumHeight(2 * (THUMB_PX + 24) + 8)
        self.setAccessibleName("Gallery of crops")
        self.setToolTip("The crops as the model sees them, with their label ids")
        self.clicked.connect(lambda index: self.clicked_row.emit(index.row()))
        self.activated.connect(lambda index: self.clicked_row.emit(index.row()))

    def select_row(self, row: int) -> None:
        """Mark `row` and scroll to it."""
        index = self.thumbs.index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)


def iter_thumbs(
    crops: Crops, rows: NDArray[np.int64]
) -> Task[tuple[NDArray[np.int64], NDArray[np.uint8]], None]:
    """Cut `rows` a few at a time, yielding rows and pictures (n, px, px, 3)."""
    for first in range(0, len(rows), _SLICE):
        some = rows[first : first + _SLICE]
        pictures = crops.cut(some, THUMB_PX).transpose(0, 2, 3, 1)
        yield some, np.ascontiguousarray((255 * pictures).astype(np.uint8))
