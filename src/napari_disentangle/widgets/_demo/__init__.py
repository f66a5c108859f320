"""The main job once in a real window, driven through the docks as a user would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_disentangle.storage.atomic import ensure_folder

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """What the demo shall do.

    Attributes
    ----------
    out : Path
        Folder for the results.
    image, labels : Path or None
        Files to open; without an image the package's sample, without labels the cells
        are segmented.
    model : str
        Name of a bundled model, or a model folder.
    seed : int
        Seed of everything random.
    picture_steps : int
        Steps of learning pictures from the cells, at least 1.
    """

    out: Path
    image: Path | None = None
    labels: Path | None = None
    model: str = "features"
    seed: int = 0
    picture_steps: int = 400


def run_demo(request: DemoRequest) -> list[Path]:
    """Go the whole way from an image to exported factors and return the files.

    Raises
    ------
    StorageError
        If a file cannot be read, or the folder cannot be written.
    DisentangleError
        If a step fails; the message is the one the user would see.
    """
    from napari_disentangle.widgets._demo.files import check_files, write_files
    from napari_disentangle.widgets._demo.window import open_files, open_window
    from napari_disentangle.widgets._settings import kept_apart

    ensure_folder(request.out)
    opened = open_files(request)
    with kept_apart():
        window = open_window()
        try:
            window.show_input(request, *opened)
            window.work(request)
            files = write_files(window, request)
        finally:
            window.viewer.close()
    check_files(request.out)
    return files
