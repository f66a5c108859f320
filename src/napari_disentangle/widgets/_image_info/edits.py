"""What keys and buttons do to the fields of the table about images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari.utils.notifications import show_info
from qtpy.QtWidgets import QApplication

from napari_disentangle.annotations.info_blocks import read_block, write_block
from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.widgets._image_info.keeper import InfoKeeper
    from napari_disentangle.widgets._image_info.view import InfoView


class FieldEdits:
    """Copy, paste, clear, undo: what changes is written before it is shown.

    All raise a `StorageError` if it cannot be written.
    """

    def __init__(self, keeper: InfoKeeper, view: InfoView) -> None:
        self._keeper = keeper
        self._view = view
        self._table = view.table

    def fill(self, fields: Sequence[tuple[int, int]], text: str) -> None:
        """Write a text into each of some fields (row, column)."""
        image_at, column_at = self._table.image_at, self._table.column_at
        self._keeper.fill([(image_at(y), column_at(x)) for y, x in fields], text)

    def copy(self) -> None:
        """Copy the rectangle around the chosen fields, for a spreadsheet."""
        fields, clipboard = self._view.fields(), QApplication.clipboard()
        if not fields or clipboard is None:
            return
        rows, columns = zip(*fields, strict=True)
        text = write_block(
            self._keeper.session.image_info,
            self._table.images()[min(rows) : max(rows) + 1],
            self._table.columns()[min(columns) - 1 : max(columns)],
        )
        clipboard.setText(text)

    def cut(self) -> None:
        """Copy the chosen fields, and empty them."""
        self.copy()
        self.clear()

    def clear(self) -> None:
        """Empty the chosen fields."""
        self.fill(self._view.fields(), "")

    def paste(self) -> None:
        """Write a block of a spreadsheet from the clipboard, from the current field on.

        A single text goes into all chosen fields.

        Raises
        ------
        DataError
            If no field is chosen.
        """
        clipboard, fields = QApplication.clipboard(), self._view.fields()
        text = "" if clipboard is None else clipboard.text()
        if not text:
            return
        if not fields:
            raise DataError(
                "Names of images cannot be pasted; click the field right of them where "
                "the block begins, or save the sheet as CSV and use Read CSV."
            )
        block = read_block(text)
        if len(block) == len(block[0]) == 1:
            self.fill(fields, block[0][0])
            return
        row, column = min(y for y, _ in fields), min(x for _, x in fields)
        left = self._keeper.paste(
            block, self._table.images()[row:], self._table.columns()[column - 1 :]
        )
        if left:
            show_info(f"{left} pasted fields lie outside of the table and were left.")

    def undo(self) -> None:
        """Take the last change back, on the disk as well."""
        self._keeper.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self._keeper.redo()
