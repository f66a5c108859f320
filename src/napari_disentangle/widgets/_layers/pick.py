"""From the pointer to an object and from an object to the camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Labels

from napari_disentangle.widgets._layers.features import current_frame
from napari_disentangle.widgets._layers.keys import is_drawing
from napari_disentangle.widgets._layers.mark_ids import mark_ids
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets._session import unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from napari_disentangle.widgets._layers.read import Source

_CLICK_PX = 4
_SMALLEST = 0.08  # share of the canvas
_SHARE = 0.25


def cell_at(viewer: Any, source: Source, position: Any, **view: Any) -> Cell | None:
    """Return the object at a world `position`, None on background or outside.

    `view` is what a 3D view needs besides: ``view_direction``, ``dims_displayed``.
    """
    layer = source.objects_layer()
    if layer is None or layer not in viewer.layers or not layer.visible:
        return None
    value = layer.get_value(position, world=True, **view)
    if isinstance(layer, Labels):
        if isinstance(value, tuple):  # multiscale: (level, value)
            value = value[1]
        label = int(value or 0)
    else:
        index = value[0] if isinstance(value, tuple) else value
        label = 0 if index is None else int(mark_ids(layer)[int(index)])
    return Cell(label, current_frame(viewer, source)) if label else None


def center_on(viewer: Any, source: Source, row: pd.Series, side_px: float) -> None:
    """Move the camera to the object of a table row and select it.

    The zoom changes only when the object would be tiny or larger than the canvas.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose camera moves.
    source : Source
        Where the object comes from.
    row : pandas.Series
        Its table row: label, frame, pos_y, pos_x in pixels of the image.
    side_px : float
        Side of its window in pixels; it shall fit into the canvas, and fill at least a
        twelfth of it, else a quarter.
    """
    image, layer = source.image_layer(), source.objects_layer()
    if image is None:
        return
    point = np.zeros(image.ndim)
    axes = source.axes.replace("c", "") if image.rgb else source.axes
    point[-2:] = row["pos_y"], row["pos_x"]
    if "t" in axes:
        point[axes.index("t")] = row["frame"]
    if "z" in axes and np.isfinite(row.get("pos_z", np.nan)):
        point[axes.index("z")] = row["pos_z"]
    if source.montage is not None:
        point[-2:], side_px = source.montage.place(row)
    world = np.asarray(image.data_to_world(point))
    for axis, letter in enumerate(axes):
        if letter in "tz":
            offset = viewer.dims.ndim - image.ndim
            viewer.dims.set_point(axis + offset, world[axis])
    look_at(viewer, world, side_px * abs(float(image.scale[-1])))
    if isinstance(layer, Labels):
        layer.selected_label = int(row["index" if "index" in row else "label"])


def look_at(
    viewer: Any, world: Any, side_world: float, *, filling: bool = False
) -> None:
    """Move the camera to a point, and zoom if what is there would not be seen well.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose camera moves.
    world : array
        World coordinates, y and x last.
    side_world : float
        Side of what is there.
    filling : bool
        Let it fill the canvas.
    """
    camera, canvas_px = _camera(viewer), min(_canvas_size(viewer))
    camera.center = (0.0, *world[-2:])
    if filling:
        camera.zoom = canvas_px / side_world
    else:
        _zoom_to(camera, canvas_px, side_world)


def view_events(viewer: Any) -> list[Any]:
    """Return the signals of a moved or zoomed camera."""
    events = _camera(viewer).events
    return [events.center, events.zoom]


def _zoom_to(camera: Any, canvas_px: float, side_world: float) -> None:
    share = side_world * camera.zoom / max(canvas_px, 1)
    if not np.isfinite(share) or _SMALLEST <= share <= 1:
        return
    camera.zoom *= (_SHARE if share < _SMALLEST else 1) / share


def _camera(viewer: Any) -> Any:
    """Return the camera, which napari 0.9 moved to the scene."""
    return getattr(viewer, "scene", viewer).camera


def _canvas_size(viewer: Any) -> tuple[int, int]:
    canvas = getattr(viewer, "canvas", None)
    height, width = (600, 800) if canvas is None else canvas.size
    return int(height), int(width)


class Picker:
    """Tells which object is under the pointer and which one was clicked.

    Parameters
    ----------
    viewer : napari.Viewer
        Watched until `stop`.
    source : callable
        Returns the current source, or None.
    on_hover : callable or None
        Gets a `Cell` or None whenever the object under the pointer changes.
    on_click : callable or None
        Gets a `Cell` when an object is clicked without dragging, and not with a tool
        that draws.
    """

    def __init__(
        self,
        viewer: Any,
        source: Callable[[], Source | None],
        *,
        on_hover: Callable[[Cell | None], object] | None = None,
        on_click: Callable[[Cell], object] | None = None,
    ) -> None:
        self._viewer = unwrap(viewer)
        self._source = source
        self._on_hover = on_hover
        self._on_click = on_click
        self._hovered: Cell | None = None
        if on_hover is not None:
            self._viewer.mouse_move_callbacks.append(self._moved)
        if on_click is not None:
            self._viewer.mouse_drag_callbacks.append(self._pressed)

    def stop(self) -> None:
        """Stop watching."""
        for callbacks, callback in (
            (self._viewer.mouse_move_callbacks, self._moved),
            (self._viewer.mouse_drag_callbacks, self._pressed),
        ):
            if callback in callbacks:
                callbacks.remove(callback)

    def _moved(self, viewer: Any, event: Any) -> None:
        source = self._source()
        cell = (
            None
            if source is None
            else cell_at(viewer, source, event.position, **_view_of(event))
        )
        if cell != self._hovered and self._on_hover is not None:
            self._hovered = cell
            self._on_hover(cell)

    def _pressed(self, viewer: Any, event: Any) -> Iterator[None]:
        start = np.asarray(event.pos)
        position, view = event.position, _view_of(event)
        yield
        while event.type == "mouse_move":
            if np.abs(np.asarray(event.pos) - start).max() > _CLICK_PX:
                return
            yield
        source = None if is_drawing(viewer) else self._source()
        cell = None if source is None else cell_at(viewer, source, position, **view)
        if cell is not None and self._on_click is not None:
            self._on_click(cell)


def _view_of(event: Any) -> dict[str, Any]:
    names = ("view_direction", "dims_displayed")
    return {name: getattr(event, name, None) for name in names}
