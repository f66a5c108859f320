"""Which Labels layer belongs to which image, of all that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.layers import Labels

from napari_disentangle.widgets._layers.choose import images_of, is_own
from napari_disentangle.widgets._layers.read import axes_choices, read_source

if TYPE_CHECKING:
    from napari.layers import Image

    from napari_disentangle.widgets._layers.read import Source


def other_sources(viewer: Any, shown: Source) -> tuple[list[Source], list[str]]:
    """Return the open images with their labels, but for the shown one.

    A Labels layer belongs to an image of its shape whose name its own begins with
    ("slide 1" and "slide 1 cells"; of several such images the one with the longest
    name); without such a name, only if nothing else could be meant: it is the only
    one of this shape that is left, and so is the image.

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
        Names of images to which no labels belong for certain.
    """
    images = [x for x in images_of(viewer) if x is not shown.image_layer()]
    free = [
        layer
        for layer in viewer.layers
        if isinstance(layer, Labels)
        and not is_own(layer)
        and layer is not shown.objects_layer()
    ]
    axes = {image: _axes_of(image, shown) for image in images}
    fits = {
        (image, layer): layer.ndim == len(axes[image].replace("c", ""))
        and _shape(layer) == _spatial(image, axes[image])
        for image in images
        for layer in free
    }
    pairs = _by_name(images, free, fits)
    _only_ones(images, free, fits, pairs)
    sources = [read_source(i, pairs[i], axes[i]) for i in images if i in pairs]
    return sources, [image.name for image in images if image not in pairs]


def _by_name(
    images: list[Image], free: list[Labels], fits: dict[tuple[Image, Labels], bool]
) -> dict[Image, Labels]:
    pairs: dict[Image, Labels] = {}
    for layer in list(free):
        named = [i for i in images if layer.name.startswith(i.name) and fits[i, layer]]
        if named:
            pairs[max(named, key=lambda image: len(image.name))] = layer
            free.remove(layer)
    return pairs


def _only_ones(
    images: list[Image],
    free: list[Labels],
    fits: dict[tuple[Image, Labels], bool],
    pairs: dict[Image, Labels],
) -> None:
    """Add to `pairs` an image and labels that fit nothing else that is left."""
    left = [image for image in images if image not in pairs]
    for image in left:
        its = [layer for layer in free if fits[image, layer]]
        if len(its) == 1 and sum(fits[other, its[0]] for other in left) == 1:
            pairs[image] = its[0]


def _axes_of(image: Image, shown: Source) -> str:
    like = shown.image_layer()
    alike = like is not None and (like.ndim, like.rgb) == (image.ndim, image.rgb)
    return shown.axes if alike else axes_choices(image)[0][1]


def _shape(layer: Any) -> tuple[int, ...]:
    return tuple((layer.data[0] if layer.multiscale else layer.data).shape)


def _spatial(image: Image, axes: str) -> tuple[int, ...]:
    return tuple(n for n, axis in zip(_shape(image), axes, strict=True) if axis != "c")
