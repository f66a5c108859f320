"""Tables in layers: one row an object of the current frame, keyed by label id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np
import pandas as pd
from napari.layers import Labels

from napari_disentangle.tables import at_frame, in_image
from napari_disentangle.widgets._layers.mark_ids import mark_ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari.layers import Layer

    from napari_disentangle.widgets._layers.read import Source

_FOREIGN: WeakKeyDictionary[Layer, pd.DataFrame] = WeakKeyDictionary()
_SHOWN: WeakKeyDictionary[Layer, tuple[ref[pd.DataFrame], int, pd.DataFrame]] = (
    WeakKeyDictionary()
)
"""What each layer was given last: table, frame, and the features as napari has them."""


def current_frame(viewer: Any, source: Source) -> int:
    """Return the time point that the viewer shows of `source`, 0 if it has none."""
    layer = source.objects_layer()
    axis = source.frame_axis
    if axis is None or layer is None:
        return 0
    point = np.asarray(viewer.dims.point)[-layer.ndim :]
    frame = round(float(layer.world_to_data(point)[axis]))
    return int(np.clip(frame, 0, source.n_frames - 1))


def set_features(layer: Layer, table: pd.DataFrame, frame: int, roi_id: str) -> None:
    """Show the rows of one frame in `layer.features`.

    A Labels layer finds a row by the column ``index``, so every id occurs once and
    there is no background row. Points and Shapes have a row for each of theirs, NaN
    where it has no code. Columns that the layer had before, from elsewhere, are kept.
    Nothing is done if it shows them already: several docks tell of the same table.
    """
    if _shows(layer, table, frame):
        return
    foreign = _foreign_of(layer)
    if isinstance(layer, Labels):
        rows = at_frame(table, frame, roi_id)
    else:
        every = table[in_image(table, roi_id)].drop_duplicates("label")
        ids = pd.Index(mark_ids(layer), name="label")
        rows = every.set_index("label").reindex(ids).reset_index()
        rows["index"] = rows["label"]
    new = foreign.columns.difference(rows.columns)
    layer.features = rows.join(foreign[new], on="index")
    _SHOWN[layer] = ref(table), frame, layer.features


def _shows(layer: Layer, table: pd.DataFrame, frame: int) -> bool:
    given, of_frame, features = _SHOWN.get(layer, (None, -1, None))
    same = given is not None and given() is table and of_frame == frame
    return same and layer.features is features


def _foreign_of(layer: Layer) -> pd.DataFrame:
    """Return the columns a layer had at first, by object id.

    As in napari, a Labels layer without a column ``index`` has the row of label i at i.
    """
    if layer not in _FOREIGN:
        found = layer.features
        if "index" in found:
            found = found.drop_duplicates("index").set_index("index")
        elif not isinstance(layer, Labels):
            found = found.set_index(pd.Index(mark_ids(layer)))
        _FOREIGN[layer] = found
    return _FOREIGN[layer]


class FrameFollower:
    """Calls back whenever the viewer shows another frame of a source.

    napari shows the last row of a repeated ``index``, so a time series must swap its
    rows as the slider moves.

    Parameters
    ----------
    viewer : napari.Viewer
        Its dims are followed until `stop`.
    on_frame : callable
        Gets the new frame.
    """

    def __init__(self, viewer: Any, on_frame: Callable[[int], object]) -> None:
        self._viewer = viewer
        self._on_frame = on_frame
        self._source: Source | None = None
        self._frame = -1
        viewer.dims.events.point.connect(self._on_point)

    def follow(self, source: Source | None) -> None:
        """Watch the frames of `source` from now on."""
        self._source = source
        self._frame = -1 if source is None else current_frame(self._viewer, source)

    def stop(self) -> None:
        self._source = None
        self._viewer.dims.events.point.disconnect(self._on_point)

    def _on_point(self) -> None:
        source = self._source
        if source is None or source.frame_axis is None:
            return
        frame = current_frame(self._viewer, source)
        if frame != self._frame:
            self._frame = frame
            self._on_frame(frame)
