"""A table to fill in what is known of the images: slide, well, condition, day, ..."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_info
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import (  # type: ignore[attr-defined]
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QShortcut,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.storage.image_info import read_info_table
from napari_disentangle.widgets._dock import action, allow, note
from napari_disentangle.widgets._image_info.keeper import keeper_of
from napari_disentangle.widgets._image_info.model import InfoTable
from napari_disentangle.widgets._layers.identity import file_key, open_files
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from qtpy.QtCore import QModelIndex

    from napari_disentangle.widgets._session import Session

_HEIGHT_PX = 130
_NAME_PX = 110
_WIDTH_PX = 62
_HELP = (
    "Select several fields and type: all get the text. Kept beside the images at once, "
    "and a column of every table. Groups of images are compared in Traversal."
)
_NONE = "Open an image file, or cut crops; then it is listed here."


class ImageInfoPanel(QWidget):
    """The images that are open or encoded, and what the user knows of them.

    Parameters
    ----------
    viewer : napari.Viewer
        Files opened in it are listed.
    session : Session
        Its `image_info` is shown and changed.
    """

    def __init__(self, viewer: Any, session: Session) -> None:
        super().__init__()
        self._viewer = viewer
        self._session = session
        self._keeper = keeper_of(session)
        self.table = InfoTable(self)
        self.view = QTableView()
        self.name_edit = QLineEdit()
        self.add_button = action(
            "&Add column", "Add a column of this name to the table", self.add_column
        )
        self.read_button = action(
            "&Read CSV ...",
            "Fill the table from a CSV file: one column with the names of the images, "
            "and any others",
            self._ask_csv,
        )
        self.told = note()
        self._lay_out()
        self.refresh_soon = Soon(self.refresh, self)
        self._layer_events = (
            viewer.layers.events.inserted,
            viewer.layers.events.removed,
        )
        for event in self._layer_events:
            event.connect(self._on_layers)
        session.events.images.connect(self._on_images)
        session.events.crops.connect(self._on_images)
        session.events.image_info.connect(self._on_images)
        self.refresh_soon()

    # What a script may call ----------------------------------------------------------

    def add_column(self) -> None:
        """Add a column with the name that was typed.

        Raises
        ------
        DataError
            If the name is empty or taken.
        """
        self._keeper.add_column(self.name_edit.text())
        self.name_edit.clear()

    def read_csv(self, path: Path) -> None:
        """Take over what a CSV file says of the images that are listed.

        Raises
        ------
        StorageError, DataError
            If it cannot be read or understood.
        """
        found = read_info_table(path)
        left = self._keeper.merge(found, self.table.images())
        text = f"{len(found) - len(left)} images of {path.name} were filled in."
        if left:
            text += f" Not open here: {', '.join(left[:3])}"
            text += f" and {len(left) - 3} more." if len(left) > 3 else "."
        show_info(text)

    def set_value(self, rows: list[int], column: str, text: str) -> None:
        """Write a text into a column of some rows.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        self._keeper.set([self.table.image_at(row) for row in rows], column, text)

    def refresh(self) -> None:
        """List the images there are now: open files first, then those with cells."""
        files = {(path.name, file_key(path)): path for path in open_files(self._viewer)}
        self._keeper.open(files)
        images = list(dict.fromkeys([*files, *self._keeper.images()]))
        self.table.show(images, self._session.image_info)
        self.told.setText(_HELP if images else _NONE)
        self._allow()

    def stop(self) -> None:
        """Stop following viewer and session."""
        self.refresh_soon.stop()
        for event in self._layer_events:
            event.disconnect(self._on_layers)
        events = self._session.events
        for signal in (events.images, events.crops, events.image_info):
            signal.disconnect(self._on_images)

    # Building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.view.setModel(self.table)
        self.view.setMinimumHeight(_HEIGHT_PX)
        self.view.setAccessibleName("What is known of the images")
        self.view.setToolTip("What is known of the images, one row each")
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        header = self.view.verticalHeader()
        if header is not None:
            header.hide()
        self.view.setTabKeyNavigation(True)
        paste = QShortcut(QKeySequence.StandardKey.Paste, self.view)
        paste.activated.connect(lambda: guard(self.paste))
        self.table.modelReset.connect(self._set_widths)
        self.table.edited.connect(self._on_edited)
        self.name_edit.setPlaceholderText("another column")
        self.name_edit.setAccessibleName("Name of a new column")
        self.name_edit.setToolTip("Name of a new column, such as patient or dose")
        self.name_edit.textChanged.connect(self._allow)
        self.name_edit.returnPressed.connect(self.add_button.click)
        line = QHBoxLayout()
        line.addWidget(self.name_edit, 1)
        line.addWidget(self.add_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        layout.addLayout(line)
        layout.addWidget(self.read_button)
        layout.addWidget(self.told)
        self._set_widths()
        self._allow()

    def _set_widths(self) -> None:
        for column in range(self.table.columnCount()):
            self.view.setColumnWidth(column, _WIDTH_PX if column else _NAME_PX)

    def _allow(self) -> None:
        none = "" if self.table.rowCount() else "no image is listed yet"
        allow(self.read_button, none)
        unnamed = "" if self.name_edit.text().strip() else "type a name first"
        allow(self.add_button, unnamed)

    # Events --------------------------------------------------------------------------

    def _on_layers(self) -> None:
        self.refresh_soon()

    def _on_images(self) -> None:
        self.refresh_soon()

    def _on_edited(self, index: QModelIndex, text: str) -> None:
        """Write the text into the field, and into those selected with it."""
        model = self.view.selectionModel()
        chosen = [] if model is None else model.selectedIndexes()
        rows = {i.row() for i in chosen if i.column() == index.column()}
        several = sorted(rows) if index.row() in rows else [index.row()]
        guard(self.set_value, several, self.table.column_at(index.column()), text)

    def paste(self) -> None:
        """Write a block of a spreadsheet from the clipboard, from the current field on.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        clipboard, at = QApplication.clipboard(), self.view.currentIndex()
        if clipboard is None or not at.isValid() or at.column() == 0:
            return
        info = self._session.image_info
        for row, line in enumerate(clipboard.text().rstrip("\n").split("\n")):
            for column, text in enumerate(line.rstrip("\r").split("\t")):
                y, x = at.row() + row, at.column() + column
                if y < self.table.rowCount() and x < self.table.columnCount():
                    image = self.table.image_at(y)
                    info = info.set([image], self.table.column_at(x), text)
        self._keeper.replace(info)

    def _ask_csv(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "What is known of the images", "", "Tables (*.csv *.txt *.tsv)"
        )
        if path:
            self.read_csv(Path(path))
