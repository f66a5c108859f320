"""Layers of traversals: stacks of pictures beside the image, with named axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.widgets._layers.canvas import draw_later
from napari_disentangle.widgets._layers.steps import STEPS_NAME, add_steps

if TYPE_CHECKING:
    from napari.layers import Image
    from numpy.typing import NDArray

    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.recipes.traversal_cells import CellStacks
    from napari_disentangle.tasks import Task

NAMES: dict[str, str] = {
    "decoded": "traversal (decoded)",
    "nearest": "traversal (nearest real cells)",
}
"""Layer name of each kind of traversal picture."""

STACK_AXES = ("factor", "step", "y", "x")
CELL_AXES = ("cell", *STACK_AXES)
_GAP = 0.08
_HEIGHT = 0.46


def iter_add_stack(
    viewer: Any, stack: TraversalStack, beside: Image | None
) -> Task[None, list[Image]]:
    """Add the pictures of a traversal to the right of an image and return the layers.

    napari needs 0.1 s for a layer, so this yields between them: a turn each.

    Drawn pictures are above, the nearest real cells beneath them; what each picture is
    is written over the upper ones, and told in the features of a layer of its own.
    Earlier traversals are replaced.

    Parameters
    ----------
    viewer : napari.Viewer
        Gets the layers.
    stack : TraversalStack
        The pictures.
    beside : Image or None
        They are as high together as this image.
    """
    found = {kind: stack.pictures(kind) for kind in stack.kinds}
    pictures = {kind: each for kind, (each, _) in found.items()}
    facts = {kind: info.model_dump() for kind, (_, info) in found.items()}
    layers = yield from _iter_add(viewer, pictures, facts, STACK_AXES, beside)
    add_steps(viewer, (stack,), (), layers[0])
    yield
    _show_middle(viewer, stack, layers[-1])
    return layers


def iter_add_cell_stacks(
    viewer: Any, found: CellStacks, beside: Image | None
) -> Task[None, list[Image]]:
    """Add walks from several cells, as `iter_add_stack`; the cell is the first axis."""
    pictures = {kind: found.pictures(kind) for kind in found.kinds}
    facts = {
        kind: {**found.stacks[0].pictures(kind)[1].model_dump(), "cells": found.labels}
        for kind in found.kinds
    }
    layers = yield from _iter_add(viewer, pictures, facts, CELL_AXES, beside)
    add_steps(viewer, found.stacks, found.labels, layers[0])
    yield
    _show_middle(viewer, found.stacks[0], layers[-1])
    viewer.dims.set_current_step(viewer.dims.ndim - 5, 0)
    return layers


def remove_walks(viewer: Any) -> None:
    """Remove all layers of traversals."""
    for layer in list(viewer.layers):
        if "traversal" in layer.metadata:
            viewer.layers.remove(layer)


def has_walks(viewer: Any) -> bool:
    """Return whether the viewer shows a traversal that was made in it."""
    return any(
        layer.name == STEPS_NAME and "traversal" in layer.metadata
        for layer in viewer.layers
    )


def stack_position(viewer: Any, stack: TraversalStack) -> tuple[int, int]:
    """Return the factor and the step, counted from 0, that the sliders show."""
    point = viewer.dims.point
    if len(point) < len(STACK_AXES):
        return 0, 0
    factor = int(np.clip(round(point[-4]), 0, len(stack.factors) - 1))
    return factor, int(np.clip(round(point[-3]), 0, len(stack.steps_sd) - 1))


def cell_position(viewer: Any, n_cells: int) -> int:
    """Return the cell, counted from 0, that the slider of cells shows."""
    point = viewer.dims.point
    if len(point) < len(CELL_AXES):
        return 0
    return int(np.clip(round(point[-5]), 0, n_cells - 1))


def _iter_add(
    viewer: Any,
    pictures: dict[Any, NDArray[np.float32]],
    facts: dict[Any, dict[str, Any]],
    axes: tuple[str, ...],
    beside: Image | None,
) -> Task[None, list[Image]]:
    """Replace what the layers of traversals show by `pictures`.

    Layers of the same kinds and axes are kept and get new pixels, as napari needs a
    third of a second to remove one.
    """
    before = [layer for layer in viewer.layers if "traversal" in layer.metadata]
    kept = {layer.name: layer for layer in before if layer.axis_labels == axes}
    reused = all(NAMES[kind] in kept for kind in pictures)
    for layer in before:
        wanted = layer.name in map(NAMES.get, pictures) or layer.name == STEPS_NAME
        if not (reused and wanted and layer.ndim == len(axes)):
            draw_later(viewer)
            viewer.layers.remove(layer)
            yield
    layers = []
    for kind, placed in zip(pictures, _places(pictures, beside), strict=True):
        draw_later(viewer)
        lead = (1.0,) * (len(axes) - 2), (0.0,) * (len(axes) - 2)
        scale, translate = ((*a, *b) for a, b in zip(lead, placed, strict=True))
        if reused:
            layer = kept[NAMES[kind]]
            layer.data, layer.scale, layer.translate = pictures[kind], scale, translate
            layer.metadata = {"traversal": facts[kind]}
        else:
            layer = viewer.add_image(
                pictures[kind],
                rgb=True,
                name=NAMES[kind],
                axis_labels=axes,
                scale=scale,
                translate=translate,
                metadata={"traversal": facts[kind]},
            )
            _frame(layer)
        layers.append(layer)
        yield
    if not before:  # or the new layers may lie outside the canvas
        viewer.reset_view()
    return layers


def _places(
    pictures: dict[Any, NDArray[np.float32]], beside: Image | None
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return scale and translation, (y, x) both, of each kind of pictures."""
    top, left, height = _room(beside)
    places = []
    for each in pictures.values():
        scale = height * _HEIGHT / each.shape[-3]
        places.append(((scale, scale), (top, left)))
        top += height * (1 - _HEIGHT)
    return places


def _frame(layer: Image) -> None:
    """Show where the pictures end: they are as black there as the canvas."""
    layer.bounding_box.points = False
    layer.bounding_box.line_color = "gray"
    layer.bounding_box.visible = True


def _show_middle(viewer: Any, stack: TraversalStack, active: Image) -> None:
    """Show the step nearest to the mean, or the first of a way; keep `active` so."""
    draw_later(viewer)
    viewer.layers.selection.active = active
    step = int(np.argmin(np.abs(np.asarray(stack.steps_sd))))
    viewer.dims.set_current_step(viewer.dims.ndim - 4, 0)
    viewer.dims.set_current_step(viewer.dims.ndim - 3, step)
    labels = list(viewer.dims.axis_labels)
    names = active.axis_labels[:-2]
    labels[-2 - len(names) : -2] = names
    viewer.dims.axis_labels = labels


def _room(image: Image | None) -> tuple[float, float, float]:
    """Return top, left and height in world units of the place right of `image`."""
    if image is None:
        return 0.0, 0.0, 512.0
    low, high = np.asarray(image.extent.world)[:, -2:]
    height, width = (float(size) for size in high - low)
    height = height or width or 1.0  # an image may be one row
    return float(low[0]), float(high[1] + _GAP * height), height
