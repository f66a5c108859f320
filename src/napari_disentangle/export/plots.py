"""Scatter of cells in two factors, with crops of the cells as markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from napari_disentangle.errors import DataError
from napari_disentangle.export.figures import new_figure
from napari_disentangle.metrics.direction import closest_measure
from napari_disentangle.words import title_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

_MARKER_INCHES = {"framed": 0.55, "cut out": 0.85}
_MARKER_PART = (0.055, 0.075)  # least gap of crops, as a part of the spread of cells
_MAX_CANDIDATES = 2000


def pick_spread(x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return rows, in order, of cells whose crops hardly overlap in a scatter.

    Cells are taken one by one if they are far enough from those taken before. Rows with
    NaN are passed over; of very many, an even selection is looked at.
    """
    points = np.stack([x, y], axis=1).astype(np.float64)
    rows = np.flatnonzero(np.isfinite(points).all(axis=1))
    if len(rows) > _MAX_CANDIDATES:
        rows = rows[np.linspace(0, len(rows) - 1, _MAX_CANDIDATES).astype(np.int64)]
    if len(rows) == 0:
        return rows
    span = np.ptp(points[rows], axis=0)
    markers = points / (np.where(span > 0, span, 1.0) * _MARKER_PART)
    taken: list[int] = []
    for row in rows:
        gaps = np.abs(markers[taken] - markers[row]).max(axis=1)
        if not np.any(gaps < 1):
            taken.append(int(row))
    return np.asarray(taken, np.int64)


def factor_scatter(
    table: pd.DataFrame,
    x: str,
    y: str,
    crops: NDArray[np.float32],
    rows: NDArray[np.int64],
) -> Figure:
    """Return a scatter of all cells in two factors, some of them as pictures.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells with the columns `x` and `y`; classical features, where it has them, tell
        on the axis labels what a factor follows.
    x, y : str
        Columns of codes, such as ``z_scale``.
    crops : array, (n, H, W, 3), in [0, 1]
        Crops of the cells in `rows`, in that order.
    rows : array, (n,)
        Rows of `table` to show as pictures; see `pick_spread`.

    Raises
    ------
    DataError
        If a column is missing.
    """
    for column in (x, y):
        if column not in table:
            raise DataError(f"The table has no column {column!r} to plot.")
    figure = new_figure(9, 6.5)
    axes = figure.add_subplot()
    axes.scatter(table[x], table[y], s=14, color="0.6", linewidths=0)
    for crop, (x_at, y_at) in zip(crops, table[[x, y]].to_numpy()[rows], strict=True):
        _put_crop(axes, crop, (float(x_at), float(y_at)), figure.dpi)
    axes.margins(0.08)
    axes.set_xlabel(axis_label(table, x))
    axes.set_ylabel(axis_label(table, y))
    axes.set_title(f"{int(table[[x, y]].notna().all(axis=1).sum())} cells")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def axis_label(table: pd.DataFrame, column: str) -> str:
    """Return what an axis shows, its unit, and which way it points.

    ``Scale (code, 1 = sd of the prior)``, and below it, where cells were measured and a
    classical feature follows it, ``higher: more area (rank correlation +0.93)``: the
    same that the docks say.
    """
    label = f"{title_of(column.removeprefix('z_'))} (code, 1 = sd of the prior)"
    found = closest_measure(table, column)
    if found is None or not found.is_clear:
        return label
    word = "more" if found.correlation > 0 else "less"
    shown = found.measure.replace("_", " ")
    return (
        f"{label}\nhigher: {word} {shown} (rank correlation {found.correlation:+.2f})"
    )


def _put_crop(
    axes: Axes, crop: NDArray[np.float32], at: tuple[float, float], dpi: float
) -> None:
    """Show a crop at a point; a suppressed background is see-through."""
    opaque = crop.max(axis=-1, keepdims=True) > 0
    rgba = np.concatenate([np.clip(crop, 0, 1), opaque.astype(crop.dtype)], axis=-1)
    inches = _MARKER_INCHES["framed" if opaque.all() else "cut out"]
    zoom = inches * dpi / max(crop.shape[:2])
    image = OffsetImage(rgba, zoom=zoom, interpolation="antialiased")
    axes.add_artist(AnnotationBbox(image, at, pad=0, frameon=False))
