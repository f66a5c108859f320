"""The table about images as a view: fields by keys, as in a spreadsheet."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from qtpy.QtCore import Qt
from qtpy.QtGui import QAction, QKeySequence  # type: ignore[attr-defined]
from qtpy.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QTableView

from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qtpy.QtWidgets import QWidget

    from napari_disentangle.annotations.image_info import ImageId, ImageInfo
    from napari_disentangle.widgets._image_info.model import InfoTable

_HEIGHT_PX = 130
_NAME_PX = 110
_WIDTH_PX = 62
_ROW_PX = 24
_KEYS = QKeySequence.StandardKey
_EDITED_BY = (
    QAbstractItemView.EditTrigger.DoubleClicked
    | QAbstractItemView.EditTrigger.SelectedClicked
    | QAbstractItemView.EditTrigger.EditKeyPressed
    | QAbstractItemView.EditTrigger.AnyKeyPressed
)


class Edits(Protocol):
    """What the keys do."""

    def copy(self) -> None: ...
    def cut(self) -> None: ...
    def paste(self) -> None: ...
    def clear(self) -> None: ...
    def undo(self) -> None: ...
    def redo(self) -> None: ...


class InfoView(QTableView):
    """Shows the table; keys and the context menu do what a spreadsheet does.

    Tab leaves the table, unless a field is being typed into.
    """

    def __init__(self, table: InfoTable) -> None:
        super().__init__()
        self.table = table
        self.setModel(table)
        self.setMinimumHeight(_HEIGHT_PX)
        self.setAccessibleName("What is known of the images")
        self.setToolTip(
            "What is known of the images, one row each. Type to fill in, F2 to edit; "
            "copy, paste, Delete and undo work as in a spreadsheet"
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(_EDITED_BY)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        side = self.verticalHeader()
        if side is not None:
            side.hide()
            side.setDefaultSectionSize(_ROW_PX)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        table.modelReset.connect(self._set_widths)
        self._set_widths()

    def let(self, do: Edits) -> None:
        """Let keys and context menu do it; what it raises for the user is shown."""
        for text, keys, slot in (
            ("Copy", (_KEYS.Copy,), do.copy),
            ("Cut", (_KEYS.Cut,), do.cut),
            ("Paste", (_KEYS.Paste,), do.paste),
            ("Clear", (_KEYS.Delete, _KEYS.Backspace), do.clear),
            ("Undo", (_KEYS.Undo,), do.undo),
            ("Redo", (_KEYS.Redo,), do.redo),
        ):
            self.addAction(self._action(text, keys, slot))

    def show_table(self, images: Sequence[ImageId], info: ImageInfo) -> None:
        """Show what is known of `images`; the current field stays."""
        at = self.currentIndex()
        row, column = at.row(), at.column()
        self.table.show(images, info)
        if row >= 0 and not self.currentIndex().isValid():
            row = min(row, self.table.rowCount() - 1)
            column = min(column, self.table.columnCount() - 1)
            self.setCurrentIndex(self.table.index(row, column))

    def fields(self) -> list[tuple[int, int]]:
        """Return the chosen fields as (row, column), but not names of images."""
        model = self.selectionModel()
        chosen = [] if model is None else model.selectedIndexes()
        return sorted((i.row(), i.column()) for i in chosen if i.column() > 0)

    def current_field(self) -> tuple[int, int] | None:
        """Return the field the keys act on, None if there is none."""
        at = self.currentIndex()
        return (at.row(), at.column()) if at.isValid() and at.column() > 0 else None

    def closeEditor(
        self, editor: QWidget | None, hint: QAbstractItemDelegate.EndEditHint
    ) -> None:
        """Go to the next image after Enter."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            at = self.currentIndex()
            below = self.table.index(at.row() + 1, at.column())
            if below.isValid():
                self.setCurrentIndex(below)

    def _action(
        self,
        text: str,
        keys: tuple[QKeySequence.StandardKey, ...],
        slot: Callable[[], None],
    ) -> QAction:
        action = QAction(text, self)
        bound = [b for key in keys for b in QKeySequence.keyBindings(key)]
        action.setShortcuts(bound)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(partial(_call, slot))
        return action

    def _set_widths(self) -> None:
        heads = self.horizontalHeader()
        for column in range(self.table.columnCount()):
            least = _WIDTH_PX if column else _NAME_PX
            head = 0 if heads is None else heads.sectionSizeHint(column)
            self.setColumnWidth(column, max(least, head))


def _call(slot: Callable[[], None], _: bool) -> None:
    guard(slot)
