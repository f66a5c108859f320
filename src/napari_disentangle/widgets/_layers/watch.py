"""What following the edits of labels, of points and of pixels have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeAlias

from psygnal import Signal
from superqt.utils import qdebounced

from napari_disentangle.widgets._jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qtpy.QtCore import QObject

    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._layers.read import Source

WAIT_MS = 400  # after the last stroke

CellKey: TypeAlias = tuple[int, int]
"""Frame and label."""


class Watch(ABC):
    """Knows which cells of a source were edited in one way since they were cut.

    What was edited is looked at a while after the last stroke. While `hold` is set,
    what is found counts as edited even if it is undone.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers.
    parent : QObject
        Waits with it.

    Attributes
    ----------
    changed : Signal
        Emitted when other cells are known to be edited.
    cells : frozenset of (frame, label)
        Those cells.
    """

    changed = Signal()

    def __init__(self, viewer: Any, parent: QObject) -> None:
        self._viewer = viewer
        self._source: Source | None = None
        self._jobs = Jobs()
        self._connected: list[Any] = []
        self.cells: frozenset[CellKey] = frozenset()
        self.hold = False
        self._soon = qdebounced(self._look, timeout=WAIT_MS, parent=parent)
        self._jobs.finished.connect(self._on_finished)
        parent.destroyed.connect(self._jobs.abandon)

    @property
    @abstractmethod
    def looking(self) -> bool:
        """Whether something that was touched is still to be looked at."""

    @property
    def due(self) -> bool:
        """Whether anything was edited, even if it is not known yet which cells."""
        return bool(self.cells)

    @abstractmethod
    def follow(self, source: Source, crops: Crops) -> None:
        """Follow the layers of `source` from now on, if there is something to see."""

    def forget(self) -> None:
        """Follow nothing any more."""
        self._jobs.abandon()
        while self._connected:
            event, slot = self._connected.pop()
            event.disconnect(slot)
        self._source = None
        self.cells = frozenset()

    @abstractmethod
    def _look(self) -> None:
        """Find out what was edited."""

    def _on_finished(self, _: str) -> None:
        if self.looking:
            self._soon()

    def _connect(self, event: Any, slot: Any) -> None:
        event.connect(slot)
        self._connected.append((event, slot))

    def _tell(self, cells: Iterable[CellKey]) -> None:
        new = frozenset(cells)
        if new != self.cells:
            self.cells = new
            self.changed.emit()
