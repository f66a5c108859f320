"""Columns of the table about images: a new one, another name, one less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.utils.notifications import show_info
from qtpy.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from napari_disentangle.annotations.image_info import CONDITION
from napari_disentangle.widgets._dock import action, allow

if TYPE_CHECKING:
    from napari_disentangle.widgets._image_info.keeper import InfoKeeper
    from napari_disentangle.widgets._image_info.view import InfoView

_NO_FIELD = "click a field of the column first"
_NO_NAME = "type a name first"


class ColumnEdits(QWidget):
    """A name, for a new column or for that of the current field.

    All that changes columns raises a `DataError` if the name is empty or taken, and a
    `StorageError` if it cannot be written.
    """

    def __init__(self, keeper: InfoKeeper, view: InfoView) -> None:
        super().__init__()
        self._keeper = keeper
        self._view = view
        self.name_edit = QLineEdit()
        self.name_edit.setPlaceholderText("another column")
        self.name_edit.setAccessibleName("Name of a column")
        self.name_edit.setToolTip("Name of a column, such as patient or dose")
        self.add_button = action("&Add", "Add a column of this name", self.add)
        self.rename_button = action(
            "Re&name", "Give this name to the column of the current field", self.rename
        )
        self.remove_button = action(
            "Re&move",
            "Take away the column of the current field, with all that it says",
            self.remove,
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.name_edit, 1)
        for button in (self.add_button, self.rename_button, self.remove_button):
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            line.addWidget(button)
        self.name_edit.textChanged.connect(self.refresh)
        self.name_edit.returnPressed.connect(self.add_button.click)
        chosen = view.selectionModel()
        if chosen is not None:
            chosen.currentChanged.connect(self.refresh)
        view.table.modelReset.connect(self.refresh)
        self.refresh()

    def add(self) -> None:
        """Add a column with the name that was typed."""
        self._keeper.add_column(self.name_edit.text())
        self.name_edit.clear()

    def rename(self) -> None:
        """Give the column of the current field the name that was typed."""
        self._keeper.rename_column(self._column(), self.name_edit.text())
        self.name_edit.clear()

    def remove(self) -> None:
        """Take the column of the current field away, with all that it says."""
        column = self._column()
        kept = self._keeper.remove_column(column)
        if kept:
            show_info(
                f"{kept} images that are not open here keep what they have in "
                f"{column!r}; open them to remove it there, too."
            )

    def refresh(self) -> None:
        """Enable what can be done now and say why the rest cannot."""
        unnamed = "" if self.name_edit.text().strip() else _NO_NAME
        column = self._column()
        none = "" if column else _NO_FIELD
        fixed = f"{CONDITION} is what is studied and keeps its name"
        allow(self.add_button, unnamed)
        allow(self.rename_button, none or unnamed or fixed * (column == CONDITION))
        allow(self.remove_button, none)

    def _column(self) -> str:
        """Return the column of the current field, empty if there is none."""
        at = self._view.current_field()
        return "" if at is None else self._view.table.column_at(at[1])
