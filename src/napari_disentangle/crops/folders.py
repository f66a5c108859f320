"""Crops of a folder of images, one an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.files import FileCrops, Place, find_file_limits
from napari_disentangle.crops.plan import split_skipped, window_sides
from napari_disentangle.crops.regions import BOX
from napari_disentangle.tables import ID_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.crops.class_folder import ClassFolder
    from napari_disentangle.crops.config import CropConfig


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
