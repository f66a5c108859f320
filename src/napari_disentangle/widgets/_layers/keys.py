"""Number keys that act in the viewer whichever layer is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_disentangle.widgets._session import unwrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Keys:
    """Keys bound in a viewer and in each of its layers, until `stop`.

    napari asks the active layer before the viewer, and a Labels layer has tools on the
    number keys, so the viewer alone is not enough. Those tools come back at the end.

    Parameters
    ----------
    viewer : napari.Viewer
        Its present and later layers get the keys.
    on_key : callable
        Gets the key that was pressed, such as "3".
    """

    def __init__(self, viewer: Any, on_key: Callable[[str], object]) -> None:
        self._viewer = unwrap(viewer)
        self._on_key = on_key
        self._keys: tuple[str, ...] = ()
        self._events = self._viewer.layers.events
        self._events.inserted.connect(self._on_inserted)
        self._events.removed.connect(self._on_removed)

    def bind(self, keys: Iterable[str]) -> None:
        """Let exactly `keys` act from now on."""
        self._each(self._release)
        self._keys = tuple(keys)
        self._each(self._take)

    def stop(self) -> None:
        """Release all keys and stop following the layers."""
        self.bind(())
        self._events.inserted.disconnect(self._on_inserted)
        self._events.removed.disconnect(self._on_removed)

    def _each(self, change: Callable[[Any], object]) -> None:
        for holder in (self._viewer, *self._viewer.layers):
            change(holder)

    def _take(self, holder: Any) -> None:
        for key in self._keys:
            holder.bind_key(key, self._action(key), overwrite=True)

    def _release(self, holder: Any) -> None:
        for key in self._keys:
            holder.bind_key(key, None)

    def _action(self, key: str) -> Callable[[Any], None]:
        return lambda _: _ignore(self._on_key(key))

    def _on_inserted(self, event: Any) -> None:
        self._take(event.value)

    def _on_removed(self, event: Any) -> None:
        self._release(event.value)


def _ignore(_: object) -> None:
    """Return nothing: napari takes a returned callable for what a release does."""


def is_drawing(viewer: Any) -> bool:
    """Return whether a click in the viewer changes the active layer."""
    active = viewer.layers.selection.active
    mode = str(getattr(active, "mode", "pan_zoom"))
    return mode not in ("pan_zoom", "pick", "select", "transform")
