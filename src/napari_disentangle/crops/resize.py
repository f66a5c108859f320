"""Resampling of a square window to a square crop, without aliasing.

The filter is the triangle of pillow's ``BILINEAR``: linear interpolation when
enlarging, and widened by the scale when shrinking. It is separable, so a crop is two
products with sparse matrices. Padding is part of the matrices: no padded image is made.
`benchmarks/bench_crops.py` compares its speed with pillow's and scikit-image's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class AxisWeights:
    """How each output pixel of an axis is made of input pixels.

    Attributes
    ----------
    span : slice
        Input pixels that are needed.
    matrix : sparse array, (size, len(span)), float32
        Their weights; rows sum to 1, or to less where a window leaves an image that is
        padded by zeros.
    """

    span: slice
    matrix: csr_array


def axis_weights(
    center: float, side: float, size: int, length: int, *, reflect: bool
) -> AxisWeights:
    """Return the weights that resample a window along one axis.

    Parameters
    ----------
    center : float
        Center of the window; pixel i is centered on i and covers i -+ 0.5.
    side : float
        Length of the window in pixels, above 0.
    size : int
        Number of output pixels.
    length : int
        Number of input pixels.
    reflect : bool
        Whether pixels beyond the ends are mirrored, as often as needed; else they
        count as 0.
    """
    scale = side / size
    reach = max(scale, 1.0)
    at = center - side / 2 + (np.arange(size)[:, None] + 0.5) * scale  # (size, 1)
    n_taps = int(np.ceil(2 * reach))
    taps = np.floor(at - reach).astype(np.int64) + 1 + np.arange(n_taps)
    weights = np.maximum(1 - np.abs(taps - at) / reach, 0)
    weights /= weights.sum(axis=1, keepdims=True)
    if not reflect:
        weights[(taps < 0) | (taps >= length)] = 0
    folded = taps % (2 * length)
    folded = np.minimum(folded, 2 * length - 1 - folded)
    start, stop = int(folded.min()), int(folded.max()) + 1
    rows = np.arange(0, (size + 1) * n_taps, n_taps)
    columns = (folded - start).ravel()
    matrix = csr_array(
        (weights.ravel().astype(np.float32), columns, rows), shape=(size, stop - start)
    )
    return AxisWeights(slice(start, stop), matrix)


def resample(
    window: NDArray[np.float32], y: AxisWeights, x: AxisWeights
) -> NDArray[np.float32]:
    """Return `window`, (C, h, w), resampled to (C, size, size), both axes."""
    channels, height, width = window.shape
    size = y.matrix.shape[0]
    across = x.matrix @ window.reshape(channels * height, width).T  # (size, C * h)
    turned = across.reshape(-1, channels, height).transpose(2, 1, 0)  # (h, C, size)
    down = y.matrix @ turned.reshape(height, -1)  # (size, C * size)
    crop = down.reshape(size, channels, -1).transpose(1, 0, 2)
    return np.ascontiguousarray(crop, dtype=np.float32)
