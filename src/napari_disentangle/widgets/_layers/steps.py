"""Labels of traversal pictures: what each is, written beside it and as features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.recipes.overview import step_table, tile, tile_table
from napari_disentangle.widgets._layers.canvas import draw_later

if TYPE_CHECKING:
    import pandas as pd
    from napari.layers import Image, Points
    from numpy.typing import NDArray

    from napari_disentangle.recipes.traversal import TraversalStack

STEPS_NAME = "traversal (steps)"
OVERVIEW_NAME = "traversal (overview)"
LABELS_NAME = "traversal (labels)"

_TEXT_SIZE = 9
_COLOR = "gray"
_GAP = 0.08


def add_steps(
    viewer: Any, stacks: tuple[TraversalStack, ...], labels: tuple[int, ...], over: Any
) -> Points:
    """Write over each picture of a layer what it is, and return the layer of that.

    Its features have a row a picture: see `recipes.overview.step_table`; of several
    cells also the column ``cell``.

    Parameters
    ----------
    viewer : napari.Viewer
        Gets the layer.
    stacks : tuple of TraversalStack
        What `over` shows.
    labels : tuple of int
        Label ids of the cells if there is an axis of cells, else empty.
    over : napari.layers.Image
        Layer of the pictures.
    """
    tables = [step_table(stack) for stack in stacks]
    table = tables[0].iloc[:0]
    points: list[NDArray[np.float64]] = []
    for cell, found in enumerate(tables):
        walk = np.repeat(np.arange(len(stacks[0].factors)), stacks[0].steps_sd.size)
        at = np.zeros((len(found), 4))
        at[:, 0], at[:, 1], at[:, 2] = walk, found["step"], -0.5
        if labels:
            found = found.assign(cell=labels[cell])
            at = np.column_stack([np.full(len(found), cell), at])
        points.append(at)
        table = found if cell == 0 else _append(table, found)
    titles = table["factor"].str.replace("_", " ").str.capitalize()
    text = titles + " " + table["step_name"]
    if labels:
        text = "Cell " + table["cell"].astype(str) + ": " + text
    return _points(
        viewer,
        np.concatenate(points),
        table.assign(text=text),
        STEPS_NAME,
        scale=over.scale,
        translate=over.translate,
    )


def add_overview(viewer: Any, stack: TraversalStack, beneath: Image | None) -> Image:
    """Add all pictures side by side below an image, with labels; return the layer.

    Parameters
    ----------
    viewer : napari.Viewer
        Gets the layers.
    stack : TraversalStack
        The pictures.
    beneath : Image or None
        The overview is as wide as all layers there are, and below this one.
    """
    picture, active = tile(stack), viewer.layers.selection.active
    extent = np.asarray(viewer.layers.extent.world)[:, -2:]
    width = float(extent[1, 1] - extent[0, 1])
    scale = width / picture.shape[1]
    low, high = extent if beneath is None else np.asarray(beneath.extent.world)[:, -2:]
    head = 0.4 * stack.pictures(stack.picture)[0].shape[2] * scale
    top = float(high[0]) + _GAP * float(high[0] - low[0]) + head
    place = {"scale": (scale, scale), "translate": (top, float(extent[0, 1]))}
    draw_later(viewer)
    layer: Image = viewer.add_image(
        picture,
        rgb=True,
        name=OVERVIEW_NAME,
        metadata={"traversal": _facts(stack)},
        **place,
    )
    table = tile_table(stack)
    _points(viewer, table[["y", "x"]].to_numpy(float), table, LABELS_NAME, **place)
    viewer.layers.selection.active = active
    return layer


def _points(
    viewer: Any,
    at: NDArray[np.float64],
    table: pd.DataFrame,
    name: str,
    **place: Any,
) -> Points:
    """Add points that are seen by their text only, or change those there are."""
    table = table.reset_index(drop=True)
    known = next((x for x in viewer.layers if x.name == name), None)
    draw_later(viewer)
    if known is not None and known.data.shape == at.shape:
        known.data, known.features = at, table
        known.scale, known.translate = place["scale"], place["translate"]
        return known
    if known is not None:
        viewer.layers.remove(known)
    layer: Points = viewer.add_points(
        at,
        features=table,
        name=name,
        size=1,
        face_color="transparent",
        border_color="transparent",
        text={
            "string": "{text}",
            "size": _TEXT_SIZE,
            "color": _COLOR,
            "anchor": "lower_left",
        },
        metadata={"traversal": {}},
        **place,
    )
    layer.editable = False
    return layer


def _facts(stack: TraversalStack) -> dict[str, Any]:
    return stack.pictures(stack.picture)[1].model_dump()


def _append(table: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    return pd.concat([table, more], ignore_index=True)
