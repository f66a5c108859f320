"""Following edits plane by plane: which planes are still to be looked at."""

from __future__ import annotations

from abc import ABC
from typing import TYPE_CHECKING, Any

from napari_disentangle.widgets._layers.touched import planes_of, shown_planes
from napari_disentangle.widgets._layers.watch import Watch

if TYPE_CHECKING:
    from napari.layers import Layer
    from qtpy.QtCore import QObject


class PlaneWatch(Watch, ABC):
    """Knows which planes, (frame, z), were touched since they were looked at."""

    def __init__(self, viewer: Any, parent: QObject) -> None:
        self._due: set[tuple[int, int]] = set()
        self._shown_due = self._touched = False
        super().__init__(viewer, parent)

    @property
    def looking(self) -> bool:
        return bool(self._due) or self._shown_due or self._jobs.running

    def forget(self) -> None:
        super().forget()
        self._due = set()
        self._shown_due = self._touched = False

    def _on_data(self, _: Any) -> None:
        """All pixels may be others."""
        if self._source is not None:
            self._due, self._touched = planes_of(self._source), True
            self._soon()

    def _take_due(self, layer: Layer) -> frozenset[tuple[int, int]]:
        """Return the planes that are due, with those shown in a `layer` just drawn."""
        source = self._source
        if self._shown_due and source is not None:
            self._due |= shown_planes(self._viewer, source, layer)
        planes, self._due, self._shown_due = frozenset(self._due), set(), False
        return planes
