"""From one image and a file of boxes, points or classes to crops with a class each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from napari_disentangle.crops.annotation_files import (
    read_classes,
    read_points,
    read_voc,
)
from napari_disentangle.crops.axes import has_rgb, to_tzcyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.images import read_image
from napari_disentangle.crops.regions import BOX
from napari_disentangle.crops.windows import plan_boxes, plan_windows
from napari_disentangle.errors import ConfigError, DataError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.crops.windows import WindowCrops
    from napari_disentangle.recipes.segment import Cells


def open_boxes(
    image: Path, boxes: Path, config: CropConfig | None = None
) -> WindowCrops:
    """Return the crops of the boxes of one image, with the class of each.

    Parameters
    ----------
    image : Path
        Image file.
    boxes : Path
        Pascal VOC file; labels count its objects from 1.
    config : CropConfig, optional
        How crops are cut; ``background="suppress"`` sets what is outside a box to 0.

    Raises
    ------
    StorageError, DataError, CropError
        If a file cannot be read or used, or no box is left.
    """
    found = read_voc(boxes)
    opened = read_image(image)
    crops = plan_boxes(
        to_tzcyx(opened.data, opened.axes),
        found[list(BOX)].to_numpy(float),
        config or CropConfig(),
        roi_id=image.name,
        is_rgb=has_rgb(opened.data.shape, opened.axes),
    )
    return _with_classes(crops, found["annotation"])


def open_points(
    image: Path, points: Path, config: CropConfig | None = None
) -> WindowCrops:
    """Return the crops around the points of one image, with the class of each.

    Parameters
    ----------
    image : Path
        Image file.
    points : Path
        Text ``x y class``, or CSV with columns y, x and class; labels count its rows
        from 1.
    config : CropConfig, optional
        How crops are cut; `window_px` must be given.

    Raises
    ------
    StorageError, DataError, CropError
        If a file cannot be read or used, or no point is in the image.
    ConfigError
        If there is no window side.
    """
    config = config or CropConfig()
    if not config.window_px:
        raise ConfigError(
            "Points have no size to find a window by; give its side (window_px)."
        )
    found = read_points(points)
    opened = read_image(image)
    crops = plan_windows(
        to_tzcyx(opened.data, opened.axes),
        found[["y", "x"]].to_numpy(float),
        config.window_px,
        config,
        roi_id=image.name,
        is_rgb=has_rgb(opened.data.shape, opened.axes),
    )
    return _with_classes(crops, found["annotation"])


def with_classes(cells: Cells, classes: Path) -> Cells:
    """Return cells of labels with their class from a CSV file.

    Parameters
    ----------
    cells : Cells
        Cells of one image.
    classes : Path
        CSV with the label of each cell and its class; cells it does not name have none.

    Raises
    ------
    StorageError, DataError
        If the file cannot be read, or names none of the cells.
    """
    known = read_classes(classes)
    annotation = cells.measured["label"].astype(str).map(known)
    if annotation.isna().all():
        raise DataError(
            f"Classes {classes} name none of the {len(annotation)} cells; its first "
            f"column must hold their labels (the first cell is "
            f"{cells.measured['label'].iloc[0]})."
        )
    return replace(cells, measured=cells.measured.assign(annotation=annotation))


def _with_classes(crops: WindowCrops, classes: pd.Series[str]) -> WindowCrops:
    of_label = classes.set_axis(range(1, len(classes) + 1))
    crops.table["annotation"] = crops.table["label"].map(of_label)
    return crops
