"""The part of an image that is on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.widgets._layers.channels import (
    full_resolution,
    join_channels,
    read_channels,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari.layers import Image


def visible_region(layer: Image) -> tuple[slice, slice]:
    """Return the part of the image on the canvas, as (y, x) slices in pixels."""
    height, width = _plane_shape(layer)
    low, high = np.asarray(layer.corner_pixels)[:, -2:]
    if layer.multiscale:
        factor = np.asarray(layer.downsample_factors[layer.data_level])[-2:]
        low, high = low * factor, high * factor
    y0, x0 = np.clip(np.floor(low), 0, (height, width)).astype(int)
    y1, x1 = np.clip(np.ceil(high) + 1, 0, (height, width)).astype(int)
    if y1 - y0 < 2 or x1 - x0 < 2:
        return slice(0, height), slice(0, width)
    return slice(y0, y1), slice(x0, x1)


def visible_part(viewer: Any, layers: Sequence[Image], axes: str) -> Any:
    """Return what the canvas shows of the channels of an image, (1, 1, C, Y, X)."""
    first = layers[0]
    spatial = axes[:-1] if first.rgb else axes
    point = np.asarray(viewer.dims.point)[-first.ndim :]
    at = np.round(first.world_to_data(point)).astype(int)
    parts = []
    for layer in layers:
        part = read_channels([layer], axes)[..., *visible_region(first)]
        for axis, letter in enumerate("tz"):
            if letter in spatial:
                length = part.shape[axis]
                index = int(np.clip(at[spatial.index(letter)], 0, length - 1))
                part = part[(slice(None),) * axis + (slice(index, index + 1),)]
        parts.append(part)
    return join_channels(parts)


def _plane_shape(layer: Image) -> tuple[int, int]:
    shape = full_resolution(layer).shape
    y, x = (shape[-3:-1]) if layer.rgb else shape[-2:]
    return int(y), int(x)
