"""Where the objects of a Labels, Points or Shapes layer are, in pixels of an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from napari.layers import Labels, Points, Shapes

from napari_disentangle.crops.axes import to_tzyx
from napari_disentangle.errors import CropError
from napari_disentangle.widgets._layers.axes import AXIS_NAMES, is_named
from napari_disentangle.widgets._layers.channels import full_resolution

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari.layers import Image, Layer
    from numpy.typing import NDArray

Kind: TypeAlias = Literal["labels", "points", "shapes"]


def read_objects(image: Image, objects: Layer, axes: str) -> tuple[Kind, Any]:
    """Return what kind of objects a layer has, and where: see `Source`.

    Raises
    ------
    CropError
        If it does not fit the image.
    """
    if isinstance(objects, Labels):
        return "labels", _read_labels(objects, axes)
    if isinstance(objects, Points):
        return "points", _read_points(objects, image, axes)
    if isinstance(objects, Shapes):
        return "shapes", _read_boxes(objects, image, axes)
    raise CropError(
        f"Layer {objects.name!r} is no Labels, Points or Shapes layer; choose one."
    )


def may_lie_on(image: Image, axes: str, objects: Layer) -> bool:
    """Return whether `objects` can be on an image layer of these axes.

    Labels need its shape, Points and Shapes as many dimensions; channels do not count.
    Marks that were drawn on a channel lie in it, too: in one of them, or in several if
    the layer names its channels; else that axis is one of time or depth. An axis that
    the image layer names channel is never taken for another, whatever the objects have.
    """
    letters = axes[:-1] if image.rgb else axes
    if any(a != "c" and is_named(image, n, "c") for n, a in enumerate(letters)):
        return False
    shape = full_resolution(image).shape
    spatial = [n for n, axis in zip(shape, axes, strict=True) if axis != "c"]
    if isinstance(objects, Labels):
        return tuple(full_resolution(objects).shape) == tuple(spatial)
    if int(objects.ndim) == len(spatial):
        return True
    if image.rgb or "c" not in axes or objects.ndim != image.ndim:
        return False
    channel = axes.index("c")
    return is_named(image, channel, "c") or len(_slices(objects, channel)) < 2


def axis_in(objects: Layer, image: Image, axes: str, letter: str) -> int | None:
    """Return which axis of a layer of objects is `letter`, None if none is."""
    letters = axes[:-1] if image.rgb else axes
    own = [letters[axis] for axis in _own_axes(objects, image, axes)]
    return own.index(letter) if letter in own else None


def _read_labels(layer: Labels, axes: str) -> Any:
    data = full_resolution(layer)
    wanted = axes.replace("c", "")
    if data.ndim != len(wanted):
        raise CropError(
            f"Labels layer {layer.name!r} has {data.ndim} dimensions but the image has "
            f"{len(wanted)} ({', '.join(AXIS_NAMES[a] for a in wanted)}); choose "
            "labels made for this image or other dimensions."
        )
    return to_tzyx(data, wanted)


def _read_points(layer: Points, image: Image, axes: str) -> NDArray[np.float64]:
    inside = _affine(layer, image, axes)(np.asarray(layer.data, float))
    return _in_order(inside, image, axes)


def _read_boxes(layer: Shapes, image: Image, axes: str) -> NDArray[np.float64]:
    boxes, to_image = [], _affine(layer, image, axes)
    for corners in layer.data:
        pixels = _in_order(to_image(np.asarray(corners, float)), image, axes)
        low, high = pixels[:, 2:].min(0), pixels[:, 2:].max(0)
        boxes.append((*pixels[0, :2], *low, *high))
    return np.asarray(boxes, float).reshape(-1, 6)


def _own_axes(layer: Layer, image: Image, axes: str) -> list[int]:
    """Return the axes of an image layer that those of a layer of objects stand for.

    All, or all but the channels, or the last ones.
    """
    letters = axes[:-1] if image.rgb else axes
    spatial = [axis for axis, letter in enumerate(letters) if letter != "c"]
    if layer.ndim == len(spatial):
        return spatial
    return list(range(image.ndim))[-layer.ndim :]


def _slices(layer: Layer, axis: int) -> set[int]:
    """Return where the marks of a layer lie along an axis, in pixels of the layer."""
    return {round(float(np.atleast_2d(mark)[0, axis])) for mark in layer.data}


def _affine(
    layer: Layer, image: Image, axes: str
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return what takes coordinates of `layer`, (N, D), to those of `image`."""
    own = _own_axes(layer, image, axes)
    to_units = _unit_ratios(layer, image, own)

    def one(point: NDArray[np.float64]) -> NDArray[np.float64]:
        world = np.zeros(image.ndim)
        in_world = np.asarray(layer.data_to_world(point))[-len(own) :]
        world[own] = in_world * to_units
        return np.asarray(image.world_to_data(world), np.float64)

    origin = one(np.zeros(layer.ndim))
    steps = np.stack([one(step) - origin for step in np.eye(layer.ndim)])
    return lambda coordinates: coordinates @ steps + origin


def _unit_ratios(layer: Layer, image: Image, own: list[int]) -> list[float]:
    """Return the units of `layer` in those of the axes `own` of `image`.

    Where one is a length and the other is not they are taken for the same.
    """
    wanted = [image.units[axis] for axis in own]
    return [
        float((1 * mine).to(theirs).magnitude) if (1 * mine).check(theirs) else 1.0
        for mine, theirs in zip(layer.units[-len(own) :], wanted, strict=True)
    ]


def _in_order(
    inside: NDArray[np.float64], image: Image, axes: str
) -> NDArray[np.float64]:
    """Return coordinates of an image as frame, z, y, x, (N, 4)."""
    spatial = axes[:-1] if image.rgb else axes
    pixels = np.zeros((len(inside), 4))
    pixels[:, 2:] = inside[:, -2:]
    for column, letter in enumerate("tz"):
        if letter in spatial:
            pixels[:, column] = np.round(inside[:, spatial.index(letter)])
    return pixels
