"""Cells with pixels that have no value: their crops would show black that is not there.

Only images of floating point numbers can have such pixels: gaps of a mosaic, what a
registration moved in from outside, dead pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.crops.regions import BOX
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.crops.planes import Planes
    from napari_disentangle.tasks import Task

MISSING = "with pixels that have no value (NaN or infinite)"
"""Why such a cell has no crop."""

LACKING = "at a pixel that has no value (NaN or infinite)"
"""Why a point or box has no crop."""

_EACH = 500  # cells between two events


def iter_missing(
    image: Planes,
    labels: Planes,
    regions: pd.DataFrame,
    z0: NDArray[np.int64],
    z1: NDArray[np.int64],
) -> Task[Progress, NDArray[np.bool_]]:
    """Return which objects have a pixel without a value in a channel, (N,).

    Parameters
    ----------
    image : Planes
        The channels that crops show.
    labels : Planes
        Id of the object at each pixel.
    regions : pandas.DataFrame
        N objects with `frame`, `label` and their bounding boxes in pixels.
    z0, z1 : array, (N,), int64
        Planes that the crop of each shows, the last one excluded.

    Yields
    ------
    Progress
        Objects that were looked at; nothing where all pixels must have a value.
    """
    missing = np.zeros(len(regions), np.bool_)
    if image.dtype.kind != "f":
        return missing
    objects = regions[["frame", "label", *BOX]].to_numpy(np.int64).tolist()
    for row, (frame, label, top, left, bottom, right) in enumerate(objects):
        if row % _EACH == 0:
            yield Progress("Looking for missing pixels", row, len(regions))
        box = slice(top, bottom), slice(left, right)
        missing[row] = any(
            _is_missing(image, labels, frame, z, box, label)
            for z in range(z0[row], z1[row])
        )
    return missing


def missing_at(
    image: Planes, frame: NDArray[np.int64], z: NDArray[np.int64], at: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which pixels have no value in a channel, (N,).

    Parameters
    ----------
    image : Planes
        The channels that crops show.
    frame, z : array, (N,), int64
        Time point and plane of each.
    at : array, (N, 2), int64
        Row and column of each, within the image.
    """
    missing = np.zeros(len(at), np.bool_)
    if image.dtype.kind != "f":
        return missing
    for row, (y, x) in enumerate(at.tolist()):
        here = slice(y, y + 1), slice(x, x + 1)
        missing[row] = not np.isfinite(image.read(frame[row], z[row], *here)).all()
    return missing


def _is_missing(
    image: Planes,
    labels: Planes,
    frame: int,
    z: int,
    box: tuple[slice, slice],
    label: int,
) -> bool:
    lacks = ~np.isfinite(image.read(frame, z, *box)).all(axis=0)
    if not lacks.any():
        return False
    return bool((lacks & (labels.read(frame, z, *box) == label)).any())
