"""Crops of a folder of images instead of an open image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QFileDialog

from napari_disentangle.recipes.montage import iter_open_montage
from napari_disentangle.widgets import _layers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qtpy.QtWidgets import QWidget

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.recipes.folders import OpenedFolder
    from napari_disentangle.recipes.montage import Montage
    from napari_disentangle.widgets._jobs import Jobs
    from napari_disentangle.widgets._session import Session

FOLDER_TIP = (
    "Cut crops from a folder with one image a cell, sorted into folders by class or "
    "not, or from images with boxes (Pascal VOC); they are shown side by side as layers"
)


def open_folder(
    jobs: Jobs, viewer: Any, session: Session, folder: Path, config: CropConfig
) -> None:
    """Cut the crops of `folder`, show them as layers, and give them to the session."""

    def show(found: tuple[OpenedFolder, Montage]) -> Iterator[None]:
        crops, montage = found
        for source in _layers.iter_add_montage(viewer, folder, montage):
            yield
            if source is not None:
                session.set_crops(source, crops)
                _layers.show_montage(viewer, source)

    jobs.run(iter_open_montage(folder, config), "Opening the folder", steps=show)


def ask_folder(parent: QWidget) -> str:
    """Return the folder that the user chooses, empty if none."""
    return QFileDialog.getExistingDirectory(parent, "Open a folder of images")


def folder_text(crops: Any) -> str:
    """Return how many images and classes the crops of a folder are from, else ""."""
    if not hasattr(crops, "folder"):
        return ""
    n_images, n_classes = (
        crops.table[name].nunique() for name in ("roi_id", "annotation")
    )
    n_copies = len(crops.duplicates)
    classes = f", {_count(n_classes, 'class', 'classes')}" if n_classes else ""
    copies = f"; {_count(n_copies, 'copy', 'copies')}" if n_copies else ""
    return f" of {_count(n_images, 'image', 'images')}{classes}{copies}"


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"
