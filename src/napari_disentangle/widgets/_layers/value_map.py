"""Many objects colored at once: the value of each pixel's object, as an image layer.

A color an id takes napari seconds at 100,000 objects; an image of the values takes a
twentieth, and of a lazy Labels layer only what is shown is ever read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np

from napari_disentangle.crops.axes import as_sliceable

if TYPE_CHECKING:
    from napari.layers import Image, Labels, Layer
    from numpy.typing import NDArray

    from napari_disentangle.widgets._layers.color import Coloring

_SUFFIX = " (colored)"
_MAPS: WeakKeyDictionary[Layer, ref[Image]] = WeakKeyDictionary()
"""The map of each Labels layer: names may be changed by the user at any time."""


def show_map(
    viewer: Any,
    layer: Labels,
    frame_axis: int | None,
    frame: int,
    ids: NDArray[np.int64],
    values: NDArray[np.float64],
    coloring: Coloring,
) -> None:
    """Show the values of one frame as a float image beneath the Labels layer.

    The Labels layer stays on top, active and transparent, so that hovering and picking
    still work. The image covers `frame` only: other frames have no color until they
    are painted, never a wrong one.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers.
    layer : Labels
        The objects; of several resolutions each gets its values.
    frame_axis : int or None
        Axis of the time points in `layer`.
    frame : int
        Time point to color.
    ids, values : array, (N,)
        Label and value of each object of the frame.
    coloring : Coloring
        Colormap and limits.
    """
    levels = layer.data if layer.multiscale else [layer.data]
    maps = [_map_level(level, frame_axis, frame, ids, values) for level in levels]
    data = maps if layer.multiscale else maps[0]
    translate = np.array(layer.translate, float)
    if frame_axis is not None:
        translate[frame_axis] += frame * layer.scale[frame_axis]
    existing = _map_of(viewer, layer)
    if existing is None:
        _add(viewer, layer, data, translate, coloring)
    else:
        existing.translate = translate
        existing.data = data
        existing.colormap = coloring.colormap
        existing.contrast_limits = coloring.low, coloring.high
    layer.opacity = 0.0
    viewer.layers.selection.active = layer


def remove_map(viewer: Any, layer: Layer) -> None:
    """Remove the image of values of a Labels layer, if there is one."""
    image = _map_of(viewer, layer)
    if image is not None:
        viewer.layers.remove(image)


def _map_of(viewer: Any, layer: Layer) -> Image | None:
    known = _MAPS.get(layer)
    image = None if known is None else known()
    return image if image is not None and image in viewer.layers else None


def _add(
    viewer: Any,
    layer: Labels,
    data: Any,
    translate: NDArray[np.float64],
    coloring: Coloring,
) -> None:
    image = viewer.add_image(
        data,
        name=layer.name + _SUFFIX,
        multiscale=layer.multiscale,
        scale=layer.scale,
        translate=translate,
        rotate=layer.rotate,
        shear=layer.shear,
        affine=layer.affine,
        units=layer.units,
        axis_labels=layer.axis_labels,
        metadata={"colors": True},
        colormap=coloring.colormap,
        contrast_limits=(coloring.low, coloring.high),
    )
    _MAPS[layer] = ref(image)
    viewer.layers.move(viewer.layers.index(image), viewer.layers.index(layer))


def _map_level(
    labels: Any,
    frame_axis: int | None,
    frame: int,
    ids: NDArray[np.int64],
    values: NDArray[np.float64],
) -> Any:
    """Return the value of each pixel of one frame, lazily where `labels` are."""
    labels = as_sliceable(labels)
    if frame_axis is not None:
        ahead = (slice(None),) * frame_axis
        labels = labels[(*ahead, slice(frame, frame + 1))]
    if isinstance(labels, np.ndarray):
        return lookup(labels, ids, values)
    return labels.map_blocks(
        lookup, ids, values, dtype=np.float32, meta=np.zeros((0,), np.float32)
    )


def lookup(
    labels: NDArray[np.int64], ids: NDArray[np.int64], values: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return the value of each pixel's object, NaN where it has none."""
    order = np.argsort(ids)
    ids, values = ids[order], values[order]
    if ids.size == 0:
        return np.full(labels.shape, np.nan, np.float32)
    if ids[-1] <= max(10 * ids.size, 2**20):
        table = np.full(int(ids[-1]) + 2, np.nan, np.float32)
        table[ids] = values
        return table[np.where(labels <= ids[-1], labels, ids[-1] + 1)]
    at = np.clip(np.searchsorted(ids, labels), 0, ids.size - 1)
    return np.where(ids[at] == labels, values[at], np.nan).astype(np.float32)
