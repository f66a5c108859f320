"""Folders of images, mostly one folder a class: what is in them, and their crops."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.duplicates import find_duplicates, group_images
from napari_disentangle.crops.files import FileCrops, Place, find_file_limits
from napari_disentangle.crops.layouts import (
    IMAGE_SUFFIXES,
    OUTLINE_SUFFIX,
    Entry,
    Layout,
    find_layout,
)
from napari_disentangle.crops.picture_files import looks_like_mask
from napari_disentangle.crops.plan import split_skipped, window_sides
from napari_disentangle.crops.regions import BOX
from napari_disentangle.crops.survey import iter_survey
from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.tables import ID_COLUMNS, KEY
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from typing import Any

    from numpy.typing import NDArray

    from napari_disentangle.crops.config import CropConfig
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


class FolderCrops(FileCrops):
    """One crop an image of a `ClassFolder`, whole and in its own proportions.

    One window side serves the whole folder, whatever the class, so that a code cannot
    tell a class by its scale; with ``window="fit"`` each image fills its window.
    Where images have masks and ``background="suppress"``, the object within the mask is
    cut as it would be from a labels image, and images without a mask are skipped.
    Else the image is the object, and `CropConfig.margin` does not apply.

    Parameters
    ----------
    folder : ClassFolder
        From `read_class_folder`.
    config : CropConfig
        How crops are cut.

    Attributes
    ----------
    folder : ClassFolder
        Where they come from.
    is_masked : bool
        Whether the background is suppressed by masks.
    groups : array, (N,), int64
        Equal for crops that a split must not part.
    duplicates : pandas.DataFrame
        Images with the very pixels of an earlier one: see `find_duplicates`.

    Raises
    ------
    CropError
        If no image is left, or a chosen channel does not exist.
    """

    def __init__(self, folder: ClassFolder, config: CropConfig) -> None:
        masked = folder.has_masks and config.background == "suppress"
        files, skipped = _usable(folder.files, config, masked=masked)
        table, places = _places(folder.root, files, config, masked=masked)
        super().__init__(
            table,
            pd.concat([folder.skipped, skipped], ignore_index=True),
            places,
            find_file_limits(folder.samples, config),
            config,
            mirrored=False,
        )
        self.folder = folder
        self.is_masked = masked
        self.duplicates = folder.duplicates
        self.groups = files["group"].to_numpy(np.int64)


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
    layout = _find_entries(root)
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
    layout = _find_entries(root)
    if layout.name == "class folders" and all(entry.skip for entry in layout.entries):
        plain = (replace(entry, skip="") for entry in layout.entries)
        layout = Layout("images", tuple(plain))
    return (yield from iter_read_entries(root, layout))


def _find_entries(root: Path) -> Layout:
    """Return the layout of a folder, each image with its mask."""
    paths = list_files(root, IMAGE_SUFFIXES | {OUTLINE_SUFFIX})
    layout = find_layout(paths, root.resolve().name)
    return Layout(layout.name, _pair_with_masks(root, layout.entries))


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


def _usable(
    files: pd.DataFrame, config: CropConfig, *, masked: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the images to crop, and the table of the others."""
    files = files.assign(frame=0, label=1, index=1)
    reasons = pd.Series("", index=files.index, dtype=object)
    reasons[files["area"] < config.min_area_px] = (
        f"smaller than {config.min_area_px} px"
    )
    if masked:
        broken = files["mask_reason"] != ""
        reasons[broken] = files.loc[broken, "mask_reason"]
        reasons[files["mask"] == ""] = "no mask; keep the background to use it"
    return split_skipped(files, reasons)


def _places(
    root: Path, files: pd.DataFrame, config: CropConfig, *, masked: bool
) -> tuple[pd.DataFrame, list[Place]]:
    """Return the table of the crops, and where each is cut."""
    height, width = files["height"].to_numpy(), files["width"].to_numpy()
    boxes = np.stack([0 * height, 0 * width, height, width], 1)
    if masked:
        boxes = files[list(BOX)].to_numpy()
    y0, x0, y1, x1 = boxes.T
    sides = window_sides(
        np.maximum(y1 - y0, x1 - x0).astype(np.float64),
        config if masked else config.replace(margin=1),
    )
    pos_y, pos_x = (y0 + y1 - 1) / 2, (x0 + x1 - 1) / 2
    places = [
        Place(root / image, root / mask if masked else None, y, x, side)
        for image, mask, y, x, side in zip(
            files["roi_id"], files["mask"], pos_y, pos_x, sides, strict=True
        )
    ]
    table = files[list(ID_COLUMNS)].assign(
        pos_y=pos_y,
        pos_x=pos_x,
        annotation=files["annotation"].mask(files["annotation"] == ""),
    )
    return table, places
