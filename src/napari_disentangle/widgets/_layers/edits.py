"""Edits of the image and the labels that the crops were cut from, as they happen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from psygnal import Signal
from superqt.utils import qdebounced

from napari_disentangle.crops.cut import LabelCrops
from napari_disentangle.crops.edits import iter_find_edits
from napari_disentangle.widgets._jobs import Jobs
from napari_disentangle.widgets._layers.touched import (
    has_other_image,
    in_memory,
    labels_of,
    planes_of,
    shown_planes,
    slices_of,
)

if TYPE_CHECKING:
    import pandas as pd
    from qtpy.QtCore import QObject

    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._layers.read import Source
    from napari_disentangle.widgets._session import Session

_WAIT_MS = 400  # after the last stroke

Section: TypeAlias = tuple[int, int, int]
"""Frame, plane and label."""


class EditWatch:
    """Knows which cells of the session's crops were edited since they were cut.

    Planes that were painted, or whose pixels were replaced, are looked at again on a
    worker thread; nothing is read in the GUI thread. Pixels in memory may be changed
    without a stroke (undo, another plugin), so the plane shown is looked at whenever
    the layer is drawn anew, and all planes once after the crops were cut.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the layers.
    session : Session
        Its crops are followed until `stop`.
    parent : QObject
        Waits with it.

    Attributes
    ----------
    changed : Signal
        Emitted when other cells are known to be edited.
    cells : frozenset of (frame, label)
        Cells that were edited, are new or are gone.
    image_edited : bool
        Whether the pixels of the image were replaced.
    hold : bool
        Set while the cells are encoded: what is edited then counts as edited even if
        it is undone.
    """

    changed = Signal()

    def __init__(self, viewer: Any, session: Session, parent: QObject) -> None:
        self._viewer = viewer
        self._session = session
        self._jobs = Jobs()
        self._source: Source | None = None
        self._sections: pd.DataFrame | None = None
        self._due: set[tuple[int, int]] = set()
        self._shown_due = False
        self._touched = False
        self.cells: frozenset[tuple[int, int]] = frozenset()
        self._found: set[Section] = set()
        self._held: set[Section] = set()
        self._connected: list[Any] = []
        self.image_edited = False
        self.hold = False
        self._soon = qdebounced(self._look, timeout=_WAIT_MS, parent=parent)
        self._jobs.finished.connect(self._on_finished)
        session.events.crops.connect(self._on_crops)
        parent.destroyed.connect(self._jobs.abandon)
        self._on_crops(session.crops)

    @property
    def due(self) -> bool:
        """Whether anything was edited, even if it is not known yet which cells."""
        return self.image_edited or self._touched or bool(self._found)

    def stop(self) -> None:
        """Stop following crops and layers."""
        self._forget()
        self._session.events.crops.disconnect(self._on_crops)

    def _on_crops(self, crops: Crops | None) -> None:
        self._forget()
        source = self._session.source
        layer = None if source is None else source.objects_layer()
        if source is None or layer is None or not isinstance(crops, LabelCrops):
            return
        self._source, self._sections = source, crops.sections
        image = source.image_layer()
        self._connect(layer.events.paint, self._on_paint)
        self._connect(layer.events.data, self._on_labels)
        self._connect(layer.events.set_data, self._on_drawn)
        if image is not None:
            self._connect(image.events.data, self._on_image)
            self.image_edited = has_other_image(source)
        if in_memory(source):
            self._due = planes_of(source)
            self._soon()

    def _forget(self) -> None:
        self._jobs.abandon()
        while self._connected:
            event, slot = self._connected.pop()
            event.disconnect(slot)
        self._source = self._sections = None
        self._due, self._found, self._held = set(), set(), set()
        self.cells = frozenset()
        self._shown_due = self._touched = self.image_edited = False

    def _connect(self, event: Any, slot: Any) -> None:
        event.connect(slot)
        self._connected.append((event, slot))

    # What the layers tell ------------------------------------------------------------

    def _on_paint(self, event: Any) -> None:
        """Look again at the planes of a stroke; it is told when it has ended."""
        source = self._source
        if source is not None:
            for stroke in event.value:
                self._due |= planes_of(source, slices_of(stroke))
            self._touched = True
            self._soon()

    def _on_labels(self, _: Any) -> None:
        if self._source is not None:
            self._due, self._touched = planes_of(self._source), True
            self._soon()

    def _on_drawn(self, _: Any) -> None:
        if self._source is not None and in_memory(self._source):
            self._shown_due = True
            self._soon()

    def _on_image(self, _: Any) -> None:
        self.image_edited = True
        self.changed.emit()

    # Looking -------------------------------------------------------------------------

    def _look(self) -> None:
        """Compare the planes that are due with what they were, unless a look runs."""
        source, before = self._source, self._sections
        if source is None or before is None or self._jobs.running:
            return
        labels = labels_of(source)
        if labels is None:
            return
        if self._shown_due:
            self._due |= shown_planes(self._viewer, source)
        planes, self._due, self._shown_due = frozenset(self._due), set(), False
        if labels.shape != source.objects.shape:
            self._take(planes, _sections_in(before))  # all of them
        elif planes:
            task = _iter_look(labels, before, planes)
            take = partial(self._take, planes)
            self._jobs.run(task, "Looking for edited cells", take, quiet=True)

    def _take(self, planes: frozenset[tuple[int, int]], new: set[Section]) -> None:
        if self.hold:
            self._held |= new
        elsewhere = {key for key in self._found if key[:2] not in planes}
        self._found = elsewhere | new | self._held
        self._touched = bool(self._due)
        cells = frozenset((frame, label) for frame, _, label in self._found)
        if cells != self.cells:
            self.cells = cells
            self.changed.emit()

    def _on_finished(self, _: str) -> None:
        if self._due or self._shown_due:
            self._soon()


def _iter_look(
    labels: Any, before: pd.DataFrame, planes: frozenset[tuple[int, int]]
) -> Task[Progress, set[Section]]:
    edited = yield from iter_find_edits(labels, before, planes)
    return _sections_in(edited)


def _sections_in(table: pd.DataFrame) -> set[Section]:
    columns = (table[name].tolist() for name in ("frame", "z", "label"))
    return set(zip(*columns, strict=True))
