"""Measurements of pictures of one object: decoded pictures and crops alike.

The same ruler for a picture that a decoder drew and for a crop of a real cell, so that
both can be compared along a walk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import ndimage

from napari_disentangle.crops.texture import (
    COLOR_COLUMNS,
    TEXTURE_COLUMNS,
    color,
    texture,
)
from napari_disentangle.errors import DataError
from napari_disentangle.tables import ID_COLUMNS
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.tables import Crops

    Picture = NDArray[np.float32]
    Mask = NDArray[np.bool_]

SHAPE_COLUMNS = ("solidity", "eccentricity", "form_factor", "orientation")
"""Shape measures of the object in a picture, in order."""

INTENSITY_COLUMNS = (
    "intensity_mean",
    "intensity_std",
    "intensity_mean_0",
    "intensity_mean_1",
    "intensity_mean_2",
)
"""Brightness measures: of the mean of the channels, and of each."""

PICTURE_COLUMNS = (
    "area",
    *SHAPE_COLUMNS,
    *INTENSITY_COLUMNS,
    *COLOR_COLUMNS,
    *TEXTURE_COLUMNS,
)
"""All measures of `measure_picture`, in order."""

CROP_PX = 64
"""Side at which crops are measured: that of decoded pictures.

Texture has no measure without a scale. At this one, fine enough for the patterns of a
cell and too coarse for the noise of a camera, drawn and real pictures compare.
"""

_BLACK = 0.05  # share of pixels of exact 0 that tells a suppressed background
_LEAST_PX = 8
_OTSU_PART = 0.5
_BATCH = 32


def segment_picture(picture: Picture) -> Mask:
    """Return the pixels of the object in a picture, (H, W); empty if there is none.

    The distance from the color of the picture's border is thresholded at half of Otsu's
    value, so that dark patches of a texture stay in. Holes are filled; of several
    pieces the one with most pixels near the middle stays.

    Parameters
    ----------
    picture : array, (H, W, 3), in [0, 1]
        An object about in the middle.
    """
    return _main_piece(_unlike_border(picture))


def segment_crop(crop: Picture) -> Mask:
    """Return the pixels of the object in a crop of a real cell, (H, W).

    Where the background was suppressed (exactly 0) it is everything else but pixels
    that the rim covers by less than half, which are half as bright as their neighbors;
    where it was kept, what `segment_picture` finds.

    Parameters
    ----------
    crop : array, (H, W, 3), in [0, 1]
        A cell about in the middle.
    """
    brightest = crop.max(axis=-1)
    lit = brightest > 0
    if 1 - lit.mean() <= _BLACK:
        return segment_picture(crop)
    around = ndimage.maximum_filter(brightest, 3)
    partly = ~ndimage.binary_erosion(lit) & (brightest < around / 2)  # of the rim
    return _main_piece(lit & ~partly)


def measure_picture(picture: Picture, mask: Mask | None = None) -> dict[str, float]:
    """Return measures of the object in a picture.

    Parameters
    ----------
    picture : array, (H, W, 3), in [0, 1]
        The picture.
    mask : array, (H, W), optional
        Pixels of the object; found by `segment_picture` by default.

    Returns
    -------
    dict of str to float
        The `PICTURE_COLUMNS`. ``area`` in pixels of the picture, ``orientation`` in
        radians as scikit-image has it, ``form_factor`` 4 pi area / perimeter^2 (1 for a
        disk); see `crops.texture` for color and texture. NaN without an object.
    """
    inside = segment_picture(picture) if mask is None else mask
    if inside.sum() < _LEAST_PX:
        return dict.fromkeys(PICTURE_COLUMNS, float("nan"))
    channels = np.moveaxis(picture, -1, 0)
    gray = channels.mean(axis=0, dtype=np.float64)
    means = channels[:, inside].mean(axis=1, dtype=np.float64)
    return {
        **_shape(inside),
        "intensity_mean": float(gray[inside].mean()),
        "intensity_std": float(gray[inside].std()),
        **{f"intensity_mean_{c}": float(mean) for c, mean in enumerate(means)},
        **color(channels, inside),
        **texture(gray, inside),
    }


def iter_measure_crops(
    crops: Crops, rows: NDArray[np.int64] | None = None
) -> Task[Progress, pd.DataFrame]:
    """Measure the objects in crops, whether or not there are masks.

    Parameters
    ----------
    crops : Crops
        N objects.
    rows : array, (n,), optional
        Which of them; all by default.

    Returns
    -------
    pandas.DataFrame
        One row a crop, in the order of `rows`: the `ID_COLUMNS` and the
        `PICTURE_COLUMNS`, measured at `CROP_PX`. Where one window fits all crops,
        ``area`` is in pixels of the image, else in pixels of the crop.

    Raises
    ------
    DataError
        If there are no crops.
    """
    chosen = np.arange(len(crops)) if rows is None else rows
    if len(chosen) == 0:
        raise DataError("There are no crops to measure.")
    scale = crops.window_px / CROP_PX if np.isfinite(crops.window_px) else 1.0
    measured = []
    for first in range(0, len(chosen), _BATCH):
        batch = crops.cut(chosen[first : first + _BATCH], CROP_PX)
        measured += [_measure_crop(np.moveaxis(crop, 0, -1)) for crop in batch]
        yield Progress("Measuring crops", len(measured), len(chosen))
    table = pd.DataFrame(measured, columns=list(PICTURE_COLUMNS))
    table["area"] *= scale**2
    ids = crops.table[list(ID_COLUMNS)].iloc[chosen].reset_index(drop=True)
    return pd.concat([ids, table], axis=1)


def measure_crops(crops: Crops, rows: NDArray[np.int64] | None = None) -> pd.DataFrame:
    """Return measures of the objects in crops: `iter_measure_crops` at once."""
    return run(iter_measure_crops(crops, rows))


def _measure_crop(crop: Picture) -> dict[str, float]:
    return measure_picture(crop, segment_crop(crop))


def _main_piece(found: Mask) -> Mask:
    pieces, n = ndimage.label(ndimage.binary_fill_holes(found))
    if n == 0:
        return np.zeros(found.shape, np.bool_)
    near = np.bincount(pieces.ravel(), weights=_central(found.shape).ravel())
    return np.asarray(pieces == 1 + near[1:].argmax())


def _unlike_border(picture: Picture) -> Mask:
    from skimage.filters import threshold_otsu

    border = np.concatenate(
        [picture[0], picture[-1], picture[1:-1, 0], picture[1:-1, -1]]
    )
    away = np.linalg.norm(picture - np.median(border, axis=0), axis=-1)
    if np.ptp(away) == 0:
        return np.zeros(away.shape, np.bool_)
    return np.asarray(away > _OTSU_PART * threshold_otsu(away))


def _central(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return weights of pixels, 1 in the middle and near 0 in the corners."""
    y, x = (np.linspace(-1, 1, n) for n in shape)
    return np.asarray(np.exp(-2 * (y[:, None] ** 2 + x**2)))


def _shape(mask: Mask) -> dict[str, float]:
    from skimage.measure import regionprops

    (found,) = regionprops(mask.astype(np.uint8))
    around = 4 * np.pi * found.area / max(found.perimeter, 1.0) ** 2
    return {
        "area": float(found.area),
        "solidity": float(found.solidity),
        "eccentricity": float(found.eccentricity),
        "form_factor": float(around),
        "orientation": float(found.orientation),
    }
