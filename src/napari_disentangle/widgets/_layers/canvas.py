"""What draws the layers: when it does, and in which OpenGL context layers go.

napari draws at the end of the turn of the event loop that changed a layer. Both in one
hold the window for 0.1 to 0.2 s at 20,000 cells; with a turn each it answers between.

When a layer is removed, napari 0.9 deletes its programs and buffers at once, in
whichever OpenGL context is current: mostly Qt's, which composes the window. If one of
these programs was the last that the canvas drew, as that of text beside points, Mesa
goes on without a vertex shader in the canvas's own context, and the next draw or the
one after it ends the process with a segmentation fault.
"""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QTimer

_BREATH_MS = 10
"""Until the canvas draws: what else is due then goes first."""


def draw_later(viewer: Any) -> None:
    """Let the canvas of `viewer` draw what is changed now in a turn of its own.

    To be called just before layers are changed, again and again if need be.
    """
    canvas = _canvas_of(viewer)
    if canvas is None or not canvas.updatesEnabled():
        return
    canvas.setUpdatesEnabled(False)
    timer = QTimer(canvas)  # which goes with it
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: canvas.setUpdatesEnabled(True))
    timer.timeout.connect(timer.deleteLater)
    timer.start(_BREATH_MS)


def make_canvas_current(viewer: Any) -> None:
    """Let what is deleted next be deleted in the context of the canvas of `viewer`.

    To be called just before a layer is removed; a canvas that was never drawn has none.
    """
    canvas = _canvas_of(viewer)
    if canvas is not None and canvas.isValid():
        canvas.makeCurrent()


def _canvas_of(viewer: Any) -> Any:
    """Return the widget that draws, None of a viewer without a window."""
    shown = getattr(getattr(viewer, "window", None), "_qt_viewer", None)
    return getattr(getattr(shown, "canvas", None), "native", None)
