from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.components import ViewerModel
from qtpy.QtGui import QOpenGLContext

from napari_disentangle.widgets._layers.canvas import draw_later, make_canvas_current
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def shown(make_napari_viewer: Any, qtbot: Any) -> tuple[Any, Any, list[str]]:
    """A viewer that was drawn, its canvas, and what was drawn since."""
    viewer = make_napari_viewer(show=True)
    canvas = viewer.window._qt_viewer.canvas.native
    qtbot.waitUntil(canvas.isValid)
    drawn = ["a new window is drawn several times"]
    viewer.window._qt_viewer.canvas._scene_canvas.events.draw.connect(
        lambda _: drawn.append("drawn")
    )
    while drawn:
        del drawn[:]
        qtbot.wait(200)
    return viewer, canvas, drawn


def test_what_is_changed_is_drawn_a_turn_later(
    shown: tuple[Any, Any, list[str]], qtbot: Any
) -> None:
    viewer, canvas, drawn = shown
    draw_later(viewer)
    drawn.clear()  # of a busy machine, which drew the window late
    viewer.add_image(np.zeros((8, 8)))
    draw_later(viewer)
    assert not canvas.updatesEnabled()
    assert drawn == []
    qtbot.waitUntil(lambda: canvas.updatesEnabled() and bool(drawn))


def test_a_layer_that_others_add_is_drawn_when_they_like(
    shown: tuple[Any, Any, list[str]], dock_in: Callable[..., Any]
) -> None:
    viewer, canvas, _ = shown
    dock_in(viewer, CropsWidget)
    layer = viewer.add_image(np.ones((8, 8)), contrast_limits=(0, 1))
    assert canvas.updatesEnabled()
    picture = viewer.screenshot(canvas_only=False, flash=False)
    assert (picture[..., :3] == 255).all(axis=-1).mean() > 0.2  # of the whole window
    viewer.layers.remove(layer)
    assert canvas.updatesEnabled()


def test_a_picture_taken_at_once_shows_what_is_not_drawn_yet(
    shown: tuple[Any, Any, list[str]],
) -> None:
    viewer, canvas, _ = shown
    draw_later(viewer)
    viewer.add_image(np.ones((8, 8)), contrast_limits=(0, 1))
    assert not canvas.updatesEnabled()
    assert viewer.screenshot(canvas_only=True, flash=False)[..., 0].max() == 255


def test_a_viewer_that_is_closed_before_it_draws_ends_quietly(
    make_napari_viewer: Any, qtbot: Any
) -> None:
    viewer = make_napari_viewer(show=True)
    draw_later(viewer)
    viewer.close()
    qtbot.wait(100)


def test_a_viewer_without_a_window_is_left_alone() -> None:
    draw_later(ViewerModel())
    make_canvas_current(ViewerModel())


def test_a_layer_is_removed_in_the_context_of_the_canvas(
    shown: tuple[Any, Any, list[str]], dock_in: Callable[..., Any]
) -> None:
    viewer, canvas, _ = shown
    dock_in(viewer, CropsWidget)
    layer = viewer.add_points([[1, 2]])
    canvas.doneCurrent()  # as after Qt composed the window
    found = []
    viewer.layers.events.removed.connect(
        lambda _: found.append(QOpenGLContext.currentContext())
    )
    viewer.layers.remove(layer)
    assert found == [canvas.context()]
