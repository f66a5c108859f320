"""How wide cells are, in micrometers where the pixel size is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.crops.regions import BOX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.crops.pixel_size import Spacing


def widths_of(
    crops: Any, spacing_um: Spacing | None
) -> tuple[NDArray[np.float64], str] | None:
    """Return the diameters of circles as large as the cells, and what to call them.

    Parameters
    ----------
    crops : Crops or None
        Crops of labels; others do not tell sizes. In a stack a cell is as large as in
        its central plane.
    spacing_um : tuple of float or None
        Height and width of a pixel in micrometers, perhaps after the distance of
        planes.
    """
    regions = getattr(crops, "regions", None)
    if regions is None:
        return None
    widths_px = 2 * np.sqrt(regions["plane_area"].to_numpy(float) / np.pi)
    if spacing_um is None:
        return widths_px, "diameter (px)"
    return widths_px * np.sqrt(spacing_um[-2] * spacing_um[-1]), "diameter (µm)"


def wider_text(crops: Any) -> str:
    """Return how many cells the window of `crops` cuts off, empty if none."""
    regions = getattr(crops, "regions", None)
    if regions is None or not np.isfinite(crops.window_px):
        return ""
    y0, x0, y1, x1 = (regions[name].to_numpy() for name in BOX)
    n = int((np.maximum(y1 - y0, x1 - x0) > crops.window_px).sum())
    if n == 0:
        return ""
    who = "1 cell is" if n == 1 else f"{n} cells are"
    return f"; {who} wider and cut off: raise Window (px), or set it to 0"
