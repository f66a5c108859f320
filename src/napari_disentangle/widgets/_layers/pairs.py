"""Which layer says where the cells of which image are, of all that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from napari.layers import Labels, Points, Shapes

from napari_disentangle.widgets._layers.axes import axes_choices
from napari_disentangle.widgets._layers.belonging import named_after
from napari_disentangle.widgets._layers.channels import (
    full_resolution,
    read_channels,
    siblings_of,
)
from napari_disentangle.widgets._layers.choose import images_of, is_own
from napari_disentangle.widgets._layers.objects import read_objects
from napari_disentangle.widgets._layers.read import image_layers_of, read_source

if TYPE_CHECKING:
    from napari.layers import Image, Layer

    from napari_disentangle.widgets._layers.read import Source

    Fits: TypeAlias = dict[tuple[Image, Layer], bool]

_TYPES = {"labels": Labels, "points": Points, "shapes": Shapes}


def other_sources(viewer: Any, shown: Source) -> tuple[list[Source], list[str]]:
    """Return the open images with their cells, but for the shown one.

    A layer of cells belongs to an image that it fits and whose name its own begins with
    ("slide 1" and "slide 1 cells"; of several such images the one with the longest
    name, of several such layers the newest). Layers of the same type as the shown one's
    come first; without such a name one of them still belongs to an image if nothing
    else could be meant: it is the only one left that fits the image, and fits no other
    image left. Layers of other types follow, by name only. Labels fit an image of their
    shape; points and rectangles one in which all of them lie. If the channels of the
    shown image have a layer each, the layers of the others are joined in the same way,
    in their order.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers.
    shown : Source
        Its layers are left out; its axes are taken for images like its own.

    Returns
    -------
    sources : list of Source
        In the order of the layers.
    without : list of str
        Names of images to which no cells belong for certain.
    """
    groups = other_images(viewer, shown)
    own = [layer for layer in image_layers_of(shown) if layer is not None]
    every = {**({own[0]: own} if own else {}), **groups}
    axes = {image: _axes_of(image, shown) for image in every}
    pairs: dict[Image, Layer] = {}
    for kind in sorted(_TYPES, key=lambda kind: kind != shown.kind):
        free = [
            layer
            for layer in viewer.layers
            if isinstance(layer, _TYPES[kind])
            and not is_own(layer)
            and layer is not shown.objects_layer()
        ]
        fits = {(i, layer): _fits(i, layer, axes[i]) for i in every for layer in free}
        pairs = {**_by_name(every, free, fits), **pairs}
        if kind == shown.kind:
            _only_ones(list(groups), free, fits, pairs)
    sources = [
        read_source(i, pairs[i], axes[i], groups[i]) for i in groups if i in pairs
    ]
    return sources, [image.name for image in groups if image not in pairs]


def other_images(viewer: Any, shown: Source) -> dict[Image, list[Image]]:
    """Return the layers of each open image but the one of `shown`, by the first."""
    left = [x for x in images_of(viewer) if x not in image_layers_of(shown)]
    groups: dict[Image, list[Image]] = {}
    while left:
        group = siblings_of(viewer, left[0]) if shown.channel_layers else left[:1]
        group = [layer for layer in group if layer in left]
        groups[left[0]] = group
        left = [layer for layer in left if layer not in group]
    return groups


def _by_name(
    groups: dict[Image, list[Image]], free: list[Layer], fits: Fits
) -> dict[Image, Layer]:
    pairs: dict[Image, Layer] = {}
    for layer in list(free):
        members = {
            member: image
            for image, group in groups.items()
            if fits[image, layer]
            for member in group
        }
        owner = named_after(layer, members)
        if owner is not None:
            pairs[members[owner]] = layer
            free.remove(layer)
    return pairs


def _only_ones(
    images: list[Image], free: list[Layer], fits: Fits, pairs: dict[Image, Layer]
) -> None:
    """Add to `pairs` an image and a layer that fit nothing else that is left."""
    left = [image for image in images if image not in pairs]
    for image in left:
        its = [layer for layer in free if fits[image, layer]]
        if len(its) == 1 and sum(fits[other, its[0]] for other in left) == 1:
            pairs[image] = its[0]


def _axes_of(image: Image, shown: Source) -> str:
    like = shown.image_layer()
    alike = like is not None and (like.ndim, like.rgb) == (image.ndim, image.rgb)
    return shown.axes if alike else axes_choices(image)[0][1]


def _fits(image: Image, layer: Layer, axes: str) -> bool:
    if isinstance(layer, Labels):
        shape = zip(full_resolution(image).shape, axes, strict=True)
        wanted = tuple(n for n, axis in shape if axis != "c")
        return tuple(full_resolution(layer).shape) == wanted
    if layer.ndim > image.ndim:
        return False
    kind, objects = read_objects(image, layer, axes)
    low = objects[:, :4]
    high = objects[:, [0, 1, 4, 5]] if kind == "shapes" else low
    frames, planes, _, height, width = read_channels([image], axes).shape
    edge = np.array([frames, planes, height, width]) - 0.5
    return bool((low >= -0.5).all() and (high <= edge).all())
