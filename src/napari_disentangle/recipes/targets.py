"""Labeled data sets to transfer to: crops, classes, and what a split must not part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from napari_disentangle.crops.annotation_files import read_classes
from napari_disentangle.crops.boxes import BoxCrops, iter_read_box_folder
from napari_disentangle.crops.class_folder import (
    iter_read_class_folder,
    iter_read_entries,
)
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.folders import FolderCrops
from napari_disentangle.crops.layouts import Entry, Layout
from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.crops.files import FileCrops
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Progress, Task

CropKind: TypeAlias = Literal["folder", "window", "tight", "masked"]

BCCD_WINDOW_PX = 200
"""Side of the common window around the cells of BCCD in pixels."""

TIGHT_MARGIN = 1.2
"""Window side over the longer side of a box, for tight crops."""

WBC1_CELLS = {
    "1": "neutrophil",
    "2": "lymphocyte",
    "3": "monocyte",
    "4": "eosinophil",
    "5": "basophil",
}
"""What the numbers of WBC1 stand for."""

_BCCD_CROPS: dict[str, dict[str, object]] = {
    "window": {"window_px": BCCD_WINDOW_PX, "background": "keep"},
    "tight": {"window": "fit", "margin": TIGHT_MARGIN, "background": "keep"},
    "masked": {"margin": TIGHT_MARGIN, "background": "suppress"},
}
_WBC1_CROPS = {"window": "keep", "masked": "suppress"}


@dataclass(frozen=True, slots=True)
class Target:
    """A labeled data set of N crops.

    Attributes
    ----------
    name : str
        Name of the data set.
    crop : {"folder", "window", "tight", "masked"}
        How crops are cut: whole images of a folder, a common window with background,
        each cell in a window of its own size, or a common window with the background
        suppressed.
    crops : Crops
        The crops; their table has `annotation`.
    classes : tuple of str
        Names of the classes, sorted.
    y : array, (N,), int64
        Class of each crop, as an index into `classes`.
    groups : array, (N,), int64
        Equal for crops that a split must not part: those cut from one image, and
        images with equal pixels.
    skipped : pandas.DataFrame
        `KEY` and `reason` of what was left out.
    copies, contradictions : int
        Images with the very pixels of another one, which are in its group; those of
        them that are in another class.
    """

    name: str
    crop: CropKind
    crops: Crops
    classes: tuple[str, ...]
    y: NDArray[np.int64]
    groups: NDArray[np.int64]
    skipped: pd.DataFrame
    copies: int = 0
    contradictions: int = 0


def iter_open_bccd(
    folder: Path,
    crop: Literal["window", "tight", "masked"] = "tight",
    max_crops: int = 0,
    seed: int = 0,
) -> Task[Progress, Target]:
    """Open BCCD: blood smears with boxes around three kinds of cells.

    Parameters
    ----------
    folder : Path
        Holds images and VOC files, as ``images`` and ``annotations`` or as the site
        ships them (``JPEGImages``, ``Annotations``).
    crop : {"window", "tight", "masked"}
        A common window of 200 px; each box times 1.2 fitted to the crop, so that size
        is left out; or a common scale with what is outside the box set to 0.
    max_crops : int
        At most so many crops, the largest classes thinned first; 0: all.
    seed : int
        Which crops are taken.

    Raises
    ------
    StorageError, DataError
        If the folder cannot be read or is another data set.
    ConfigError
        If there is no such crop.
    """
    _check_crop("BCCD", crop, _BCCD_CROPS)
    opened = yield from iter_read_box_folder(folder)
    crops = BoxCrops(opened, CropConfig.model_validate(_BCCD_CROPS[crop]))
    rng = np.random.default_rng(seed)
    rows = thin_classes(crops.table["annotation"].to_numpy(), max_crops, rng)
    return _target("bccd", crop, crops.take(rows), crops.groups[rows])


def open_bccd(
    folder: Path,
    crop: Literal["window", "tight", "masked"] = "tight",
    max_crops: int = 0,
    seed: int = 0,
) -> Target:
    """Open BCCD: `iter_open_bccd` at once."""
    return run(iter_open_bccd(folder, crop, max_crops, seed))


def iter_open_wbc1(
    folder: Path, crop: Literal["window", "masked"] = "masked"
) -> Task[Progress, Target]:
    """Open WBC1: white blood cells, one an image, with masks.

    Class 5 has a single image and is left out.

    Parameters
    ----------
    folder : Path
        Holds ``classes.csv`` and ``images_and_masks``: ``001.bmp`` and its mask
        ``001.png``, white in the nucleus and gray in the cytoplasm.
    crop : {"window", "masked"}
        Whole images at a common scale, or the cell with the background suppressed.

    Raises
    ------
    StorageError, DataError
        If the folder cannot be read or is another data set.
    ConfigError
        If there is no such crop.
    """
    _check_crop("WBC1", crop, _WBC1_CROPS)
    layout = Layout("wbc1", _wbc1_entries(read_classes(folder / "classes.csv")))
    opened = yield from iter_read_entries(folder, layout)
    config = CropConfig.model_validate({"background": _WBC1_CROPS[crop]})
    crops = FolderCrops(opened, config)
    return _target("wbc1", crop, crops, crops.groups)


def open_wbc1(folder: Path, crop: Literal["window", "masked"] = "masked") -> Target:
    """Open WBC1: `iter_open_wbc1` at once."""
    return run(iter_open_wbc1(folder, crop))


def iter_open_folder(
    name: str, folder: Path, config: CropConfig | None = None
) -> Task[Progress, Target]:
    """Open a folder with one folder of images a class.

    Parameters
    ----------
    name : str
        Name of the data set.
    folder : Path
        See `iter_read_class_folder`.
    config : CropConfig, optional
        How crops are cut.

    Raises
    ------
    StorageError, DataError, CropError
        If the folder cannot be read or used.
    """
    opened = yield from iter_read_class_folder(folder)
    crops = FolderCrops(opened, config or CropConfig())
    return _target(name, "masked" if crops.is_masked else "folder", crops, crops.groups)


def open_folder(name: str, folder: Path, config: CropConfig | None = None) -> Target:
    """Open a folder with one folder a class: `iter_open_folder` at once."""
    return run(iter_open_folder(name, folder, config))


def thin_classes(
    classes: NDArray[np.object_], n: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return `n` random rows, sorted, the largest classes thinned first.

    Parameters
    ----------
    classes : array, (N,)
        Class of each row.
    n : int
        At most so many rows; 0: all.
    rng : numpy.random.Generator
        Draws the rows.
    """
    if not 0 < n < len(classes):
        return np.arange(len(classes))
    rank = np.empty(len(classes), np.int64)  # of each row within its class
    for name in np.unique(classes):
        rows = np.flatnonzero(classes == name)
        rank[rng.permutation(rows)] = np.arange(len(rows))
    chosen = np.argsort(rank, kind="stable")[:n]
    return np.sort(chosen)


def _target(
    name: str, crop: CropKind, crops: FileCrops, groups: NDArray[np.int64]
) -> Target:
    classes, y = np.unique(crops.table["annotation"].astype(str), return_inverse=True)
    copies = crops.duplicates if isinstance(crops, FolderCrops) else None
    return Target(
        name=name,
        crop=crop,
        crops=crops,
        classes=tuple(map(str, classes)),
        y=y.astype(np.int64),
        groups=groups,
        skipped=crops.skipped,
        copies=0 if copies is None else len(copies),
        contradictions=0 if copies is None else _count_contradictions(copies),
    )


def _count_contradictions(copies: pd.DataFrame) -> int:
    return int((copies["annotation"] != copies["original_annotation"]).sum())


def _wbc1_entries(classes: pd.Series[str]) -> tuple[Entry, ...]:
    entries = []
    for number, kind in classes.items():
        if kind not in WBC1_CELLS or not str(number).isdecimal():
            raise DataError(
                f"WBC1 has classes 1 to 5 of numbered images; got {kind!r} for "
                f"{number!r}; give the folder of WBC1."
            )
        image = PurePosixPath("images_and_masks", f"{int(str(number)):03d}.bmp")
        alone = f"{WBC1_CELLS[kind]}: the only image of its class"
        entries.append(
            Entry(
                image,
                WBC1_CELLS[kind],
                image.with_suffix(".png"),
                origin=str(image),
                skip=alone if kind == "5" else "",
            )
        )
    return tuple(sorted(entries, key=lambda entry: str(entry.path)))


def _check_crop(name: str, crop: str, known: Mapping[str, object]) -> None:
    if crop not in known:
        raise ConfigError(f"{name} has crops {', '.join(known)}; got {crop!r}.")
