"""Cells whose labels were painted, filled, merged or deleted, as it happens."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from napari_disentangle.crops.cut import LabelCrops
from napari_disentangle.crops.edits import iter_find_edits
from napari_disentangle.widgets._layers.plane_watch import PlaneWatch
from napari_disentangle.widgets._layers.touched import (
    in_memory,
    labels_of,
    planes_of,
    slices_of,
)

if TYPE_CHECKING:
    import pandas as pd
    from qtpy.QtCore import QObject

    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._layers.read import Source

Section: TypeAlias = tuple[int, int, int]
"""Frame, plane and label."""


class LabelWatch(PlaneWatch):
    """Knows which cells of a Labels layer have other pixels than when they were cut.

    Planes that were painted, or whose pixels were replaced, are looked at again on a
    worker thread; nothing is read in the GUI thread. Pixels in memory may be changed
    without a stroke (undo, another plugin), so the plane shown is looked at whenever
    the layer is drawn anew, and all planes once after the crops were cut.
    """

    def __init__(self, viewer: Any, parent: QObject) -> None:
        self._sections: pd.DataFrame | None = None
        self._found: set[Section] = set()
        self._held: set[Section] = set()
        super().__init__(viewer, parent)

    @property
    def due(self) -> bool:
        return self._touched or bool(self._found)

    def follow(self, source: Source, crops: Crops) -> None:
        layer = source.objects_layer()
        if layer is None or not isinstance(crops, LabelCrops):
            return
        self._source, self._sections = source, crops.sections
        self._connect(layer.events.paint, self._on_paint)
        self._connect(layer.events.data, self._on_data)
        self._connect(layer.events.set_data, self._on_drawn)
        if in_memory(source):
            self._due = planes_of(source)
            self._soon()

    def forget(self) -> None:
        super().forget()
        self._sections = None
        self._found, self._held = set(), set()

    # What the layer tells ------------------------------------------------------------

    def _on_paint(self, event: Any) -> None:
        """Look again at the planes of a stroke; it is told when it has ended."""
        source = self._source
        if source is not None:
            for stroke in event.value:
                self._due |= planes_of(source, slices_of(stroke))
            self._touched = True
            self._soon()

    def _on_drawn(self, _: Any) -> None:
        if self._source is not None and in_memory(self._source):
            self._shown_due = True
            self._soon()

    # Looking -------------------------------------------------------------------------

    def _look(self) -> None:
        """Compare the planes that are due with what they were, unless a look runs."""
        source, before = self._source, self._sections
        if source is None or before is None or self._jobs.running:
            return
        labels, layer = labels_of(source), source.objects_layer()
        if labels is None or layer is None:
            return
        planes = self._take_due(layer)
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
        self._tell((frame, label) for frame, _, label in self._found)


def _iter_look(
    labels: Any, before: pd.DataFrame, planes: frozenset[tuple[int, int]]
) -> Task[Progress, set[Section]]:
    edited = yield from iter_find_edits(labels, before, planes)
    return _sections_in(edited)


def _sections_in(table: pd.DataFrame) -> set[Section]:
    columns = (table[name].tolist() for name in ("frame", "z", "label"))
    return set(zip(*columns, strict=True))
