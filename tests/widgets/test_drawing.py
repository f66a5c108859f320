"""Painting in a layer is no choice of cells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.widgets.explore import ExploreWidget

if TYPE_CHECKING:
    from collections.abc import Callable


def click(viewer: Any, position: tuple[float, float]) -> None:
    event = SimpleNamespace(type="mouse_press", position=position, pos=position)
    for callback in viewer.mouse_drag_callbacks:
        if "Picker" in callback.__qualname__:
            list(callback(viewer, event))


def test_a_stroke_of_the_brush_leaves_the_selection_alone(
    grid: Any, dock_in: Callable[..., Any]
) -> None:
    explore = dock_in(grid, ExploreWidget)
    gated = np.arange(30) < 5
    explore.select(gated)
    before = explore.session.selection
    grid.layers.selection.active = grid.layers["cells"]
    grid.layers["cells"].mode = "paint"
    click(grid, (5, 105))
    assert explore.session.selection is before
    assert explore.session.cell is None
    grid.layers["cells"].mode = "pan_zoom"
    click(grid, (5, 105))
    assert explore.session.cell is not None
    assert explore.session.selection is not before
