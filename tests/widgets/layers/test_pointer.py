from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_disentangle.widgets._layers.pointer import look_ahead
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable


def fill(viewer: Any) -> Any:
    """Add a stack with cells that have features; the pointer rests over the image."""
    viewer.add_image(np.zeros((5, 40, 40)))
    cells = viewer.add_labels(np.ones((5, 40, 40), np.int32), name="cells")
    cells.features = {"index": [1], "area": [2.0]}
    viewer.mouse_over_canvas = True
    return viewer


def activate(viewer: Any, name: str) -> None:
    viewer.layers.selection.clear()
    viewer.layers.selection.active = viewer.layers[name]


@pytest.mark.parametrize("turned", [False, True])
def test_a_pointer_that_rests_looks_along_the_camera(turned: bool) -> None:
    viewer = fill(ViewerModel())
    if turned:
        viewer.dims.order = (2, 0, 1)
    viewer.dims.ndisplay = 3
    look_ahead(viewer)
    activate(viewer, "cells")
    assert np.linalg.norm(viewer.cursor._view_direction) == pytest.approx(1)


def test_a_direction_that_is_known_and_a_flat_view_stay_as_they_are() -> None:
    viewer = fill(ViewerModel())
    look_ahead(viewer)
    assert viewer.cursor._view_direction is None
    viewer.dims.ndisplay = 3
    viewer.cursor._view_direction = known = np.array([0.0, 1.0, 0.0])
    look_ahead(viewer)
    assert viewer.cursor._view_direction is known


def test_cells_can_be_made_active_as_soon_as_the_view_is_3d(
    make_napari_viewer: Any, dock_in: Callable[..., Any]
) -> None:
    viewer = fill(make_napari_viewer())
    dock_in(viewer, CropsWidget)
    viewer.mouse_over_canvas = True
    viewer.dims.ndisplay = 3
    activate(viewer, "cells")
    assert viewer.layers.selection.active.name == "cells"
