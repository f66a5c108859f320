"""Gray planes in which cells stand out from the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_COLOR_BINS = 16
"""Bins a channel in which the color of the background is looked for."""


def stand_out(
    channels: NDArray[Any], kind: str, objects: str = "auto"
) -> NDArray[np.float32]:
    """Return the gray plane, (Y, X), in which cells stand out.

    Parameters
    ----------
    channels : array, (C, Y, X)
        One plane of an image; of four 8-bit channels the last is taken for opacity.
        Missing values count as the smallest finite one.
    kind : str
        As from `plane_kind`.
    objects : {"auto", "bright", "dark"}
        Which differences from the background color count as contrast.
    """
    values = _finite(channels)
    if kind.isdecimal():
        values = values[int(kind), None]
    color = values[:3] if len(values) == 4 and channels.dtype == np.uint8 else values
    if kind == "saturation":
        return _saturation(color)
    if kind == "contrast":
        return _contrast(color, objects)
    gray: NDArray[np.float32] = color.mean(axis=0)
    return gray


def _finite(channels: NDArray[Any]) -> NDArray[np.float32]:
    values = channels.astype(np.float32)
    missing = ~np.isfinite(values)
    if missing.any():
        values[missing] = 0 if missing.all() else values[~missing].min()
    return values


def _saturation(color: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the saturation of the HSV model, (Y, X), in [0, 1]."""
    high, low = color.max(axis=0), color.min(axis=0)
    saturation: NDArray[np.float32] = np.zeros_like(high)
    np.divide(high - low, high, out=saturation, where=high > 0)
    return saturation


def _contrast(color: NDArray[np.float32], objects: str) -> NDArray[np.float32]:
    """Return the distance of each pixel from the most frequent color of the plane."""
    seen = color[:3]
    low, high = seen.min(), seen.max()
    if low == high:
        return np.zeros(color.shape[1:], np.float32)
    calm = ndimage.uniform_filter(seen, (0, 3, 3))
    bins = ((calm - low) * (N_COLOR_BINS / (high - low))).astype(np.int64)
    sides = (N_COLOR_BINS,) * len(seen)
    index = np.ravel_multi_index(tuple(bins.clip(0, N_COLOR_BINS - 1)), sides)
    frequent = index == np.bincount(index.ravel()).argmax()
    background = np.median(color[:, frequent], axis=1)[:, None, None]
    distance: NDArray[np.float32] = np.linalg.norm(color - background, axis=0)
    if objects != "auto":
        is_dark = color.sum(axis=0) < background.sum()
        distance[is_dark if objects == "bright" else ~is_dark] = 0
    return distance
