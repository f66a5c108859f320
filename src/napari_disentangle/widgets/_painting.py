"""The colors one dock gives the cells, for as long as no other dock gives its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtCore import QObject

    from napari_disentangle.widgets._session import Session


class Painting:
    """Paints again for each frame while it is on; another dock's turns it off.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers.
    session : Session
        Its `painter` says whose colors the cells show.
    name : str
        The dock.
    paint : callable
        Colors the cells of a frame.
    parent : QObject
        The dock.

    Attributes
    ----------
    changed : Signal
        Emitted with whether it is on.
    """

    changed = Signal(bool)

    def __init__(
        self,
        viewer: Any,
        session: Session,
        name: str,
        paint: Callable[[int], object],
        parent: QObject,
    ) -> None:
        self._viewer = viewer
        self._session = session
        self._name = name
        self._paint = paint
        self._soon = Soon(self._paint_now, parent)
        self._follower = _layers.FrameFollower(viewer, lambda _: self.refresh())
        session.events.painter.connect(self._on_painter)
        session.events.crops.connect(self._on_crops)
        self._on_crops(session.crops)

    @property
    def on(self) -> bool:
        """Whether the cells show these colors."""
        return self._session.painter == self._name

    def set_on(self, on: bool) -> None:
        """Paint, or give the layer its own colors back."""
        if on:
            self._session.painter = self._name
            self.refresh()
        elif self.on:
            self._session.painter = ""
            if self._session.source is not None:
                _layers.restore_colors(self._viewer, self._session.source)

    def refresh(self) -> None:
        """Paint anew in a moment, once for all changes until then, if it is on."""
        if self.on:
            self._soon()

    def _paint_now(self) -> None:
        source = self._session.source
        if self.on and source is not None:
            self._paint(_layers.current_frame(self._viewer, source))

    def stop(self) -> None:
        """Stop following; colors stay."""
        self._soon.stop()
        self._follower.stop()
        self._session.events.painter.disconnect(self._on_painter)
        self._session.events.crops.disconnect(self._on_crops)

    def _on_painter(self, painter: str) -> None:
        self.changed.emit(painter == self._name)

    def _on_crops(self, _: Any) -> None:
        self._follower.follow(self._session.source)
