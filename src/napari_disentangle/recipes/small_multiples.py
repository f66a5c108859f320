"""Small images of the cells, one a factor, that can be compared side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.tables import at_frame, in_image, shown_ids
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.recipes.objects import Objects
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task

    Colors = NDArray[np.uint8]

MOST_PX = 480
"""Longer side of a small image; larger planes are thinned out."""

_GRAY = (140, 140, 140)
_GROUND = (0, 0, 0)
_STAGE = "Drawing the factors"


@dataclass(frozen=True, slots=True, eq=False)
class SmallImage:
    """The cells of one time point, colored by one column.

    Attributes
    ----------
    column : str
        Of the table.
    low, high : float
        Values at the two ends of the colors.
    picture : array, (H, W, 3), uint8
        Cells without a value are gray, the background is black.
    """

    column: str
    low: float
    high: float
    picture: Colors


def iter_small_multiples(
    source: Objects,
    crops: Crops,
    table: pd.DataFrame,
    limits: Mapping[str, tuple[float, float]],
    shades: Colors,
    *,
    frame: int = 0,
    most_px: int = MOST_PX,
) -> Task[Progress, tuple[SmallImage, ...]]:
    """Draw the cells of one time point once for each column, in the same layout.

    Parameters
    ----------
    source : Objects
        Where the cells are; points and boxes are drawn as squares.
    crops : Crops
        Their crops, for positions: a cell that is thinned out keeps a pixel.
    table : pandas.DataFrame
        The cells, of any image and time point.
    limits : mapping of str to pair of float
        The columns, and the values at the two ends of the colors of each.
    shades : array, (S, 3), uint8
        Colors from low to high.
    frame : int
        Time point.
    most_px : int
        Longer side of an image.
    """
    plane = yield from _iter_plane(source, crops, frame, most_px)
    ids, place = np.unique(plane, return_inverse=True)
    rows = at_frame(table, frame, source.roi_id)
    at = shown_ids(rows).to_numpy(np.int64)
    found = np.minimum(np.searchsorted(at, ids), max(len(at) - 1, 0))
    known = at[found] == ids if len(at) else np.zeros(len(ids), np.bool_)
    images = []
    for column, (low, high) in limits.items():
        values = np.full(len(ids), np.nan)
        values[known] = rows[column].to_numpy(float, na_value=np.nan)[found[known]]
        colors = _colors(values, low, high, shades)
        colors[ids == 0] = _GROUND
        picture = colors[place.ravel()].reshape(*plane.shape, 3)
        images.append(SmallImage(column, low, high, picture))
        yield Progress(_STAGE, len(images), len(limits))
    return tuple(images)


def small_multiples(
    source: Objects,
    crops: Crops,
    table: pd.DataFrame,
    limits: Mapping[str, tuple[float, float]],
    shades: Colors,
    *,
    frame: int = 0,
    most_px: int = MOST_PX,
) -> tuple[SmallImage, ...]:
    """Draw the cells once for each column: `iter_small_multiples` at once."""
    task = iter_small_multiples(
        source, crops, table, limits, shades, frame=frame, most_px=most_px
    )
    return run(task)


def _iter_plane(
    source: Objects, crops: Crops, frame: int, most_px: int
) -> Task[Progress, NDArray[np.int64]]:
    """Return the id of the cell at each pixel of a thinned-out plane, (H, W)."""
    height, width = source.image.shape[-2:]
    step = max(1, -(-max(height, width) // most_px))
    plane = np.zeros((-(-height // step), -(-width // step)), np.int64)
    here = in_image(crops.table, source.roi_id)
    cells = crops.table[here & (crops.table["frame"] == frame)]
    if source.kind == "labels":
        n_z = source.objects.shape[1]
        for z in range(n_z):
            section = np.asarray(source.objects[frame, z, ::step, ::step], np.int64)
            plane = np.where(plane == 0, section, plane)
            yield Progress(_STAGE, z + 1, n_z)
        lost = cells[~shown_ids(cells).isin(np.unique(plane))]
        if (cells["roi_id"] == source.roi_id).all():  # else a montage: no tile is lost
            _place(plane, lost, np.ones(len(lost)), step)
    else:
        sides = [_side_px(crops, int(row)) for row in cells.index]
        _place(plane, cells, np.array(sides), step)
    return plane


def _place(
    plane: NDArray[np.int64],
    cells: pd.DataFrame,
    sides: NDArray[np.float64],
    step: int,
) -> None:
    """Write ids into the squares around cells, at least a pixel each."""
    where = zip(cells["pos_y"], cells["pos_x"], sides, cells["label"], strict=True)
    for y, x, side, label in where:
        half = side / 2
        top, left = (max(0, int((at - half) // step)) for at in (y, x))
        bottom, right = (max(1, int((at + half) // step)) for at in (y, x))
        plane[top : max(bottom, top + 1), left : max(right, left + 1)] = label


def _side_px(crops: Crops, row: int) -> float:
    """Return the side of what is drawn of a crop: the middle half of its window."""
    side = crops.side_px(row) if hasattr(crops, "side_px") else crops.window_px
    return float(side) / 2


def _colors(
    values: NDArray[np.float64], low: float, high: float, shades: Colors
) -> Colors:
    """Return the color of each value, (N, 3), gray where there is none."""
    missing = ~np.isfinite(values)
    scaled = np.clip((np.where(missing, low, values) - low) / (high - low), 0, 1)
    colors: Colors = shades[np.round(scaled * (len(shades) - 1)).astype(np.int64)]
    colors[missing] = _GRAY
    return colors
