"""Layers as the engine sees them: an image and its objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import ref

from napari_disentangle.errors import DataError
from napari_disentangle.widgets._layers.channels import read_channels
from napari_disentangle.widgets._layers.identity import image_name
from napari_disentangle.widgets._layers.mark_ids import mark_ids
from napari_disentangle.widgets._layers.objects import Kind, axis_in, read_objects
from napari_disentangle.widgets._layers.pixel_size import spacing_of
from napari_disentangle.widgets._layers.told_channels import told_channels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from napari.layers import Image, Layer
    from numpy.typing import NDArray

    from napari_disentangle.crops.pixel_size import Spacing
    from napari_disentangle.recipes.montage import Montage


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
        Pixel size in micrometers, where it is known: see `spacing_of`.
    image_layer, objects_layer : callable
        Weak references to the layers; they return None once a layer is gone.
    montage : Montage or None
        Where the layers show each crop of a folder; None of an image.
    folder : Path or None
        That folder.
    channel_layers : tuple of callable
        Weak references to the layers of the channels, `image_layer` among them, where
        there is one each; else empty.
    channels : tuple of str
        Names of the channels, by which those of other images are matched; empty where
        nobody tells them.
    """

    image: Any
    objects: Any
    kind: Kind
    axes: str
    roi_id: str
    spacing_um: Spacing | None
    image_layer: ref[Layer]
    objects_layer: ref[Layer]
    montage: Montage | None = None
    folder: Path | None = None
    ids: NDArray[np.int64] | None = None
    channel_layers: tuple[ref[Layer], ...] = ()
    channels: tuple[str, ...] = ()

    @property
    def frame_axis(self) -> int | None:
        """Axis of the time points in the objects layer."""
        image, objects = self.image_layer(), self.objects_layer()
        if image is None or objects is None:
            return None
        return axis_in(objects, image, self.axes, "t")

    @property
    def n_frames(self) -> int:
        return int(self.image.shape[0])

    @property
    def is_rgb(self) -> bool:
        """Whether the channels are one color image."""
        return self.axes.endswith("c")


def read_source(
    image: Image, objects: Layer, axes: str, channels: Sequence[Image] = ()
) -> Source:
    """Return an image layer and a Labels, Points or Shapes layer as a source.

    Parameters
    ----------
    image : Image
        The layer that stands for the image.
    objects : Layer
        Says where its cells are.
    axes : str
        Axes of `image`, from ``tzcyx``.
    channels : sequence of Image
        All layers of its channels, where each has its own.

    Raises
    ------
    CropError
        If the objects layer does not fit the image, or the channels each other.
    """
    pixels = read_channels(channels or [image], axes)
    kind, found = read_objects(image, objects, axes)
    return Source(
        image=pixels,
        objects=found,
        kind=kind,
        axes=axes,
        roi_id=image_name(image),
        spacing_um=spacing_of(image, axes),
        image_layer=ref(image),
        objects_layer=ref(objects),
        ids=None if kind == "labels" else mark_ids(objects),
        channel_layers=tuple(map(ref, channels)) if len(channels) > 1 else (),
        channels=told_channels(channels or [image], axes),
    )


def read_again(source: Source) -> Source:
    """Return `source` as its layers are now.

    Raises
    ------
    DataError
        If one of them is gone.
    CropError
        If they do not fit each other any more.
    """
    image, objects = source.image_layer(), source.objects_layer()
    channels = image_layers_of(source)
    if image is None or objects is None or None in channels:
        raise DataError("The image or its cells were removed; cut crops anew.")
    return read_source(image, objects, source.axes, channels)


def image_layers_of(source: Source) -> list[Any]:
    """Return the layer of the image, or those of its channels; None for one gone."""
    return [layer() for layer in source.channel_layers or (source.image_layer,)]


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
    needed = [*image_layers_of(source), source.objects_layer()]
    return all(layer in layers for layer in needed)
