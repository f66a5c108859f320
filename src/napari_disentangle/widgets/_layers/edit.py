"""Cells edited in their Labels layer, in steps that napari can undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Labels

from napari_disentangle.errors import CropError
from napari_disentangle.widgets._layers.features import current_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from napari_disentangle.crops.edit_labels import LabelEdit
    from napari_disentangle.widgets._layers.read import Source


def why_not_editable(viewer: Any, source: Source | None) -> str:
    """Return why the cells of `source` cannot be edited, empty if they can."""
    layer = None if source is None else source.objects_layer()
    if layer is None or layer not in viewer.layers:
        return "cut crops of a Labels layer in the Crops dock first"
    if not isinstance(layer, Labels):
        return "these cells are points or shapes; edit them with napari's own tools"
    if source is not None and source.roi_id.endswith("/"):
        return "these are crops of a folder; edit the masks in its files"
    if not isinstance(layer.data, np.ndarray) or not layer.data.flags.writeable:
        return "these labels are not in memory, so they cannot be changed"
    if not layer.visible:  # napari cannot draw what changed in a slice it has not read
        return "the layer is hidden; show it first"
    return "" if layer.editable else "the layer is locked; make it editable"


def edit_cells(
    viewer: Any,
    source: Source,
    edit: Callable[[NDArray[np.integer], int], LabelEdit],
) -> Labels:
    """Change the labels of the frame that is shown as one step, and return the layer.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers.
    source : Source
        Where the cells come from.
    edit : callable
        Gets the labels of the frame, (Y, X) or (Z, Y, X), and an id that no frame uses;
        returns what is to be changed.

    Raises
    ------
    CropError
        If the labels cannot be edited, or `edit` refuses.
    """
    why = why_not_editable(viewer, source)
    layer = source.objects_layer()
    if why or not isinstance(layer, Labels):
        raise CropError(f"The cells cannot be edited: {why}.")
    labels, axis = np.asarray(layer.data), source.frame_axis
    frame = current_frame(viewer, source)
    shown = labels if axis is None else labels.take(frame, axis)
    found = edit(shown, int(labels.max(initial=0)) + 1)
    places = list(found.places)
    if axis is not None:
        places.insert(axis, np.full(len(found.ids), frame))
    layer.data_setitem(tuple(places), found.ids)
    return layer
