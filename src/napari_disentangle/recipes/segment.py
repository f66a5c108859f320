"""From image files to cells: labels given, or found by classical segmentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.crops.axes import has_rgb, to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import iter_plan_crops
from napari_disentangle.crops.images import read_image, read_labels
from napari_disentangle.crops.measure import iter_measure
from napari_disentangle.crops.segment import SegmentConfig, iter_segment
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray
    from napari_disentangle.crops.cut import LabelCrops
    from napari_disentangle.crops.images import OpenedImage
    from napari_disentangle.tasks import Progress, Task

__all__ = [
    "Cells",
    "SegmentConfig",
    "count_cells",
    "iter_open_cells",
    "iter_segment",
    "iter_segment_file",
    "open_cells",
    "segment_file",
]


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one image.

    Attributes
    ----------
    image : array, (T, Z, C, Y, X)
        The image.
    labels : array, (T, Z, Y, X)
        Id of the cell at each pixel.
    crops : LabelCrops
        One crop a cell; its `skipped` tells which cells have none.
    measured : pandas.DataFrame
        Classical features, one row a cell, those without a crop included.
    """

    image: LazyArray
    labels: LazyArray
    crops: LabelCrops
    measured: pd.DataFrame


def iter_segment_file(
    image: Path, config: SegmentConfig | None = None
) -> Task[Progress, NDArray[np.int32]]:
    """Return labels, (T, Z, Y, X), of the objects of an image file.

    Raises
    ------
    StorageError
        If the file cannot be read.
    DataError
        If it holds no usable image.
    """
    opened = read_image(image)
    labels: NDArray[np.int32] = yield from iter_segment(
        _canonical(opened), config or SegmentConfig()
    )
    return labels


def segment_file(image: Path, config: SegmentConfig | None = None) -> NDArray[np.int32]:
    """Return labels of the objects of an image file: `iter_segment_file` at once."""
    return run(iter_segment_file(image, config))


def count_cells(labels: NDArray[np.int32]) -> int:
    """Return the number of objects in labels, (T, Z, Y, X), over all time points."""
    return sum(np.unique(frame[frame > 0]).size for frame in labels)


def iter_open_cells(
    image: Path,
    labels: Path | None = None,
    *,
    crop: CropConfig | None = None,
    segment: SegmentConfig | None = None,
) -> Task[Progress, Cells]:
    """Return the cells of an image file, segmented where there are no labels.

    Parameters
    ----------
    image : Path
        Image file; its name becomes the `roi_id` of the cells.
    labels : Path, optional
        Labels file of the same shape.
    crop : CropConfig, optional
        How crops are cut.
    segment : SegmentConfig, optional
        How cells are found, without `labels`.

    Raises
    ------
    StorageError, DataError, CropError
        If a file cannot be read or used, labels do not fit the image, or no cell is
        left.
    """
    opened = read_image(image)
    pixels = _canonical(opened)
    if labels is None:
        ids: LazyArray = yield from iter_segment(pixels, segment or SegmentConfig())
    else:
        ids = _labels_like(opened, read_labels(labels))
    crops = yield from iter_plan_crops(
        pixels,
        ids,
        crop or CropConfig(),
        roi_id=image.name,
        is_rgb=has_rgb(opened.data.shape, opened.axes),
    )
    measured = yield from iter_measure(
        pixels, ids, spacing_um=opened.spacing_um, roi_id=image.name
    )
    return Cells(pixels, ids, crops, measured)


def open_cells(
    image: Path,
    labels: Path | None = None,
    *,
    crop: CropConfig | None = None,
    segment: SegmentConfig | None = None,
) -> Cells:
    """Return the cells of an image file: `iter_open_cells` at once."""
    return run(iter_open_cells(image, labels, crop=crop, segment=segment))


def _canonical(opened: OpenedImage) -> LazyArray:
    return to_tzcyx(opened.data, opened.axes)


def _labels_like(image: OpenedImage, labels: OpenedImage) -> LazyArray:
    """Return labels, (T, Z, Y, X); a stack without named axes takes the image's."""
    axes = image.axes.replace("c", "")
    shape = [image.data.shape[image.axes.index(axis)] for axis in axes]
    same = list(labels.data.shape) == shape
    return to_tzyx(labels.data, axes if same else labels.axes)
