"""What a fine-tuning starts from: the model, and the cells to learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtGui import QStandardItemModel
from qtpy.QtWidgets import QComboBox, QVBoxLayout, QWidget

from napari_disentangle.crops.cut import ImageCrops
from napari_disentangle.widgets._dock import rows
from napari_disentangle.widgets._encode_all import why_not_alike
from napari_disentangle.widgets._finetune.images import (
    NO_IMAGES,
    ImagesNote,
    OpenImages,
    open_images,
)
from napari_disentangle.widgets._folder import FolderEdit
from napari_disentangle.widgets._models import ModelCombo
from napari_disentangle.widgets._reading import with_saved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._layers import Source
    from napari_disentangle.widgets._session import Session

CROPS, IMAGES, FOLDER = "crops", "images", "folder"

_DATA_TIP = (
    "What to learn from: the present crops; those and the cells of every other open "
    "image that has a layer of cells like them, cut alike (the others are named below "
    "and in the record of the model); or a folder of images for each class (classes "
    "are optional). Excluded cells are left out"
)


class InputsPanel(QWidget):
    """Choose the model to start from and the cells.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose open images these are.
    session : Session
        Its crops are the present ones.

    Attributes
    ----------
    changed : Signal
        Emitted when other cells are chosen.
    """

    changed = Signal()

    def __init__(self, viewer: Any, session: Session) -> None:
        super().__init__()
        self._viewer, self._session = viewer, session
        self.model_combo = ModelCombo(
            session, "The model to start from; it stays as it is"
        )
        self.data_combo = QComboBox()
        self.data_combo.setToolTip(_DATA_TIP)
        self.data_combo.addItem("the present crops", CROPS)
        self.data_combo.addItem("all open images", IMAGES)
        self.data_combo.addItem("a folder of images", FOLDER)
        self.data_folder = FolderEdit("Folder of images: one folder a class, or boxes")
        self.data_combo.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.data_folder.changed.connect(lambda _: self.changed.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(
            rows(("Start &from", self.model_combo), ("&Cells", self.data_combo))
        )
        layout.addWidget(self.data_folder)
        self.images_note = ImagesNote(viewer, session, self.images)
        layout.addWidget(self.images_note)

    def data(self) -> str:
        """Return which cells are chosen: `CROPS`, `IMAGES` or `FOLDER`."""
        return str(self.data_combo.currentData())

    def set_folder(self, folder: Path) -> None:
        """Choose a folder of images."""
        self.data_combo.setCurrentIndex(self.data_combo.findData(FOLDER))
        self.data_folder.set_path(folder)

    def crops(self) -> Crops | None:
        """Return the crops to learn from, None of a folder."""
        return None if self.data() == FOLDER else self._session.crops

    def images(self) -> OpenImages:
        """Return the open images that are cut and taken, too, and those that are not.

        None of both unless all open images are chosen.
        """
        source, crops = self._session.source, self._session.crops
        if self.data() != IMAGES or source is None or not isinstance(crops, ImageCrops):
            return NO_IMAGES
        return open_images(self._viewer, source, crops)

    def annotations(self, others: Sequence[Source]) -> Annotations:
        """Return the classes and exclusions of the shown image and of `others`."""
        return with_saved(self._session, others)

    def why_none(self) -> str:
        """Return why there is nothing to learn from, empty if there is something."""
        crops, data = self._session.crops, self.data()
        if data == FOLDER:
            chosen = self.data_folder.path() is not None
            return "" if chosen else "choose a folder of images first"
        if crops is None:
            return "cut crops in the Crops dock first"
        return why_not_alike(crops) if data == IMAGES else ""

    def refresh(self) -> None:
        """Show what can be chosen now; what cannot says why."""
        crops = self._session.crops
        self._allow_images("" if crops is None else why_not_alike(crops))
        self.data_folder.setVisible(self.data() == FOLDER)
        self.images_note.show_soon(self.data() == IMAGES and not self.why_none())

    def stop(self) -> None:
        """Stop following session and layers."""
        self.model_combo.stop()
        self.images_note.stop()

    def _allow_images(self, reason: str) -> None:
        """Enable the choice of all open images, or say in its tooltip why it is not."""
        row = self.data_combo.findData(IMAGES)
        model = self.data_combo.model()
        item = model.item(row) if isinstance(model, QStandardItemModel) else None
        if item is not None:
            item.setEnabled(not reason)
        tip = f"Not now: {reason}." if reason else ""
        self.data_combo.setItemData(row, tip, Qt.ItemDataRole.ToolTipRole)
        shown = f"{_DATA_TIP}.\n\nAll open images: not now: {reason}." if reason else ""
        self.data_combo.setToolTip(shown or _DATA_TIP)
