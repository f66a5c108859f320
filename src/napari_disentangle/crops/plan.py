"""What planning crops of labels, points and boxes has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.crops.planes import Planes
from napari_disentangle.errors import CropError
from napari_disentangle.tables import KEY

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray
    from napari_disentangle.crops.config import CropConfig

SIDE_PERCENTILE = 99
"""Percentile of the longer bounding-box side that the common window is made for."""


def open_channels(image: LazyArray, config: CropConfig) -> Planes:
    """Return the planes of the channels to show: those chosen, or the first three.

    Raises
    ------
    CropError
        If a chosen channel does not exist.
    """
    n_channels = image.shape[2]
    channels = config.shown_channels(n_channels)
    if max(channels) >= n_channels:
        raise CropError(
            f"There is no channel {max(channels)}; the image has {n_channels} "
            "(counted from 0)."
        )
    return Planes(image, channels)


def guess_rgb(image: LazyArray, config: CropConfig) -> bool:
    """Return whether the channels of an image look like one color image.

    They do if all of three are shown, or if there are four of 8 bits (RGBA).
    """
    n_channels = image.shape[2]
    is_rgba = n_channels == 4 and image.dtype == np.uint8
    return not config.channels and (n_channels == 3 or is_rgba)


def window_sides(
    longer_sides: NDArray[np.float64], config: CropConfig
) -> NDArray[np.float64]:
    """Return the window side of objects with these longer bounding-box sides, (N,)."""
    if config.window == "fit":
        return config.margin * longer_sides
    side = config.window_px or config.margin * np.percentile(
        longer_sides, SIDE_PERCENTILE
    )
    return np.full(len(longer_sides), side, np.float64)


def split_skipped(
    objects: pd.DataFrame, reasons: pd.Series[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the objects without a reason to be skipped, and the table of the others.

    Raises
    ------
    CropError
        If none is left.
    """
    skip = reasons != ""
    skipped = objects.loc[skip, list(KEY)].assign(reason=reasons[skip])
    if skip.all():
        causes = ", ".join(
            f"{n} {reason}" for reason, n in skipped["reason"].value_counts().items()
        )
        raise CropError(
            f"No cell is left to crop: {causes}; change the crop options or the labels."
        )
    kept = objects[~skip].reset_index(drop=True)
    return kept, skipped.reset_index(drop=True)


def check_limits(limits: NDArray[np.float64], n_channels: int) -> NDArray[np.float64]:
    """Return `limits`, (C, 2), as float64.

    Raises
    ------
    CropError
        If they are not one rising pair a channel.
    """
    limits = np.asarray(limits, np.float64)
    if limits.shape != (n_channels, 2) or not (limits[:, 0] < limits[:, 1]).all():
        raise CropError(
            f"Intensity limits must be one pair (low, high) for each of {n_channels} "
            f"channels; got {limits.tolist()}."
        )
    return limits
