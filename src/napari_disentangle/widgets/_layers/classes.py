"""Objects colored by their class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.utils import Colormap
from napari.utils.colormaps.standardize_color import transform_color

from napari_disentangle.tables import included
from napari_disentangle.widgets._layers.color import Coloring, paint

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from napari_disentangle.widgets._layers.read import Source

_CODE = "class_code"
_FAINT = (0.55, 0.55, 0.55, 0.15)


def paint_classes(
    viewer: Any,
    source: Source,
    table: pd.DataFrame,
    frame: int,
    column: str,
    colors: Mapping[str, str],
) -> None:
    """Color the objects of one frame by a column of class names.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers.
    source : Source
        Where the objects come from; nothing happens if their layer is gone.
    table : pandas.DataFrame
        Objects of any image and frame.
    frame : int
        Time point to color.
    column : str
        Holds the names. Objects without a class are faint, so that they can be seen;
        excluded ones are fainter.
    colors : mapping from name to ``#rrggbb``
        The classes.
    """
    numbers = {name: float(code) for code, name in enumerate(colors)}
    codes = table[column].map(numbers).astype(float)
    known = table.assign(**{_CODE: codes})[codes.notna() | ~included(table)]
    shades = transform_color(list(colors.values()) or ["black"])
    steps = Colormap(
        np.asarray(shades, float),
        name=f"classes {'-'.join(colors.values())}",
        interpolation="zero",
        controls=np.linspace(0, 1, len(shades) + 1),
    )
    coloring = Coloring(_CODE, steps, -0.5, len(shades) - 0.5, _FAINT)
    paint(viewer, source, known, frame, coloring)
