"""Channels of an image, in one layer or in several."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.crops.axes import to_tzcyx
from napari_disentangle.errors import CropError, require
from napari_disentangle.widgets._layers.choose import images_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari.layers import Image, Labels

_COUNTED = re.compile(r" \[\d+\]$")  # as napari makes equal names differ
_PLACED = ("scale", "translate", "rotate", "shear")


def full_resolution(layer: Image | Labels) -> Any:
    """Return the pixels of a layer, of the finest where it has several resolutions."""
    return layer.data[0] if layer.multiscale else layer.data


def read_channels(layers: Sequence[Image], axes: str) -> Any:
    """Return the pixels of one layer or several as (T, Z, C, Y, X).

    Several are the channels, in their order; they are not read where one is lazy, and
    copied where all are in memory.

    Raises
    ------
    CropError
        If they are not of one image.
    """
    for other in layers[1:]:
        why = why_not_together(layers[0], other)
        if why or "c" in axes:
            raise CropError(why or "The layers have channels of their own; use one.")
    return join_channels([to_tzcyx(full_resolution(x), axes) for x in layers])


def join_channels(parts: Sequence[Any]) -> Any:
    """Return arrays, (T, Z, C, Y, X), as the channels of one; lazy if one is."""
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(part, np.ndarray) for part in parts):
        return np.concatenate(parts, axis=2)
    return require("dask.array", extra="large").concatenate(parts, axis=2)


def why_not_together(image: Image, other: Image) -> str:
    """Return in one sentence why two layers are no channels of one image, else ""."""
    if image.rgb or other.rgb:
        rgb = image if image.rgb else other
        return f"Layer {rgb.name!r} is a color image, which has all its channels."
    shapes = [tuple(full_resolution(layer).shape) for layer in (image, other)]
    if shapes[0] != shapes[1]:
        first, second = (" x ".join(map(str, shape)) for shape in shapes)
        return (
            f"Layer {other.name!r} has {second} pixels and {image.name!r} {first}; "
            "channels of one image have the same shape."
        )
    kinds = [np.dtype(full_resolution(layer).dtype) for layer in (image, other)]
    if kinds[0] != kinds[1]:
        return (
            f"Layer {other.name!r} holds {kinds[1]} and {image.name!r} {kinds[0]}; "
            "convert one, so that channels are of one kind."
        )
    at_same = [np.allclose(getattr(image, n), getattr(other, n)) for n in _PLACED]
    at_same.append(np.allclose(image.affine, other.affine))
    if not all(at_same):
        return (
            f"Layer {other.name!r} does not lie on {image.name!r} (scale, translate, "
            "rotate or shear differ); channels of one image lie on each other."
        )
    return ""


def siblings_of(viewer: Any, image: Image) -> list[Image]:
    """Return the layers that were opened as the channels of one image with `image`.

    They come from one file, array or name, lie on each other, and but for one of them
    are blended additively, as napari does when it splits channels.
    """
    found = [
        layer
        for layer in images_of(viewer)
        if layer is image
        or (not why_not_together(image, layer) and _is_one_origin(image, layer))
    ]
    additive = sum(layer.blending == "additive" for layer in found)
    return found if additive >= max(len(found) - 1, 1) else [image]


def _is_one_origin(image: Image, other: Image) -> bool:
    paths = [getattr(layer.source, "path", None) for layer in (image, other)]
    if any(paths):
        return bool(paths[0] == paths[1])
    first, second = (full_resolution(layer) for layer in (image, other))
    return stem_of(image) == stem_of(other) or _is_one_array(first, second)


def stem_of(layer: Image) -> str:
    """Return the name of a layer without the number that napari appends."""
    return _COUNTED.sub("", layer.name)


def _is_one_array(first: Any, second: Any) -> bool:
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        return first.base is not None and first.base is second.base
    graphs = [getattr(getattr(x, "dask", None), "layers", {}) for x in (first, second)]
    return bool(set(graphs[0]) & set(graphs[1]))
