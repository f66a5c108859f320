"""Objects colored by a column, matched by label id and never by position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
from napari.layers import Labels
from napari.utils.colormaps import ensure_colormap

from napari_disentangle.tables import at_frame, in_image, included, shown_ids
from napari_disentangle.widgets._layers.canvas import draw_later
from napari_disentangle.widgets._layers.id_colors import (
    cycle_length,
    id_colors,
    keep_order,
)
from napari_disentangle.widgets._layers.mark_colors import (
    paint_marks,
    restore_marks,
)
from napari_disentangle.widgets._layers.value_map import remove_map, show_map

if TYPE_CHECKING:
    import pandas as pd
    from napari.layers import Layer
    from napari.utils import Colormap
    from numpy.typing import NDArray

    from napari_disentangle.widgets._layers.read import Source

FAST_ABOVE = 2_000
"""Above so many objects of large ids a value image is shown, not a color an id."""

GRAY = (0.55, 0.55, 0.55, 0.6)
"""Color of an object without a value."""

FAINT = (0.55, 0.55, 0.55, 0.06)
"""Color of an excluded cell."""

_ORIGINAL: WeakKeyDictionary[Layer, dict[str, Any]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Coloring:
    """What color means: column, colormap and the values at its two ends.

    Attributes
    ----------
    column : str
        Numeric column of the table.
    colormap : str or Colormap
        Name in napari, or a colormap.
    low, high : float
        Values at its ends.
    missing : tuple of float
        Color of an object without a value, RGBA in [0, 1].
    """

    column: str
    colormap: str | Colormap
    low: float
    high: float
    missing: tuple[float, float, float, float] = GRAY


def limits_of(
    values: NDArray[np.float64], low_percentile: float, high_percentile: float
) -> tuple[float, float]:
    """Return the values at two percentiles, a little apart if they are equal."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return 0.0, 1.0
    low, high = (
        float(v) for v in np.percentile(finite, (low_percentile, high_percentile))
    )
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def rgba_of(values: NDArray[np.float64], coloring: Coloring) -> NDArray[np.float32]:
    """Return colors, (N, 4) in [0, 1], of values; `missing` where they are NaN."""
    scaled = (values - coloring.low) / (coloring.high - coloring.low)
    missing = ~np.isfinite(scaled)
    scaled = np.clip(np.where(missing, 0, scaled), 0, 1)
    colors = np.array(ensure_colormap(coloring.colormap).map(scaled), np.float32)
    colors[missing] = coloring.missing
    return colors


def paint(
    viewer: Any, source: Source, table: pd.DataFrame, frame: int, coloring: Coloring
) -> None:
    """Color the objects of one frame.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers.
    source : Source
        Where the objects come from; nothing happens if their layer is gone.
    table : pandas.DataFrame
        Objects of any image and frame; those of this image and `frame` are used, and
        excluded ones are faint.
    frame : int
        Time point to color.
    coloring : Coloring
        Column, colormap and limits.
    """
    layer = source.objects_layer()
    if layer is None or layer not in viewer.layers:
        return
    rows = at_frame(table, frame, source.roi_id)
    if not isinstance(layer, Labels):
        rows = table[in_image(table, source.roi_id)].drop_duplicates("label")
    ids = shown_ids(rows).to_numpy()
    values = rows[coloring.column].to_numpy(dtype=float, na_value=np.nan)
    values = np.where(included(rows), values, np.nan)
    colors = rgba_of(values, coloring)
    colors[~included(rows)] = FAINT
    draw_later(viewer)
    if not isinstance(layer, Labels):
        paint_marks(layer, ids, colors, coloring.missing)
        return
    length = cycle_length(source.objects[frame])
    if len(ids) > FAST_ABOVE and not length:
        _keep(layer, ("opacity",))
        show_map(viewer, layer, source.frame_axis, frame, ids, values, coloring)
    else:
        remove_map(viewer, layer)
        _keep(layer, ("colormap", "opacity"))
        layer.colormap = id_colors(length, ids, colors, coloring.missing)
        keep_order(viewer)
        if layer.opacity != _ORIGINAL[layer]["opacity"]:
            layer.opacity = _ORIGINAL[layer]["opacity"]


def restore_colors(viewer: Any, source: Source) -> None:
    """Give the objects layer the colors it had before `paint`."""
    layer = source.objects_layer()
    if layer is None:
        return
    draw_later(viewer)
    remove_map(viewer, layer)
    restore_marks(layer)
    for name, value in _ORIGINAL.pop(layer, {}).items():
        setattr(layer, name, value)


def _keep(layer: Layer, names: tuple[str, ...]) -> None:
    """Remember how the layer looked, once."""
    kept = _ORIGINAL.setdefault(layer, {})
    for name in names:
        kept.setdefault(name, getattr(layer, name))
