"""The pixels that layers of a source have now, and the planes that were touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.widgets._layers.channels import full_resolution
from napari_disentangle.widgets._layers.read import image_layers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari.layers import Layer

    from napari_disentangle.widgets._layers.read import Source


def labels_of(source: Source) -> Any:
    """Return the labels as they are now, (T, Z, Y, X), not read; None if gone.

    Labels of another number of dimensions are returned as they are.
    """
    layer = source.objects_layer()
    if layer is None:
        return None
    data, axes = full_resolution(layer), _label_axes(source)
    return to_tzyx(data, axes) if data.ndim == len(axes) else data


def in_memory(source: Source) -> bool:
    """Return whether the labels may be changed in place without a stroke."""
    layer = source.objects_layer()
    return layer is not None and isinstance(full_resolution(layer), np.ndarray)


def pixels_of(source: Source) -> list[Any] | None:
    """Return the image as it is now, (T, Z, C, Y, X), not read; None if it is gone.

    Of channels that have a layer each, the parts; together they are `join_channels`.
    An image of another number of dimensions is returned as it is.
    """
    layers = image_layers_of(source)
    if None in layers:
        return None
    n_axes = len(source.axes)
    data = [full_resolution(layer) for layer in layers]
    return [to_tzcyx(x, source.axes) if x.ndim == n_axes else x for x in data]


def planes_of(
    source: Source, touched: Sequence[slice] | None = None
) -> set[tuple[int, int]]:
    """Return the planes, (frame, z), in slices of the layer's axes; all by default."""
    spans = dict(zip(_label_axes(source), touched or (), strict=False))
    frames, depth = (
        range(n)[spans.get(letter, slice(None))]
        for letter, n in zip("tz", source.image.shape, strict=False)
    )
    return {(frame, z) for frame in frames for z in depth}


def slices_of(stroke: Any) -> Sequence[slice]:
    """Return the box of one entry of napari's history of strokes.

    It holds slices, or in older versions and from `data_setitem` the indices.
    """
    if hasattr(stroke, "slice_key"):
        return tuple(stroke.slice_key)
    return tuple(slice(int(np.min(at)), int(np.max(at)) + 1) for at in stroke[0])


def shown_planes(viewer: Any, source: Source, layer: Layer) -> set[tuple[int, int]]:
    """Return the planes that the viewer shows, in 3D all of the time point.

    Parameters
    ----------
    viewer : napari.Viewer
        Shows them.
    source : Source
        Whose planes.
    layer : Layer
        Its image or its labels: where these lie decides.
    """
    is_image = layer is source.image_layer()
    axes = source.axes.removesuffix("c") if is_image else _label_axes(source)
    if layer.ndim != len(axes):
        return set()
    at = layer.world_to_data(np.asarray(viewer.dims.point)[-layer.ndim :])
    flat = viewer.dims.ndisplay == 2
    shown = []
    for letter, place in zip(axes, at, strict=True):
        if letter == "c":
            continue
        index = max(round(float(place)), 0)
        all_of_it = letter != "t" and not flat
        shown.append(slice(None) if all_of_it else slice(index, index + 1))
    return planes_of(source, shown)


def _label_axes(source: Source) -> str:
    return source.axes.replace("c", "")
