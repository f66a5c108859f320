"""Cells in two factors, with their crops as markers, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.tables import KEY, code_columns, included

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.tables import Crops

_MARKER_PX = 64
_SCATTER_AXES = ("scale", "color")


def write_scatter(
    path: Path, table: pd.DataFrame, crops: Crops, x: str, y: str
) -> None:
    """Write a scatter of two columns of codes, with crops of cells as markers.

    Parameters
    ----------
    path : Path
        Picture to write, PNG by its suffix.
    table : pandas.DataFrame
        Cells, those without a crop included; excluded ones are not shown.
    crops : Crops
        Their crops, matched by `KEY`.
    x, y : str
        Columns such as ``z_scale``.

    Raises
    ------
    DataError
        If a column is missing.
    StorageError
        If the file cannot be written.
    """
    from napari_disentangle.export.figures import write_figure
    from napari_disentangle.export.plots import factor_scatter, pick_spread

    keys = list(KEY)
    cells = crops.table[keys].merge(table, on=keys, how="left", validate="1:1")
    for column in (x, y):
        if column not in cells:
            raise DataError(f"The table has no column {column!r} to plot.")
    kept = np.flatnonzero(included(cells))
    cells = cells.iloc[kept].reset_index(drop=True)
    rows = pick_spread(cells[x].to_numpy(), cells[y].to_numpy())
    pictures = np.moveaxis(crops.cut(kept[rows], _MARKER_PX), 1, -1)
    write_figure(path, factor_scatter(cells, x, y, pictures, rows))


def scatter_axes(dimensions: Sequence[str]) -> tuple[str, str]:
    """Return two columns of codes to plot: scale and color, else the first ones."""
    chosen = [name for name in _SCATTER_AXES if name in dimensions]
    chosen += [name for name in dimensions if name not in chosen]
    x, y = code_columns([*chosen, chosen[0]][:2])
    return x, y
