"""One row an image, one column a piece of information, as Qt's views ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal
from qtpy.QtCore import QAbstractTableModel, QModelIndex, Qt

from napari_disentangle.annotations.image_info import ImageInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qtpy.QtWidgets import QWidget

    from napari_disentangle.annotations.image_info import ImageId

_TEXT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole)


class InfoTable(QAbstractTableModel):
    """Images and what is known of them; the first column is their name.

    Attributes
    ----------
    edited : Signal
        Emitted with the place of a cell and its new text; nothing changes here until
        `show` is called.
    """

    edited = Signal(QModelIndex, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[ImageId] = []
        self._info = ImageInfo()

    def show(self, images: Sequence[ImageId], info: ImageInfo) -> None:
        """Show `images` and what `info` says of them."""
        same = list(images) == self._images and info.columns == self._info.columns
        if not same:
            self.beginResetModel()
        self._images, self._info = list(images), info
        if not same:
            self.endResetModel()
        elif self._images:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def images(self) -> list[ImageId]:
        """Return the images, from top to bottom."""
        return list(self._images)

    def image_at(self, row: int) -> ImageId:
        """Return the image of a row."""
        return self._images[row]

    def columns(self) -> list[str]:
        """Return the names of all columns but that of the image."""
        return list(self._info.columns)

    def column_at(self, column: int) -> str:
        """Return the name of a column; ``image`` of the first."""
        return "image" if column == 0 else self._info.columns[column - 1]

    # What Qt asks --------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return len(self._images)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 1 + len(self._info.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role in _TEXT:
            return self.column_at(section)
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return found | Qt.ItemFlag.ItemIsEditable if index.column() else found

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        image = self._images[index.row()]
        if role in (*_TEXT, Qt.ItemDataRole.ToolTipRole):
            if index.column() == 0:
                return image[0]
            return self._info.of(image).get(self.column_at(index.column()), "")
        return None

    def setData(self, index: QModelIndex, value: Any, role: int = 2) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() == 0:
            return False
        self.edited.emit(index, str(value))
        return True
