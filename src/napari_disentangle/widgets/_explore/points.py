"""A scatter of cells as a picture: disks with a rim, or their density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtGui import QColor

from napari_disentangle.widgets._explore.raster import (
    DENSE_ABOVE,
    draw_density,
    draw_points,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

SELECTED = "#ff9f1c"
"""Color of selected cells, in the plot, the lists and the viewer."""

_RADIUS_PX = 3.2
_RING_PX = 1.6
_RIM_PX = 1.0
_RIM = (128, 128, 128, 255)
_FAINT = (128, 128, 128, 40)
_NEAR_PX = 8


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Cells to draw.

    Attributes
    ----------
    x, y : array, (N,)
        Places; a cell with NaN is left out.
    colors : array, (N, 4), uint8, or None
        RGBA of each; None gives all `plain`.
    plain : array, (4,), uint8
        Color of the theme.
    faint, selected : array, (N,), bool
        Those drawn faint, and those marked.
    """

    x: Values
    y: Values
    colors: NDArray[np.uint8] | None
    plain: NDArray[np.uint8]
    faint: NDArray[np.bool_]
    selected: NDArray[np.bool_]


def draw(
    points: Points,
    limits: tuple[tuple[float, float], tuple[float, float]],
    shape: tuple[int, int],
    ratio: float,
) -> NDArray[np.uint8]:
    """Return the picture of the cells within `limits`, (H, W, 4).

    Parameters
    ----------
    points : Points
        The cells.
    limits : pair of pair of float
        Of x, and of y.
    shape : tuple of int
        Height and width in pixels.
    ratio : float
        Pixels of the screen in one of Qt's.
    """
    (x0, x1), (y0, y1) = limits
    x, y = points.x, points.y
    rows = np.flatnonzero((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1))
    down = (y[rows] - y0) / (y1 - y0) * shape[0]
    along = (x[rows] - x0) / (x1 - x0) * shape[1]
    at = np.stack([down, along], axis=1).astype(np.int64)
    chosen, dense = points.selected[rows], len(rows) > DENSE_ABOVE
    colors = _shades(points, rows, chosen, dense=dense)
    if dense:
        return draw_density(at, colors, shape)
    return _disks(at, colors, chosen, shape, ratio)


def nearest(x: Values, y: Values, point: tuple[float, float], pixel: Values) -> int:
    """Return the cell nearest to a point, -1 if none is within 8 pixels.

    Parameters
    ----------
    x, y : array, (N,)
        Places of the cells.
    point : tuple of float
        A place, as theirs.
    pixel : array, (2,)
        Width and height of a pixel in the same units.
    """
    away = np.hypot((x - point[0]) / pixel[0], (y - point[1]) / pixel[1])
    if not np.isfinite(away).any():
        return -1
    row = int(np.nanargmin(away))
    return row if away[row] <= _NEAR_PX else -1


def _shades(
    points: Points, rows: NDArray[np.int64], chosen: NDArray[np.bool_], *, dense: bool
) -> NDArray[np.uint8]:
    """Return the RGBA of each point, (n, 4), that of selected ones if need be."""
    colors = np.empty((len(rows), 4), np.uint8)
    colors[:] = points.plain if points.colors is None else points.colors[rows]
    if len(points.faint) == len(points.x):
        colors[points.faint[rows]] = _FAINT
    if points.colors is None or dense:
        colors[chosen] = QColor(SELECTED).getRgb()
    return colors


def _disks(
    at: NDArray[np.int64],
    colors: NDArray[np.uint8],
    chosen: NDArray[np.bool_],
    shape: tuple[int, int],
    ratio: float,
) -> NDArray[np.uint8]:
    """Return all disks with a rim, the selected ones on top and in a ring."""
    radius = _RADIUS_PX * ratio
    picture = np.zeros((*shape, 4), np.uint8)
    for some, rim, color in (
        (~chosen, _RIM_PX, _RIM),
        (chosen, _RING_PX, QColor(SELECTED).getRgb()),
    ):
        ring = np.tile(np.array(color, np.uint8), (int(some.sum()), 1))
        outer = radius + rim * ratio
        picture = draw_points(at[some], ring, shape, outer, picture)
        picture = draw_points(at[some], colors[some], shape, radius, picture)
    return picture
