"""How wide cells are, in micrometers where the pixel size is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def widths_of(
    crops: Any, spacing_um: tuple[float, float] | None
) -> tuple[NDArray[np.float64], str] | None:
    """Return the diameters of circles as large as the cells, and what to call them.

    Parameters
    ----------
    crops : Crops or None
        Crops of labels; others do not tell sizes. In a stack a cell is as large as in
        its central plane.
    spacing_um : tuple of float or None
        Height and width of a pixel in micrometers.
    """
    regions = getattr(crops, "regions", None)
    if regions is None:
        return None
    widths_px = 2 * np.sqrt(regions["plane_area"].to_numpy(float) / np.pi)
    if spacing_um is None:
        return widths_px, "diameter (px)"
    return widths_px * np.sqrt(spacing_um[0] * spacing_um[1]), "diameter (µm)"
