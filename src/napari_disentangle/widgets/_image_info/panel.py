"""A table to fill in what is known of the images: slide, well, condition, day, ..."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from napari.utils.notifications import show_info
from qtpy.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.storage.image_info import read_info_table
from napari_disentangle.widgets._dock import action, allow, note
from napari_disentangle.widgets._image_info.columns import ColumnEdits
from napari_disentangle.widgets._image_info.edits import FieldEdits
from napari_disentangle.widgets._image_info.keeper import keeper_of
from napari_disentangle.widgets._image_info.model import InfoTable
from napari_disentangle.widgets._image_info.view import InfoView
from napari_disentangle.widgets._layers.identity import file_key, open_files
from napari_disentangle.widgets._layers.layer_list import follow_layers
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    from qtpy.QtCore import QModelIndex

    from napari_disentangle.widgets._session import Session

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
        self.view = InfoView(self.table)
        self.edits = FieldEdits(self._keeper, self.view)
        self.view.let(self.edits)
        self.table.edited.connect(self._on_edited)
        self.columns = ColumnEdits(self._keeper, self.view)
        self.undo_button = action("&Undo", "Take the last change back", self.edits.undo)
        self.redo_button = action("Re&do", "Do it again", self.edits.redo)
        self.read_button = action(
            "Read &CSV ...",
            "Fill the table from a CSV file: one column with the names of the images, "
            "and any others",
            self._ask_csv,
        )
        self.told = note()
        self._lay_out()
        self.refresh_soon = Soon(self.refresh, self)
        self._unfollow = follow_layers(viewer, self._on_layers)
        session.events.images.connect(self._on_images)
        session.events.crops.connect(self._on_images)
        session.events.image_info.connect(self._on_images)
        self.refresh_soon()

    # What a script may call ----------------------------------------------------------

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

    def refresh(self) -> None:
        """List the images there are now: open files first, then those with cells."""
        files = {(path.name, file_key(path)): path for path in open_files(self._viewer)}
        self._keeper.open(files)
        images = list(dict.fromkeys([*files, *self._keeper.images()]))
        self.view.show_table(images, self._session.image_info)
        self.told.setText(_HELP if images else _NONE)
        self._allow()

    def stop(self) -> None:
        """Stop following viewer and session."""
        self.refresh_soon.stop()
        self._unfollow()
        events = self._session.events
        for signal in (events.images, events.crops, events.image_info):
            signal.disconnect(self._on_images)

    # Building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self.undo_button, self.redo_button, self.read_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.view)
        layout.addWidget(self.columns)
        layout.addLayout(buttons)
        layout.addWidget(self.told)

    def _allow(self) -> None:
        none = "" if self.table.rowCount() else "no image is listed yet"
        allow(self.read_button, none)
        undoable, redoable = self._keeper.undoable, self._keeper.redoable
        allow(self.undo_button, "" if undoable else "nothing was changed yet")
        allow(self.redo_button, "" if redoable else "nothing was taken back")
        if undoable:
            self.undo_button.setToolTip(f"Take back: {undoable} (Ctrl+Z)")
        if redoable:
            self.redo_button.setToolTip(f"Do again: {redoable} (Ctrl+Shift+Z)")
        self.columns.refresh()

    # Events --------------------------------------------------------------------------

    def _on_layers(self) -> None:
        self.refresh_soon()

    def _on_images(self) -> None:
        self.refresh_soon()

    def _on_edited(self, index: QModelIndex, text: str) -> None:
        """Write the text into the field, and into those selected with it."""
        own = index.row(), index.column()
        fields = [at for at in self.view.fields() if at[1] == index.column()]
        guard(self.edits.fill, fields if own in fields else [own], text)

    def _ask_csv(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "What is known of the images", "", "Tables (*.csv *.txt *.tsv)"
        )
        if path:
            self.read_csv(Path(path))
