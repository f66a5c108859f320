"""A pointer that rests over the image while the view becomes 3D."""

from __future__ import annotations

from typing import Any


def look_ahead(viewer: Any) -> None:
    """Let the pointer of a 3D view look along the camera until it is moved.

    To be called when the view becomes 3D. The pointer has no direction then, and napari
    0.9 raises as soon as Labels with features become the active layer.
    """
    if viewer.dims.ndisplay == 3 and viewer.cursor._view_direction is None:
        camera = getattr(viewer, "scene", viewer).camera
        viewer.cursor._view_direction = camera.calculate_nd_view_direction(
            viewer.dims.ndim, viewer.dims.displayed
        )
