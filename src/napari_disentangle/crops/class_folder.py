"""Folders of images, mostly one folder a class: which images, classes and masks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from napari_disentangle.crops.duplicates import find_duplicates, group_images
from napari_disentangle.crops.entries import find_entries
from napari_disentangle.crops.layouts import Layout
from napari_disentangle.crops.survey import iter_survey
from napari_disentangle.errors import DataError
from napari_disentangle.tables import KEY
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from napari_disentangle.crops.layouts import Entry
    from napari_disentangle.crops.picture_files import Kind


@dataclass(frozen=True, slots=True)
class ClassFolder:
    """A folder with one folder of images a class.

    Attributes
    ----------
    root : Path
        The folder.
    layout : str
        ``class folders``, ``images`` without classes, or the public data set it was
        recognized as.
    files : pandas.DataFrame
        One row a usable image, sorted by `roi_id` (its path relative to the folder):
        `annotation` (its class; empty: none), `mask` (path of its mask, relative;
        empty: none), `group` (equal for images that a split must not part: copies, and
        those cut from one larger image), and what `Survey.found` tells.
    skipped : pandas.DataFrame
        `KEY` and `reason` of the images that are not used.
    duplicates : pandas.DataFrame
        Images with the very pixels of an earlier one: see `find_duplicates`. They are
        used, in one group.
    samples : dict of Kind to array, (C, n)
        Some pixels of all images of a kind, to find limits of brightness.
    """

    root: Path
    layout: str
    files: pd.DataFrame
    skipped: pd.DataFrame
    duplicates: pd.DataFrame
    samples: dict[Kind, NDArray[Any]]

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the names of the classes, sorted."""
        return tuple(sorted(set(self.files["annotation"]) - {""}))

    @property
    def has_masks(self) -> bool:
        """Return whether any image has a mask."""
        return bool((self.files["mask"] != "").any())


def read_class_folder(folder: Path | str) -> ClassFolder:
    """Return what is in a folder of class folders: `iter_read_class_folder` at once."""
    return run(iter_read_class_folder(folder))


def iter_read_class_folder(folder: Path | str) -> Task[Progress, ClassFolder]:
    """Find and open every image of a folder with one folder a class.

    PNG, JPEG, BMP and TIFF images at any depth below their class folder are taken;
    hidden files and folders are not. Folders ``train``, ``val`` and ``test`` at the top
    are put together. Masks are ``x-mask.png`` beside ``x.jpg``, ``x.png`` beside
    ``x.bmp``, or in a folder ``masks``. Public data sets are recognized by
    `find_layout`.

    Parameters
    ----------
    folder : Path or str
        The folder that holds the class folders.

    Raises
    ------
    StorageError
        If the folder does not exist or cannot be listed.
    DataError
        If there are no images, no class folders, or fewer than two classes.
    """
    root = Path(folder)
    layout = find_entries(root)
    named = [entry for entry in layout.entries if not entry.skip]
    left_out = [entry for entry in layout.entries if entry.skip]
    _check_classes(root, {entry.annotation for entry in named}, _table(left_out))
    found = yield from iter_read_entries(root, layout)
    _check_classes(root, set(found.classes), found.skipped)
    return found


def iter_read_image_folder(folder: Path | str) -> Task[Progress, ClassFolder]:
    """Find and open every image of a folder, with classes or without.

    Where no image is in a folder of a class, all have none. Else as
    `iter_read_class_folder`, though one class is enough.

    Parameters
    ----------
    folder : Path or str
        The folder that holds images, or class folders.

    Raises
    ------
    StorageError
        If the folder does not exist or cannot be listed.
    DataError
        If there are no usable images.
    """
    root = Path(folder)
    layout = find_entries(root)
    if layout.name == "class folders" and all(entry.skip for entry in layout.entries):
        plain = (replace(entry, skip="") for entry in layout.entries)
        layout = Layout("images", tuple(plain))
    return (yield from iter_read_entries(root, layout))


def iter_read_entries(root: Path, layout: Layout) -> Task[Progress, ClassFolder]:
    """Open every image of a folder whose classes and masks are known.

    Raises
    ------
    DataError
        If no image can be used.
    """
    used = [entry for entry in layout.entries if not entry.skip]
    left_out = _table([entry for entry in layout.entries if entry.skip])
    survey = yield from iter_survey(
        [root / entry.path for entry in used],
        [None if entry.mask is None else root / entry.mask for entry in used],
    )
    files = pd.concat([_table(used).drop(columns="reason"), survey.found], axis=1)
    unreadable = files["reason"] != ""
    skipped = pd.concat([left_out, files[unreadable]])
    files = files[~unreadable].reset_index(drop=True)
    if files.empty:
        raise DataError(
            f"Folder {root} has no usable image{_example(skipped)}; give one that has."
        )
    files["group"] = group_images(files["origin"], files["digest"])
    return ClassFolder(
        root=root,
        layout=layout.name,
        files=files.drop(columns=["origin", "reason"]),
        skipped=_as_skipped(skipped),
        duplicates=find_duplicates(files),
        samples=survey.samples,
    )


def _check_classes(root: Path, classes: set[str], skipped: pd.DataFrame) -> None:
    """Refuse a folder with fewer than two classes.

    Raises
    ------
    DataError
        Saying what is there in their place.
    """
    if len(classes) > 1:
        return
    why = _example(skipped)
    if classes:
        raise DataError(
            f"Folder {root} has usable images of only one class, {min(classes)!r}"
            f"{why}; give the folder that holds the class folders, at least two."
        )
    raise DataError(
        f"Folder {root} has no usable image in a class folder{why}; put the images of "
        "each class into a folder with the name of the class."
    )


def _example(skipped: pd.DataFrame) -> str:
    """Return the first image that is not used and why, in brackets."""
    first = skipped.head(1).itertuples()
    return "".join(f" ({image.roi_id}: {image.reason})" for image in first)


def _table(entries: Sequence[Entry]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "roi_id": [str(entry.path) for entry in entries],
            "annotation": [entry.annotation for entry in entries],
            "mask": ["" if e.mask is None else str(e.mask) for e in entries],
            "origin": [entry.origin for entry in entries],
            "reason": [entry.skip for entry in entries],
        },
        dtype=object,
    )


def _as_skipped(files: pd.DataFrame) -> pd.DataFrame:
    """Return `KEY` and `reason` of images, sorted."""
    rows = files.sort_values("roi_id").assign(frame=0, label=1)
    return rows[[*KEY, "reason"]].reset_index(drop=True)
