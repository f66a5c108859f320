"""Colors of points and of the edges of rectangles, given and taken back by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from napari.layers import Points

from napari_disentangle.widgets._layers.mark_ids import mark_ids

if TYPE_CHECKING:
    from napari.layers import Layer
    from numpy.typing import NDArray

_OWN: WeakKeyDictionary[Layer, tuple[NDArray[np.int64], NDArray[Any]]] = (
    WeakKeyDictionary()
)
"""Ids and colors of the marks of a layer before they were painted."""


def paint_marks(
    layer: Layer,
    ids: NDArray[np.int64],
    colors: NDArray[np.float32],
    missing: tuple[float, ...],
) -> None:
    """Color Points, or the edges of Shapes, by their ids; `missing` those not given."""
    now = mark_ids(layer)
    if layer not in _OWN:
        _OWN[layer] = now, np.array(getattr(layer, _name(layer)))
    setattr(layer, _name(layer), _by_id(now, ids, colors, missing))


def restore_marks(layer: Layer) -> None:
    """Give marks the colors they had; those added since have that of the first one."""
    own = _OWN.pop(layer, None)
    if own is not None and len(own[0]):
        colors = _by_id(mark_ids(layer), *own, own[1][0])
        setattr(layer, _name(layer), colors)


def _name(layer: Layer) -> str:
    return "face_color" if isinstance(layer, Points) else "edge_color"


def _by_id(
    now: NDArray[np.int64], ids: Any, colors: NDArray[Any], missing: Any
) -> NDArray[np.float32]:
    """Return the color of each of the ids of `now`."""
    rows = pd.Index(ids).get_indexer(pd.Index(now))
    every = np.tile(np.asarray(missing, np.float32), (len(rows), 1))
    every[rows >= 0] = colors[rows[rows >= 0]]
    return every
