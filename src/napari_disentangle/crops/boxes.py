"""Folders of images with a file of boxes each (VOC), several cells an image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.annotation_files import is_voc, read_voc
from napari_disentangle.crops.duplicates import find_duplicates, group_images
from napari_disentangle.crops.files import FileCrops, Place, find_file_limits
from napari_disentangle.crops.layouts import IMAGE_SUFFIXES
from napari_disentangle.crops.list_files import list_files
from napari_disentangle.crops.plan import split_skipped, window_sides
from napari_disentangle.crops.regions import BOX
from napari_disentangle.crops.survey import iter_survey
from napari_disentangle.crops.windows import box_reasons
from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.tables import ID_COLUMNS, KEY, sort_rows
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.picture_files import Kind

VOC_SUFFIX = ".xml"

_SIDES = frozenset({"images", "jpegimages", "annotations", "boxes"})
"""Folders that only part images from boxes."""


@dataclass(frozen=True, slots=True)
class BoxFolder:
    """A folder of images with boxes.

    Attributes
    ----------
    root : Path
        The folder.
    boxes : pandas.DataFrame
        One row a box, sorted by `KEY`: `KEY`, `index`, `annotation`, `y0`, `x0`, `y1`,
        `x1` (pixels), `height`, `width` of its image, and `group`, equal for boxes of
        one image and of images with equal pixels.
    skipped : pandas.DataFrame
        `KEY` (label 0: the whole image) and `reason` of what is not used.
    duplicates : pandas.DataFrame
        Images with the very pixels of an earlier one: see `find_duplicates`.
    samples : dict of Kind to array, (C, n)
        Some pixels of all images of a kind.
    """

    root: Path
    boxes: pd.DataFrame
    skipped: pd.DataFrame
    duplicates: pd.DataFrame
    samples: dict[Kind, NDArray[Any]]


class BoxCrops(FileCrops):
    """One crop a box of a `BoxFolder`.

    Parameters
    ----------
    folder : BoxFolder
        From `read_box_folder`.
    config : CropConfig
        How crops are cut; ``background="suppress"`` sets what is outside a box to 0.

    Attributes
    ----------
    folder : BoxFolder
        Where they come from.
    groups : array, (N,), int64
        Equal for crops that a split must not part: those of one image.
    duplicates : pandas.DataFrame
        Images with the very pixels of an earlier one: see `find_duplicates`.

    Raises
    ------
    CropError
        If no box is left, or a chosen channel does not exist.
    """

    def __init__(self, folder: BoxFolder, config: CropConfig) -> None:
        found = folder.boxes
        reasons = box_reasons(found, found["height"], found["width"], config)
        boxes, skipped = split_skipped(found, reasons)
        super().__init__(
            boxes[list(ID_COLUMNS)].assign(
                pos_y=(boxes["y0"] + boxes["y1"]) / 2,
                pos_x=(boxes["x0"] + boxes["x1"]) / 2,
                annotation=boxes["annotation"],
            ),
            pd.concat([folder.skipped, skipped], ignore_index=True),
            _places(folder.root, boxes, config),
            find_file_limits(folder.samples, config),
            config,
            mirrored=True,
        )
        self.folder = folder
        self.duplicates = folder.duplicates
        self.groups = boxes["group"].to_numpy(np.int64)


def has_boxes(folder: Path) -> bool:
    """Return whether a folder has an image with a VOC file of the same name.

    Raises
    ------
    StorageError
        If the folder does not exist or cannot be listed.
    DataError
        If there is no image in it.
    """
    paths = list_files(folder, IMAGE_SUFFIXES | {VOC_SUFFIX})
    images = {_twin(path) for path in paths if path.suffix.lower() != VOC_SUFFIX}
    files = (path for path in paths if path.suffix.lower() == VOC_SUFFIX)
    first = next((path for path in files if _twin(path) in images), None)
    return first is not None and is_voc(folder / first)


def read_box_folder(folder: Path | str) -> BoxFolder:
    """Return the images and boxes of a folder: `iter_read_box_folder` at once."""
    return run(iter_read_box_folder(folder))


def iter_read_box_folder(folder: Path | str) -> Task[Progress, BoxFolder]:
    """Find images and the VOC files of the same name, anywhere in a folder.

    Parameters
    ----------
    folder : Path or str
        A folder with ``images`` and ``annotations``, ``JPEGImages`` and
        ``Annotations``, or both kinds of files side by side.

    Raises
    ------
    StorageError
        If the folder does not exist or cannot be listed.
    DataError
        If there is no image with boxes.
    """
    root = Path(folder)
    tables, reasons = _read_tables(root)
    survey = yield from iter_survey(
        [root / image for image in tables], [None] * len(tables)
    )
    images = survey.found.assign(roi_id=list(tables), frame=0, label=0)
    unreadable = images["reason"] != ""
    skipped = pd.concat([reasons, images[unreadable]])[[*KEY, "reason"]]
    images = images[~unreadable].reset_index(drop=True)
    if images.empty:
        raise DataError(
            f"Folder {root} has no image with boxes{_first(skipped)}; give a folder "
            "with images and a VOC file (.xml) of the same name for each."
        )
    images["group"] = group_images(images["roi_id"], images["digest"])
    known = images[["roi_id", "height", "width", "group"]]
    boxes = pd.concat(tables.values(), ignore_index=True).merge(known, on="roi_id")
    return BoxFolder(
        root,
        sort_rows(boxes),
        skipped.reset_index(drop=True),
        find_duplicates(images.assign(annotation="")),
        survey.samples,
    )


def _read_tables(root: Path) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the boxes of each image, and `KEY` and `reason` of images without."""
    paths = list_files(root, IMAGE_SUFFIXES | {VOC_SUFFIX})
    files = {_twin(path): path for path in paths if path.suffix.lower() == VOC_SUFFIX}
    tables, reasons = {}, {}
    for path in paths:
        if path.suffix.lower() == VOC_SUFFIX:
            continue
        image = str(path)
        try:
            table = read_voc(root / files[_twin(path)])
        except KeyError:
            reasons[image] = f"no boxes: there is no {path.stem}{VOC_SUFFIX}"
        except (DataError, StorageError) as error:
            reasons[image] = " ".join(str(error).split())
        else:
            numbers = np.arange(1, len(table) + 1)
            tables[image] = table.assign(
                roi_id=image, frame=0, label=numbers, index=numbers
            )
            if table.empty:
                reasons[image] = "no boxes: its file has no object"
                del tables[image]
    skipped = pd.DataFrame({"roi_id": reasons.keys(), "reason": reasons.values()})
    return tables, skipped.assign(frame=0, label=0)


def _twin(path: PurePosixPath) -> tuple[tuple[str, ...], str]:
    """Return what an image and its file of boxes have in common."""
    folders = [part for part in path.parts[:-1] if part.lower() not in _SIDES]
    return tuple(folders), path.stem


def _first(skipped: pd.DataFrame) -> str:
    rows = skipped.head(1).itertuples()
    return "".join(f" ({row.roi_id}: {row.reason})" for row in rows)


def _places(root: Path, boxes: pd.DataFrame, config: CropConfig) -> list[Place]:
    corners = boxes[list(BOX)].to_numpy(np.float64)
    y0, x0, y1, x1 = corners.T
    sides = window_sides(np.maximum(y1 - y0, x1 - x0), config)
    masked = config.background == "suppress"
    return [
        Place(root / image, corner if masked else None, y, x, side)
        for image, corner, y, x, side in zip(
            boxes["roi_id"], corners, (y0 + y1) / 2, (x0 + x1) / 2, sides, strict=True
        )
    ]
