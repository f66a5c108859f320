"""Layers the docks add: an opened image, labels, a segmentation preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.widgets._layers.axes import AXIS_NAMES
from napari_disentangle.widgets._layers.canvas import draw_later
from napari_disentangle.widgets._layers.placing import turned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari.layers import Image
    from numpy.typing import NDArray

    from napari_disentangle.crops.images import OpenedImage

PREVIEW_NAME = "segmentation preview"


def add_opened_image(
    viewer: Any,
    opened: OpenedImage,
    name: str = "image",
    channel_names: Sequence[str] = (),
) -> Any:
    """Add an image that was read from a file as a layer and return it."""
    axes = opened.axes
    rgb = axes.endswith("c")
    shown = axes[:-1] if rgb else axes
    known = opened.spacing_um or ()
    spacing = dict(zip("xyz", reversed(known), strict=False))
    return viewer.add_image(
        opened.data,
        name=name,
        rgb=rgb,
        axis_labels=[AXIS_NAMES[axis] for axis in shown],
        scale=[spacing.get(axis, 1.0) for axis in shown],
        units=["um" if axis in spacing else "pixel" for axis in shown],
        metadata={"channel_names": list(channel_names)} if channel_names else {},
    )


def add_labels(viewer: Any, image: Image, labels: NDArray[np.int32], axes: str) -> Any:
    """Add labels, (T, Z, Y, X), as a layer over `image` and return it."""
    wanted = axes.replace("c", "")
    index = tuple(slice(None) if a in wanted else 0 for a in "tzyx")
    present = [a for a in "tzyx" if a in wanted]
    data = np.moveaxis(
        labels[index], range(len(present)), [wanted.index(a) for a in present]
    )
    keep = _object_axes(image, axes)
    draw_later(viewer)
    return viewer.add_labels(
        data,
        name=f"{image.name} cells",
        scale=image.scale[keep],
        translate=image.translate[keep],
        affine=turned(image, keep),
        units=[image.units[a] for a in keep],
        axis_labels=[image.axis_labels[a] for a in keep],
    )


def show_preview(
    viewer: Any, image: Image, labels: NDArray[np.int32] | None, region: Any
) -> None:
    """Show labels of the visible region, (Y, X); None removes the preview."""
    existing = next((x for x in viewer.layers if "preview" in x.metadata), None)
    draw_later(viewer)
    if labels is None:
        if existing is not None:
            viewer.layers.remove(existing)
        return
    offset = np.array([region[0].start, region[1].start]) * image.scale[-2:]
    translate = image.translate[-2:] + offset
    affine = turned(image, [image.ndim - 2, image.ndim - 1])
    if existing is not None and existing.data.shape == labels.shape:
        existing.data = labels
        existing.scale, existing.translate = image.scale[-2:], translate
        existing.affine = affine
        return
    active = viewer.layers.selection.active
    if existing is not None:
        viewer.layers.remove(existing)
    viewer.add_labels(
        labels,
        name=PREVIEW_NAME,
        scale=image.scale[-2:],
        translate=translate,
        affine=affine,
        units=image.units[-2:],
        metadata={"preview": True},
    )
    viewer.layers.selection.active = active


def _object_axes(image: Image, axes: str) -> list[int]:
    spatial = axes[:-1] if image.rgb else axes
    return [axis for axis, letter in enumerate(spatial) if letter != "c"]
