"""What is done for a viewer while docks are open in it, once for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet, ref

from napari_disentangle.widgets._features import LayerFeatures
from napari_disentangle.widgets._layers.canvas import make_canvas_current
from napari_disentangle.widgets._layers.pointer import look_ahead
from napari_disentangle.widgets._worker import INTERPRETER

if TYPE_CHECKING:
    from qtpy.QtCore import QObject

    from napari_disentangle.widgets._session import Session


class Care:
    """Follows a viewer from the first dock that is opened to the last that is closed.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose layers go in the right OpenGL context, and whose pointer has a direction;
        held weakly.
    session : Session
        What is known of its cells; held weakly.

    Attributes
    ----------
    features : LayerFeatures
        Shows it in their layer when a dock wishes it.
    """

    def __init__(self, viewer: Any, session: Session) -> None:
        self._known_viewer = ref(viewer)
        self._docks: WeakSet[QObject] = WeakSet()
        self.features = LayerFeatures(viewer, session)

    def join(self, dock: QObject) -> None:
        """Follow the viewer while `dock` is open."""
        if not self._docks:
            for event, slot in self._followed():
                event.connect(slot)
        self._docks.add(dock)

    def leave(self, dock: QObject) -> None:
        """Follow it for `dock` no more; after the last one nothing is left behind."""
        self._docks.discard(dock)
        if not self._docks:
            self.features.soon.stop()
            for event, slot in self._followed():
                event.disconnect(slot)

    def _followed(self) -> tuple[tuple[Any, Any], ...]:
        """Return the events that are followed, each with the method that does it."""
        viewer = self._known_viewer()
        if viewer is None:
            return ()
        layers = viewer.layers.events
        return (
            (layers.removing, self._on_removing),
            (layers.removed, self._on_removed),
            (viewer.dims.events.ndisplay, self._on_ndisplay),
        )

    def _on_removing(self) -> None:
        make_canvas_current(self._known_viewer())

    def _on_removed(self) -> None:
        INTERPRETER.thaw()

    def _on_ndisplay(self) -> None:
        viewer = self._known_viewer()
        if viewer is not None:
            look_ahead(viewer)


_CARES: WeakKeyDictionary[Any, Care] = WeakKeyDictionary()


def care_of(viewer: Any, session: Session) -> Care:
    """Return what cares for `viewer`, the same for all docks."""
    if viewer not in _CARES:
        _CARES[viewer] = Care(viewer, session)
    return _CARES[viewer]
