"""The list of layers, followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def follow_layers(viewer: Any, slot: Callable[..., object]) -> Callable[[], None]:
    """Call `slot` whenever layers come, go or change places; return what ends that.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose list of layers is followed.
    slot : callable
        A method, which is held weakly; it may take the event.
    """
    events = viewer.layers.events
    followed = events.inserted, events.removed, events.reordered
    for event in followed:
        event.connect(slot)

    def stop() -> None:
        for event in followed:
            event.disconnect(slot)

    return stop
