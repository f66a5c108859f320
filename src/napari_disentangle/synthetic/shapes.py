"""Square, ellipse and heart with dSprites' geometry, at any size.

A shape is drawn by its reach, the radius of the circle around its center that holds it
in every orientation. The square has its four corners on that circle, the ellipse the
ends of its long axis, the heart its tip and both lobes; so the areas are 2.00, 1.88 and
2.24 times reach squared and Shape hardly leaks Scale.

dSprites (Matthey et al., 2017) has 64-pixel images whose mean over all combinations is
0.0425. A reach of 12 pixels at scale 1 (sprites 24 pixels long) gives that mean. Its
outlines are not published as formulas; those here have its symmetries (a quarter turn,
a half turn, none) and its size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.synthetic.kernels import draw_masks

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SHAPES = ("square", "ellipse", "heart")
"""Shape factor, in order."""

SCALES = np.linspace(0.5, 1.0, 6)
"""Scale factor: reach relative to the largest."""

CANVAS_PX = 64
"""Side of dSprites' images."""

CANVAS_REACH_PX = 12.0
"""Reach at scale 1 in dSprites' images."""


def shape_mask(
    shape: ArrayLike,
    reach: ArrayLike,
    angle: ArrayLike,
    center_yx: ArrayLike,
    size: int,
) -> NDArray[np.float32]:
    """Return how much of each pixel each shape covers.

    Parameters
    ----------
    shape : int array, (N,)
        Index into `SHAPES`.
    reach : array, (N,)
        Distance from the center to the farthest point, in pixels, above 0.
    angle : array, (N,)
        Turn in radians, counter-clockwise as seen; at 0 the heart stands on its tip and
        the ellipse lies.
    center_yx : array, (N, 2)
        Center in pixels; (0, 0) is the middle of the first pixel.
    size : int
        Side of the masks in pixels.

    Returns
    -------
    array, (N, size, size), float32
        Coverage in [0, 1].

    Raises
    ------
    DataError
        If a shape is unknown or a reach is not positive.
    """
    kinds, reaches = np.asarray(shape, np.int64), np.asarray(reach, np.float64)
    if kinds.size and not (0 <= kinds.min() and kinds.max() < len(SHAPES)):
        raise DataError(
            f"Shapes are numbered 0 to {len(SHAPES) - 1} ({', '.join(SHAPES)}); "
            f"got {kinds.min()} to {kinds.max()}."
        )
    if not (reaches > 0).all():
        raise DataError(f"A shape's reach must be above 0; got {reaches.min()}.")
    masks = np.zeros((len(kinds), size, size), np.float32)
    turns, centers = np.asarray(angle, np.float64), np.asarray(center_yx, np.float64)
    draw_masks(kinds, reaches, turns, centers, masks)
    return masks
