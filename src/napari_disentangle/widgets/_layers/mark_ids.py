"""The id of each point or rectangle of a layer, which stays with it when it is edited.

napari numbers them by their place in the layer, so that deleting one would shift the
classes of all that follow. Each edit is followed from the first time that ids are
asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np

from napari_disentangle.crops.mark_ids import follow_ids

if TYPE_CHECKING:
    from napari.layers import Layer
    from numpy.typing import NDArray

_FOLLOWED: WeakKeyDictionary[Layer, _Marks] = WeakKeyDictionary()


def mark_ids(layer: Layer) -> NDArray[np.int64]:
    """Return the id of each point or rectangle of `layer`, in its order, (N,)."""
    if layer not in _FOLLOWED:
        _FOLLOWED[layer] = _Marks(layer)
    return _FOLLOWED[layer].ids_now()


class _Marks:
    """The marks of a layer as they were last, and the id of each."""

    def __init__(self, layer: Layer) -> None:
        self._layer = ref(layer)
        self._data = _copy(layer.data)
        self._places = _places(layer.data)
        self._ids = np.arange(1, len(self._places) + 1, dtype=np.int64)
        self._next = len(self._ids) + 1
        layer.events.data.connect(self._on_data)

    def ids_now(self, *, may_move: bool = True) -> NDArray[np.int64]:
        layer = self._layer()
        if layer is None or _is_same(layer.data, self._data):
            return self._ids
        before, self._places = self._places, _places(layer.data)
        self._data = _copy(layer.data)
        self._ids = follow_ids(
            before, self._ids, self._places, next_id=self._next, may_move=may_move
        )
        self._next = max(self._next, int(self._ids.max(initial=0)) + 1)
        return self._ids

    def _on_data(self, event: Any) -> None:
        """Follow one edit: what is added or removed moves no other mark.

        Edits are also told before they happen: what was moved in place is known then.
        """
        action = str(getattr(event.action, "value", event.action))
        self.ids_now(may_move=action not in ("added", "removed"))


def _places(data: Any) -> list[bytes]:
    """Return what tells where each mark is."""
    return [np.asarray(mark, np.float64).tobytes() for mark in data]


def _copy(data: Any) -> list[Any] | NDArray[Any]:
    """Return the marks as they are now; napari moves points in place."""
    return data.copy() if isinstance(data, np.ndarray) else [np.array(m) for m in data]


def _is_same(data: Any, kept: Any) -> bool:
    if isinstance(data, np.ndarray):
        return np.array_equal(data, kept)
    return len(data) == len(kept) and all(map(np.array_equal, data, kept))
