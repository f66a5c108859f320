"""Limits of brightness: one pair a channel for a whole set of crops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.planes import Planes

READ_PX = 2**26
"""At most so many pixels of an image are read to find its limits."""

KEPT_PX = 2**22
"""At most about so many of them are kept, a channel."""


def find_limits(
    planes: Planes, config: CropConfig, *, is_rgb: bool
) -> NDArray[np.float64]:
    """Return what becomes 0 and 1 in each channel, (C, 2), in the image's own units.

    Percentiles are of an even sample of the tiles of all planes. The channels of an RGB
    image share one pair, so that hues are kept.

    Raises
    ------
    DataError
        If the image is constant or has no finite value.
    """
    return limits_of(_sample(planes), planes.dtype, config, is_rgb=is_rgb)


def limits_of(
    sample: Sequence[NDArray[Any]],
    dtype: np.dtype[Any],
    config: CropConfig,
    *,
    is_rgb: bool,
) -> NDArray[np.float64]:
    """Return the limits, (C, 2), of images of which some pixels are known.

    Parameters
    ----------
    sample : sequence of array, (n,), length C
        Finite values of each channel.
    dtype : numpy.dtype
        Type of the images' pixels.
    config, is_rgb
        As in `find_limits`.

    Raises
    ------
    DataError
        If all values are equal, or there is none.
    """
    finite = [values for values in sample if values.size]
    if not finite:
        raise DataError("The image is empty: all its values are NaN or infinite.")
    lows, highs = [v.min() for v in finite], [v.max() for v in finite]
    if all(low == high for low, high in zip(lows, highs, strict=True)):
        raise DataError(
            f"The image is constant (every pixel is {lows[0]}); there is nothing to "
            "tell its cells apart by."
        )
    is_8_bit = dtype == np.uint8
    if config.intensity == "full" or (
        config.intensity == "auto" and is_rgb and is_8_bit
    ):
        return np.tile(_full_range(dtype), (len(sample), 1))
    if is_rgb:
        return np.tile(_percentiles(np.concatenate(sample), config), (len(sample), 1))
    return np.stack([_percentiles(values, config) for values in sample])


def normalize(window: NDArray[Any], limits: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return `window`, (C, h, w), as numbers in [0, 1]; missing values become 0."""
    low = limits[:, 0].astype(np.float32)[:, None, None]
    gain = (1 / (limits[:, 1] - limits[:, 0])).astype(np.float32)[:, None, None]
    values = window.astype(np.float32)
    if window.dtype.kind == "f":
        values[~np.isfinite(window)] = np.nan
        values = np.nan_to_num((values - low) * gain, copy=False, nan=0)
    else:
        values -= low
        values *= gain
    return np.clip(values, 0, 1, out=values)


def _full_range(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return the range of an integer type; floats are taken to be in [0, 1]."""
    if dtype.kind not in "iu":
        return 0.0, 1.0
    return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)


def _percentiles(values: NDArray[Any], config: CropConfig) -> tuple[float, float]:
    if values.size == 0:
        return 0.0, 1.0
    if values.dtype == np.bool_:
        return 0.0, 1.0
    low, high = np.percentile(values, [config.low_percentile, config.high_percentile])
    if low == high:  # few bright pixels on an even background
        low, high = values.min(), values.max()
    return float(low), float(high) if high > low else float(low) + 1


def _sample(planes: Planes) -> list[NDArray[Any]]:
    tiles = planes.tiles()
    sizes = [(t.ys.stop - t.ys.start) * (t.xs.stop - t.xs.start) for t in tiles]
    n_read = int(np.clip(READ_PX // max(sizes), 1, len(tiles)))
    chosen = np.unique(np.linspace(0, len(tiles) - 1, n_read).round().astype(int))
    step = max(1, sum(sizes[i] for i in chosen) // KEPT_PX)
    parts = [planes.read(*tiles[i]) for i in chosen]
    columns = zip(*[[c.ravel()[::step] for c in part] for part in parts], strict=True)
    joined = [np.concatenate(column) for column in columns]
    return [values[np.isfinite(values)] for values in joined]
