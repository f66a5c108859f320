"""Traversals in the format that the name of the file asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.errors import DataError
from napari_disentangle.export.traversal_tiff import write_traversal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from napari_disentangle.export.traversal_tiff import TraversalInfo

    Stack = tuple[NDArray[np.float32], TraversalInfo]

SUFFIXES = (".tif", ".tiff", ".ome.zarr", ".zarr", ".gif", ".mp4", ".png")
"""Endings of the files that can be written."""


def check_traversal_path(path: Path) -> str:
    """Return the ending of a traversal's file; ask before pictures are drawn.

    Raises
    ------
    DataError
        If it is not one of `SUFFIXES`.
    """
    name = path.name.lower()
    found = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
    if found is None:
        raise DataError(
            f"A traversal is written as {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}; "
            f"{path.name} is none of them."
        )
    return found


def holds_one_kind(path: Path) -> bool:
    """Return whether a file of that ending holds one kind of pictures, the first."""
    return check_traversal_path(path) in (".tif", ".tiff", ".ome.zarr", ".zarr")


def write_traversal_file(path: Path, stacks: Sequence[Stack]) -> None:
    """Write a traversal in the format of its ending.

    Parameters
    ----------
    path : Path
        TIFF (ImageJ hyperstack) and OME-Zarr hold the first kind of pictures, at full
        size; GIF, MP4 and PNG (a montage) show all kinds below each other, each with
        its word.
    stacks : sequence of (array (F, T, H, W, 3) in [0, 1], TraversalInfo)
        One or more kinds of pictures of the same walks.

    Raises
    ------
    DataError
        If the ending is unknown, or pictures and walks do not fit.
    MissingExtraError
        If the format needs a package that is not installed.
    StorageError
        If the file cannot be written.
    """
    suffix = check_traversal_path(path)
    if suffix in (".tif", ".tiff"):
        write_traversal(path, *stacks[0])
    elif suffix in (".ome.zarr", ".zarr"):
        from napari_disentangle.export.traversal_zarr import write_traversal_zarr

        write_traversal_zarr(path, *stacks[0])
    elif suffix == ".png":
        from napari_disentangle.export.figures import write_figure
        from napari_disentangle.export.montage import traversal_montage

        write_figure(path, traversal_montage(stacks))
    else:
        from napari_disentangle.export.traversal_film import write_film

        write_film(path, stacks)
