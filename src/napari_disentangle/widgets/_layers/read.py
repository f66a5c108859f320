"""Layers as the engine sees them: canonical axes, pixel size, identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from weakref import ref

import numpy as np
from napari.layers import Image, Labels, Points, Shapes

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.errors import CropError
from napari_disentangle.widgets._layers.identity import image_name
from napari_disentangle.widgets._layers.mark_ids import mark_ids
from napari_disentangle.widgets._layers.pixel_size import pixel_size_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari.layers import Layer
    from numpy.typing import NDArray

    from napari_disentangle.recipes.montage import Montage

AXIS_NAMES = {"t": "time", "z": "z", "c": "channel", "y": "y", "x": "x"}
_FEW_CHANNELS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """An image layer and the layer that says where its objects are.

    Attributes
    ----------
    image : array, (T, Z, C, Y, X)
        The image, not read yet where the layer is lazy.
    objects : array
        Label ids (T, Z, Y, X); or point centers (N, 4) as frame, z, y, x; or boxes
        (N, 6) as frame, z, y0, x0, y1, x1; in pixels of the image.
    kind : str
        Which of the three.
    ids : array, (N,), or None
        Id of each point or box, which stays with it; None of labels.
    axes : str
        Axes of the image layer, from ``tzcyx``.
    roi_id : str
        Name of the image in tables.
    spacing_um : tuple of float or None
        Pixel size (y, x) in micrometers, where it is known: see `pixel_size_of`.
    image_layer, objects_layer : callable
        Weak references to the layers; they return None once a layer is gone.
    montage : Montage or None
        Where the layers show each crop of a folder; None of an image.
    folder : Path or None
        That folder.
    """

    image: Any
    objects: Any
    kind: Literal["labels", "points", "shapes"]
    axes: str
    roi_id: str
    spacing_um: tuple[float, float] | None
    image_layer: ref[Layer]
    objects_layer: ref[Layer]
    montage: Montage | None = None
    folder: Path | None = None
    ids: NDArray[np.int64] | None = None

    @property
    def frame_axis(self) -> int | None:
        """Axis of the time points in the objects layer."""
        axes = self.axes.replace("c", "")
        return axes.index("t") if "t" in axes else None

    @property
    def n_frames(self) -> int:
        return int(self.image.shape[0])

    @property
    def is_rgb(self) -> bool:
        """Whether the channels are one color image."""
        return self.axes.endswith("c")


def axes_choices(layer: Image) -> list[tuple[str, str]]:
    """Return the possible axes of an image layer as (text, axes), likeliest first.

    A leading axis that the layer names, or one of at most six, decides the first guess;
    the user may choose another.
    """
    n_lead = layer.ndim - 2
    tail = "yxc" if layer.rgb else "yx"
    letters = "tz" if layer.rgb else "tzc"
    if n_lead > len(letters):
        raise CropError(
            f"Layer {layer.name!r} has {layer.ndim} dimensions; at most time, z, "
            "channel, y and x can be used. Split it first."
        )
    combos = [""]
    for _ in range(n_lead):
        combos = [c + letter for c in combos for letter in letters if letter not in c]
    ordered = sorted(combos, key=lambda lead: -_plausible(layer, lead))
    return [
        (", ".join(AXIS_NAMES[a] for a in lead + tail.replace("c", "")), lead + tail)
        for lead in ordered
    ]


def may_lie_on(image: Image, axes: str, objects: Layer) -> bool:
    """Return whether `objects` can be on an image layer of these axes.

    Labels need its shape, Points and Shapes as many dimensions; channels do not count.
    """
    shape = full_resolution(image).shape
    spatial = [n for n, axis in zip(shape, axes, strict=True) if axis != "c"]
    if isinstance(objects, Labels):
        return tuple(full_resolution(objects).shape) == tuple(spatial)
    return int(objects.ndim) == len(spatial)


def _plausible(layer: Image, lead: str) -> float:
    shape = full_resolution(layer).shape
    score = 0.0
    for axis, letter in enumerate(lead):
        name = str(layer.axis_labels[axis]).lower()
        few = shape[axis] <= _FEW_CHANNELS
        score += 10.0 * (name.startswith(letter) and not name.startswith("-"))
        score += {"c": 1.0 if few else -2.0, "t": 0.5 - 0.1 * axis, "z": 0.1}[letter]
    return score


def read_image(layer: Image, axes: str) -> Any:
    """Return the pixels of an image layer as (T, Z, C, Y, X), lazily where they are."""
    return to_tzcyx(full_resolution(layer), axes)


def read_source(image: Image, objects: Layer, axes: str) -> Source:
    """Return an image layer and a Labels, Points or Shapes layer as a source.

    Raises
    ------
    CropError
        If the objects layer does not fit the image.
    """
    pixels = read_image(image, axes)
    if isinstance(objects, Labels):
        kind: Literal["labels", "points", "shapes"] = "labels"
        found = _read_labels(objects, axes)
    elif isinstance(objects, Points):
        kind, found = "points", _read_points(objects, image, axes)
    elif isinstance(objects, Shapes):
        kind, found = "shapes", _read_boxes(objects, image, axes)
    else:
        raise CropError(
            f"Layer {objects.name!r} is no Labels, Points or Shapes layer; choose one."
        )
    return Source(
        image=pixels,
        objects=found,
        kind=kind,
        axes=axes,
        roi_id=image_name(image),
        spacing_um=pixel_size_of(image).spacing_um,
        image_layer=ref(image),
        objects_layer=ref(objects),
        ids=None if kind == "labels" else mark_ids(objects),
    )


def is_open(viewer: Any, source: Source) -> bool:
    """Return whether the cells of `source` are still there.

    Those of an image are while both of its layers are in `viewer`; those of a folder
    are in its files.
    """
    return source.folder is not None or has_layers(viewer, source)


def has_layers(viewer: Any, source: Source | None) -> bool:
    """Return whether the layers that show the cells of `source` are in `viewer`."""
    if source is None:
        return False
    layers = list(viewer.layers)
    return source.image_layer() in layers and source.objects_layer() in layers


def channel_names(layer: Image, axes: str) -> list[str]:
    """Return a name for each channel of an image layer.

    Names are those of ``channel_names`` in the layer's metadata, where a reader put as
    many; else they count from 1.
    """
    if layer.rgb:
        return ["red", "green", "blue"]
    if "c" not in axes:
        return []
    n_channels = full_resolution(layer).shape[axes.index("c")]
    said = layer.metadata.get("channel_names", ())
    if isinstance(said, list | tuple) and len(said) == n_channels:
        return [str(name) for name in said]
    return [f"channel {i + 1}" for i in range(n_channels)]


def visible_region(layer: Image) -> tuple[slice, slice]:
    """Return the part of the image on the canvas, as (y, x) slices in pixels."""
    height, width = _plane_shape(layer)
    low, high = np.asarray(layer.corner_pixels)[:, -2:]
    if layer.multiscale:
        factor = np.asarray(layer.downsample_factors[layer.data_level])[-2:]
        low, high = low * factor, high * factor
    y0, x0 = np.clip(np.floor(low), 0, (height, width)).astype(int)
    y1, x1 = np.clip(np.ceil(high) + 1, 0, (height, width)).astype(int)
    if y1 - y0 < 2 or x1 - x0 < 2:
        return slice(0, height), slice(0, width)
    return slice(y0, y1), slice(x0, x1)


def visible_plane(viewer: Any, layer: Image, axes: str) -> Any:
    """Return the plane the viewer shows of an image, (1, 1, C, Y, X), not read yet."""
    spatial = axes[:-1] if layer.rgb else axes
    point = np.asarray(viewer.dims.point)[-layer.ndim :]
    at = np.round(layer.world_to_data(point)).astype(int)
    image = read_image(layer, axes)
    for axis, letter in enumerate("tz"):
        if letter in spatial:
            length = image.shape[axis]
            index = int(np.clip(at[spatial.index(letter)], 0, length - 1))
            image = image.take([index], axis=axis)
    return image


def full_resolution(layer: Image | Labels) -> Any:
    """Return the pixels of a layer, of the finest where it has several resolutions."""
    return layer.data[0] if layer.multiscale else layer.data


def _plane_shape(layer: Image) -> tuple[int, int]:
    shape = full_resolution(layer).shape
    y, x = (shape[-3:-1]) if layer.rgb else shape[-2:]
    return int(y), int(x)


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
    inside = _affine(layer, image)(np.asarray(layer.data, float))
    return _in_order(inside, image, axes)


def _read_boxes(layer: Shapes, image: Image, axes: str) -> NDArray[np.float64]:
    boxes, to_image = [], _affine(layer, image)
    for corners in layer.data:
        pixels = _in_order(to_image(np.asarray(corners, float)), image, axes)
        low, high = pixels[:, 2:].min(0), pixels[:, 2:].max(0)
        boxes.append((*pixels[0, :2], *low, *high))
    return np.asarray(boxes, float).reshape(-1, 6)


def _affine(
    layer: Layer, image: Image
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return what takes coordinates of `layer`, (N, D), to those of `image`."""
    n = min(layer.ndim, image.ndim)

    def one(point: NDArray[np.float64]) -> NDArray[np.float64]:
        world = np.zeros(image.ndim)
        world[-n:] = np.asarray(layer.data_to_world(point))[-n:]
        return np.asarray(image.world_to_data(world), np.float64)

    origin = one(np.zeros(layer.ndim))
    steps = np.stack([one(step) - origin for step in np.eye(layer.ndim)])
    return lambda coordinates: coordinates @ steps + origin


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
