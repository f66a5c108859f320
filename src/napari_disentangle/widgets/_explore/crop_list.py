"""A list of crops: some rows of the cells, in order, several of which can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import QAbstractListModel, QModelIndex, QSize, Qt
from qtpy.QtGui import QBrush, QColor
from qtpy.QtWidgets import QAbstractItemView, QListView, QWidget

from napari_disentangle.widgets._explore.places import chosen_places
from napari_disentangle.widgets._explore.points import SELECTED
from napari_disentangle.widgets._gallery import THUMB_PX, ThumbModel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.widgets._explore.cells import Cells


class CropModel(QAbstractListModel):
    """Some rows of the cells, in order, with their thumbnails."""

    def __init__(self, thumbs: ThumbModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._thumbs = thumbs
        self._cells: Cells | None = None
        self._rows = np.zeros(0, np.int64)
        self._crop_rows = np.zeros(0, np.int64)
        self._places: dict[int, int] = {}
        self._selected = np.zeros(0, np.bool_)
        self._values: NDArray[np.float64] = np.zeros(0)
        thumbs.dataChanged.connect(self._on_thumb)
        thumbs.modelReset.connect(lambda: self._tell([Qt.ItemDataRole.DecorationRole]))

    def set_rows(
        self, cells: Cells | None, rows: NDArray[np.int64], values: NDArray[np.float64]
    ) -> None:
        """Show `rows` of `cells`; `values`, (N,), are written beneath."""
        crops = self._crop_rows[:0] if cells is None else cells.crop_rows[rows]
        self._cells, self._values = cells, values
        if np.array_equal(rows, self._rows) and np.array_equal(crops, self._crop_rows):
            self._tell([Qt.ItemDataRole.DisplayRole])
            return
        self.beginResetModel()
        self._rows, self._crop_rows = rows, crops
        self._places = {crop: place for place, crop in enumerate(crops.tolist())}
        self.endResetModel()

    def set_selected(self, selected: NDArray[np.bool_]) -> None:
        """Mark the selected cells, (N,)."""
        self._selected = selected
        self._tell([Qt.ItemDataRole.BackgroundRole])

    def rows(self) -> NDArray[np.int64]:
        """Return the rows of the cells that are shown, in order."""
        return self._rows

    def row_at(self, place: int) -> int:
        """Return the row of the cells that is shown at `place`."""
        return int(self._rows[place])

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return len(self._rows)

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        row = int(self._rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self._values[row]:.3g}"
        if role == Qt.ItemDataRole.BackgroundRole:
            marked = row < len(self._selected) and self._selected[row]
            return QBrush(QColor(SELECTED)) if marked else None
        if role == Qt.ItemDataRole.ToolTipRole and self._cells is not None:
            cell = self._cells.cell_of(row)
            return f"Cell {cell.label}, frame {cell.frame}: go there"
        if role == Qt.ItemDataRole.DecorationRole and self._cells is not None:
            crop = int(self._crop_rows[index.row()])
            known = crop < self._thumbs.rowCount()
            return (
                self._thumbs.data(self._thumbs.index(crop, 0), role) if known else None
            )
        return None

    def _tell(self, roles: list[Qt.ItemDataRole]) -> None:
        if len(self._rows):
            ends = self.index(0, 0), self.index(len(self._rows) - 1, 0)
            self.dataChanged.emit(*ends, roles)

    def _on_thumb(self, first: QModelIndex, last: QModelIndex, *_: Any) -> None:
        for crop in range(first.row(), last.row() + 1):
            place = self._places.get(crop)
            if place is not None:
                at = self.index(place, 0)
                self.dataChanged.emit(at, at, [Qt.ItemDataRole.DecorationRole])


class CropList(QListView):
    """Thumbnails of which several can be selected with Shift and Ctrl."""

    def __init__(self, thumbs: ThumbModel, name: str) -> None:
        super().__init__()
        self.crops = CropModel(thumbs, self)
        self.setModel(self.crops)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}; click a crop to go to its cell")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setIconSize(QSize(THUMB_PX, THUMB_PX))
        self.setGridSize(QSize(THUMB_PX + 6, THUMB_PX + 22))
        self.setMinimumWidth(THUMB_PX + 30)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(THUMB_PX + 30)

    def chosen(self) -> NDArray[np.int64]:
        """Return the rows that the user selected here."""
        return self.crops.rows()[chosen_places(self)]
