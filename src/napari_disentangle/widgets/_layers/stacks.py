"""Layers the docks add: labels, a segmentation preview, traversal stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.widgets._layers.read import AXIS_NAMES

if TYPE_CHECKING:
    from napari.layers import Image
    from numpy.typing import NDArray

    from napari_disentangle.crops.images import OpenedImage
    from napari_disentangle.recipes.traversal import TraversalStack

NAMES: dict[str, str] = {
    "decoded": "traversal (decoded)",
    "nearest": "traversal (nearest real cells)",
}
"""Layer name of each kind of traversal picture."""

PREVIEW_NAME = "segmentation preview"

STACK_AXES = ("factor", "step", "y", "x")
_GAP = 0.08
_HEIGHT = 0.46


def add_opened_image(viewer: Any, opened: OpenedImage, name: str = "image") -> Any:
    """Add an image that was read from a file as a layer and return it."""
    axes = opened.axes
    rgb = axes.endswith("c")
    shown = axes[:-1] if rgb else axes
    known = opened.spacing_um
    spacing = dict(zip("yx", known or (1.0, 1.0), strict=True))
    unit = "um" if known else "pixel"
    return viewer.add_image(
        opened.data,
        name=name,
        rgb=rgb,
        axis_labels=[AXIS_NAMES[axis] for axis in shown],
        scale=[spacing.get(axis, 1.0) for axis in shown],
        units=[unit if axis in "yx" else "pixel" for axis in shown],
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
    return viewer.add_labels(
        data,
        name=f"{image.name} cells",
        scale=image.scale[keep],
        translate=image.translate[keep],
        units=[image.units[a] for a in keep],
        axis_labels=[image.axis_labels[a] for a in keep],
    )


def show_preview(
    viewer: Any, image: Image, labels: NDArray[np.int32] | None, region: Any
) -> None:
    """Show labels of the visible region, (Y, X); None removes the preview."""
    existing = next((x for x in viewer.layers if x.name == PREVIEW_NAME), None)
    if labels is None:
        if existing is not None:
            viewer.layers.remove(existing)
        return
    offset = np.array([region[0].start, region[1].start]) * image.scale[-2:]
    translate = image.translate[-2:] + offset
    if existing is not None and existing.data.shape == labels.shape:
        existing.data = labels
        existing.translate = translate
        return
    active = viewer.layers.selection.active
    if existing is not None:
        viewer.layers.remove(existing)
    viewer.add_labels(
        labels,
        name=PREVIEW_NAME,
        scale=image.scale[-2:],
        translate=translate,
        metadata={"preview": True},
    )
    viewer.layers.selection.active = active


def add_stack(viewer: Any, stack: TraversalStack, beside: Image | None) -> list[Any]:
    """Add the pictures of a traversal to the right of an image and return the layers.

    Decoded pictures are above, the nearest real cells beneath them. Earlier ones are
    replaced.

    Parameters
    ----------
    viewer : napari.Viewer
        Gets the layers.
    stack : TraversalStack
        The pictures.
    beside : Image or None
        They are as high together as this image.
    """
    for layer in list(viewer.layers):
        if "traversal" in layer.metadata:
            viewer.layers.remove(layer)
    top, left, height = _room(beside)
    layers = []
    for kind in stack.kinds:
        pictures, info = stack.pictures(kind)
        scale = height * _HEIGHT / pictures.shape[2]
        layer = viewer.add_image(
            pictures,
            rgb=True,
            name=NAMES[kind],
            axis_labels=STACK_AXES,
            scale=(1, 1, scale, scale),
            translate=(0, 0, top, left),
            metadata={"traversal": info.model_dump()},
        )
        _frame(layer)
        layers.append(layer)
        top += height * (1 - _HEIGHT)
    _show_middle(viewer, stack)
    return layers


def _frame(layer: Image) -> None:
    """Show where the pictures end: they are as black there as the canvas."""
    layer.bounding_box.points = False
    layer.bounding_box.line_color = "gray"
    layer.bounding_box.visible = True


def stack_position(viewer: Any, stack: TraversalStack) -> tuple[int, int]:
    """Return the factor and the step, counted from 0, that the sliders show."""
    point = viewer.dims.point
    if len(point) < len(STACK_AXES):
        return 0, 0
    factor = int(np.clip(round(point[-4]), 0, len(stack.factors) - 1))
    return factor, int(np.clip(round(point[-3]), 0, len(stack.steps_sd) - 1))


def _show_middle(viewer: Any, stack: TraversalStack) -> None:
    step = int(np.argmin(np.abs(np.asarray(stack.steps_sd))))
    viewer.dims.set_current_step(viewer.dims.ndim - 4, 0)
    viewer.dims.set_current_step(viewer.dims.ndim - 3, step)
    labels = list(viewer.dims.axis_labels)
    labels[-4:-2] = STACK_AXES[:2]
    viewer.dims.axis_labels = labels


def _room(image: Image | None) -> tuple[float, float, float]:
    """Return top, left and height in world units of the place right of `image`."""
    if image is None:
        return 0.0, 0.0, 512.0
    low, high = np.asarray(image.extent.world)[:, -2:]
    height = float(high[0] - low[0])
    return float(low[0]), float(high[1] + _GAP * height), height


def _object_axes(image: Image, axes: str) -> list[int]:
    spatial = axes[:-1] if image.rgb else axes
    return [axis for axis, letter in enumerate(spatial) if letter != "c"]
