"""The images that lie in a folder, at any depth."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from napari_disentangle.crops.layouts import IMAGE_SUFFIXES
from napari_disentangle.errors import DataError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet


def list_files(root: Path, suffixes: AbstractSet[str]) -> list[PurePosixPath]:
    """Return files with one of `suffixes`, relative to `root`, without hidden ones.

    Raises
    ------
    StorageError
        If the folder cannot be listed.
    DataError
        If there is no image among them.
    """
    if not root.is_dir():
        found = "is a file" if root.exists() else "does not exist"
        raise StorageError(f"Folder {root} {found}; give a folder of images.")
    paths = [
        PurePosixPath(*Path(parent, name).relative_to(root).parts)
        for parent, names in _walk(root)
        for name in names
        if Path(name).suffix.lower() in suffixes
    ]
    if not any(path.suffix.lower() in IMAGE_SUFFIXES for path in paths):
        raise DataError(
            f"Folder {root} holds no images (PNG, JPEG, BMP or TIFF); give a folder "
            "with one folder of images a class."
        )
    return paths


def _walk(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder that is not hidden with its files, links followed, once."""

    def refuse(error: OSError) -> None:
        raise StorageError(f"{error.filename} cannot be listed: {error.strerror}.")

    seen = set()
    for parent, folders, names in os.walk(root, onerror=refuse, followlinks=True):
        place = os.path.realpath(parent)
        folders[:] = [] if place in seen else sorted(_visible(folders))
        if place not in seen:
            yield parent, sorted(_visible(names))
        seen.add(place)


def _visible(names: Sequence[str]) -> Iterator[str]:
    return (name for name in names if not name.startswith("."))
