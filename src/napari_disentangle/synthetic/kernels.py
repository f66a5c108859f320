"""Compiled loops that draw sprites, one pixel at a time, only where the sprite is.

They are in one module because numba's cache does not see changes in another one. They
run on one thread and release the GIL: numba's own threads abort the process when two
Python threads draw at once, as a viewer's background work may.
"""

from __future__ import annotations

from math import cos, sin, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

ELLIPSE_RATIO = 0.6
"""Short over long axis of the ellipse."""

SQUARE_HALF = sqrt(0.5)
"""Half the side of a square of reach 1."""

# The heart is a square standing on its corner with a half disc on each upper side. It
# turns about the center of the circle through its tip and around its lobes. With side 1
# that is `_LIFT` above the square's center, where tip and lobes are equally far away:
# _LIFT + sqrt(1/2) = sqrt(1/8 + (sqrt(1/8) - _LIFT)^2) + 1/2.
_LIFT = (0.25 - (sqrt(0.5) - 0.5) ** 2) / (3 * sqrt(0.5) - 1)
HEART_SIDE = 1 / (_LIFT + sqrt(0.5))
"""Side of the square inside a heart of reach 1."""
HEART_LIFT = _LIFT * HEART_SIDE
"""Height of the center of a heart of reach 1 above that of its square."""

_HALF_SIDE = HEART_SIDE / 2
_LOBE = HEART_SIDE / sqrt(8)
_ROOT_HALF = sqrt(0.5)
_SUBSAMPLES = 4


@njit(cache=True, nogil=True)
def _box_distance(x: float, y: float, half: float) -> float:
    """Return the signed distance of a point to an axis-parallel square."""
    across, along = abs(x) - half, abs(y) - half
    if across > 0 and along > 0:
        return sqrt(across * across + along * along)
    return max(across, along)


@njit(cache=True, nogil=True)
def signed_distance(shape: int, x: float, y: float) -> float:
    """Return the distance of (x, y) to the outline of a shape of reach 1.

    Negative inside; `y` points up. Exact to first order at the outline, which is all
    that coverage needs; the right sign everywhere.
    """
    if shape == 0:
        return _box_distance(x, y, SQUARE_HALF)
    if shape == 1:
        near = sqrt(x**2 + (y / ELLIPSE_RATIO) ** 2)
        slope = sqrt(x**2 + (y / ELLIPSE_RATIO**2) ** 2)
        return near * (near - 1) / slope if slope > 0 else -ELLIPSE_RATIO
    x, y = abs(x), y + HEART_LIFT
    lobe = sqrt((x - _LOBE) ** 2 + (y - _LOBE) ** 2) - _HALF_SIDE
    body = _box_distance((x + y) * _ROOT_HALF, (y - x) * _ROOT_HALF, _HALF_SIDE)
    return min(lobe, body)


@njit(cache=True, nogil=True)
def _coverage(
    shape: int, dy: float, dx: float, reach: float, cosine: float, sine: float
) -> float:
    """Return how much of the pixel at (dy, dx) from the center is covered."""
    x = (cosine * dx - sine * dy) / reach
    y = (-sine * dx - cosine * dy) / reach
    distance = signed_distance(shape, x, y) * reach
    if distance <= -1:
        return 1.0
    if distance >= 1:
        return 0.0
    total = 0.0
    for i in range(_SUBSAMPLES):
        sub_y = dy + (i + 0.5) / _SUBSAMPLES - 0.5
        for j in range(_SUBSAMPLES):
            sub_x = dx + (j + 0.5) / _SUBSAMPLES - 0.5
            x = (cosine * sub_x - sine * sub_y) / reach
            y = (-sine * sub_x - cosine * sub_y) / reach
            inside = 0.5 - signed_distance(shape, x, y) * reach * _SUBSAMPLES
            total += min(max(inside, 0.0), 1.0)
    return total / _SUBSAMPLES**2


@njit(cache=True, nogil=True)
def _span(center: float, reach: float, size: int) -> tuple[int, int]:
    """Return the range of pixels that a sprite can touch along one axis."""
    first = max(int(np.floor(center - reach - 1)), 0)
    last = min(int(np.ceil(center + reach + 1)) + 1, size)
    return first, last


@njit(cache=True, nogil=True)
def draw_masks(
    shape: NDArray[np.int64],
    reach: NDArray[np.float64],
    angle: NDArray[np.float64],
    center: NDArray[np.float64],
    out: NDArray[np.float32],
) -> None:
    """Write coverages into `out`, (N, H, W), which holds zeros."""
    for n in range(len(shape)):
        cosine, sine = cos(angle[n]), sin(angle[n])
        top, bottom = _span(center[n, 0], reach[n], out.shape[1])
        left, right = _span(center[n, 1], reach[n], out.shape[2])
        for row in range(top, bottom):
            dy = row - center[n, 0]
            for column in range(left, right):
                dx = column - center[n, 1]
                out[n, row, column] = _coverage(
                    shape[n], dy, dx, reach[n], cosine, sine
                )


@njit(cache=True, nogil=True)
def paint_sprites(
    shape: NDArray[np.int64],
    reach: NDArray[np.float64],
    angle: NDArray[np.float64],
    center: NDArray[np.float64],
    color: NDArray[np.float32],
    texture: NDArray[np.int64],
    plates: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Write mask x color x texture into `out`, (N, 3, H, W), which holds zeros."""
    for n in range(len(shape)):
        cosine, sine = cos(angle[n]), sin(angle[n])
        plate = plates[texture[n]]
        red, green, blue = color[n]
        top, bottom = _span(center[n, 0], reach[n], out.shape[2])
        left, right = _span(center[n, 1], reach[n], out.shape[3])
        for row in range(top, bottom):
            dy = row - center[n, 0]
            for column in range(left, right):
                dx = column - center[n, 1]
                covered = _coverage(shape[n], dy, dx, reach[n], cosine, sine)
                if covered > 0:
                    light = np.float32(covered) * plate[row, column]
                    out[n, 0, row, column] = light * red
                    out[n, 1, row, column] = light * green
                    out[n, 2, row, column] = light * blue
