"""The size of a pixel: as typed, and as a table in micrometers."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeAlias

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

Spacing: TypeAlias = tuple[float, ...]
"""Height and width of a pixel in micrometers, after the distance of planes if known."""

UM_COLUMNS = ("area_um2", "pos_z_um", "pos_y_um", "pos_x_um")
"""Columns that are there only where the pixel size is known."""

_BETWEEN = re.compile("\\s*[x\u00d7]\\s*|\\s+")


def parse_pixel_size(text: str) -> tuple[float, float] | None:
    """Return height and width of a pixel in micrometers, None of an empty text.

    Parameters
    ----------
    text : str
        One number for square pixels, ``0.325``, or height and width, ``0.5 x 0.25``.
        A comma is refused: in one country it parts numbers, in another decimals.

    Raises
    ------
    DataError
        If it is something else, or not above 0.
    """
    text = text.strip()
    if not text:
        return None
    try:
        sizes = [float(part) for part in _BETWEEN.split(text)]
    except ValueError:
        sizes = []
    good = all(math.isfinite(size) and size > 0 for size in sizes)
    if len(sizes) not in (1, 2) or not good:
        raise DataError(
            f"The pixel size must be above 0, with a decimal point; got {text!r}; type "
            "0.325, or height and width: 0.5 x 0.25."
        )
    return sizes[0], sizes[-1]


def format_pixel_size(spacing_um: Spacing) -> str:
    """Return a pixel size as `parse_pixel_size` reads it."""
    height, width = spacing_um[-2:]
    same = math.isclose(height, width, rel_tol=1e-6)
    return f"{height:.6g}" if same else f"{height:.6g} x {width:.6g}"


def with_micrometers(table: pd.DataFrame, spacing_um: Spacing | None) -> pd.DataFrame:
    """Return `table` with areas and positions in micrometers, as far as it has any.

    Parameters
    ----------
    table : pandas.DataFrame
        With `pos_y`, `pos_x`, in a stack `pos_z`, and `area` where objects were
        measured (in a stack also `area_projected`, whose area in micrometers is then
        given), in pixels.
    spacing_um : tuple of float or None
        Height and width of a pixel in micrometers, before them the distance of the
        planes if it is known; None takes the columns away. Without the distance there
        is no `pos_z_um`.
    """
    if spacing_um is None:
        return table.drop(columns=[name for name in UM_COLUMNS if name in table])
    *depth, height, width = spacing_um
    new = {}
    if depth and "pos_z" in table:
        new["pos_z_um"] = table["pos_z"] * depth[0]
    else:
        table = table.drop(columns="pos_z_um", errors="ignore")
    if "area" in table:
        pixels = table["area_projected" if "area_projected" in table else "area"]
        new["area_um2"] = pixels * height * width
    if "pos_y" in table:
        new["pos_y_um"] = table["pos_y"] * height
        new["pos_x_um"] = table["pos_x"] * width
    return table.assign(**new)
