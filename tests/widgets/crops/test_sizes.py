"""How wide cells are, with its unit, and how many a window cuts off."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.widgets._crops.sizes import wider_text, widths_of


def crops(*sides: int, window_px: float = 20) -> Any:
    """Crops of square cells with these sides."""
    n = len(sides)
    regions = pd.DataFrame(
        {
            "y0": [5] * n,
            "x0": [7] * n,
            "y1": [5 + side for side in sides],
            "x1": [7 + side // 2 for side in sides],
            "plane_area": [np.pi * side**2 / 4 for side in sides],
        }
    )
    return SimpleNamespace(regions=regions, window_px=window_px)


def test_widths_are_of_circles_in_pixels_or_in_micrometers() -> None:
    found = widths_of(crops(10, 20), None)
    assert found is not None
    assert found[1] == "diameter (px)"
    np.testing.assert_allclose(found[0], [10, 20])
    found = widths_of(crops(10, 20), (0.2, 0.8))
    assert found is not None
    assert found[1] == "diameter (µm)"
    np.testing.assert_allclose(found[0], [4, 8])  # 0.4 um is a pixel as large as these


def test_crops_without_regions_tell_no_widths() -> None:
    boxes = SimpleNamespace(window_px=20.0)
    assert widths_of(boxes, None) is None
    assert widths_of(None, None) is None
    assert wider_text(boxes) == ""


@pytest.mark.parametrize(
    ("sides", "text"),
    [
        ((10, 20), ""),
        ((10, 21), "; 1 cell is wider"),
        ((21, 30, 20), "; 2 cells are wider"),
    ],
)
def test_cells_wider_than_the_window_are_counted_with_a_remedy(
    sides: tuple[int, ...], text: str
) -> None:
    found = wider_text(crops(*sides))
    assert found.startswith(text)
    assert bool(found) == bool(text)
    assert ("raise Window (px), or set it to 0" in found) == bool(text)
    assert wider_text(crops(*sides, window_px=np.nan)) == ""
