"""The images of a folder, each with its class and its mask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from napari_disentangle.crops.layouts import (
    IMAGE_SUFFIXES,
    OUTLINE_SUFFIX,
    Layout,
    find_layout,
)
from napari_disentangle.crops.list_files import list_files
from napari_disentangle.crops.picture_files import looks_like_mask
from napari_disentangle.errors import DataError, StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.crops.layouts import Entry


def find_entries(root: Path) -> Layout:
    """Return the layout of a folder, each image with its mask.

    Parameters
    ----------
    root : Path
        The folder; images at any depth are taken, hidden files and folders are not.

    Raises
    ------
    StorageError
        If the folder does not exist or cannot be listed.
    """
    paths = list_files(root, IMAGE_SUFFIXES | {OUTLINE_SUFFIX})
    layout = find_layout(paths, root.resolve().name)
    return Layout(layout.name, _pair_with_masks(root, layout.entries))


def _pair_with_masks(root: Path, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Give ``x.bmp`` the mask ``x.png`` beside it, where that looks like a mask."""
    pngs = {
        entry.path.with_suffix(""): entry.path
        for entry in entries
        if entry.path.suffix.lower() == ".png"
    }
    paired = []
    masks = set()
    for entry in entries:
        beside = pngs.get(entry.path.with_suffix(""), entry.path)
        if entry.mask is None and beside != entry.path and _is_mask(root / beside):
            masks.add(beside)
            entry = replace(entry, mask=beside)
        paired.append(entry)
    kept = [entry for entry in paired if entry.path not in masks]
    return tuple(sorted(kept, key=lambda entry: str(entry.path)))


def _is_mask(path: Path) -> bool:
    try:
        return looks_like_mask(path)
    except (DataError, StorageError):
        return False
