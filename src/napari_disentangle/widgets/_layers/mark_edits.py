"""Points and rectangles that were moved, added or deleted, as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_disentangle.crops.edits import compare_marks
from napari_disentangle.crops.windows import WindowCrops
from napari_disentangle.widgets._layers.mark_ids import mark_ids
from napari_disentangle.widgets._layers.objects import read_objects
from napari_disentangle.widgets._layers.watch import CellKey, Watch

if TYPE_CHECKING:
    from qtpy.QtCore import QObject

    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._layers.read import Source


class MarkWatch(Watch):
    """Knows which marks of a Points or Shapes layer are not where they were cut.

    All are compared a while after the last edit, and whenever the layer is drawn anew,
    since napari and plugins also move them in place.
    """

    def __init__(self, viewer: Any, parent: QObject) -> None:
        self._touched = self._drawn = False
        self._held: set[CellKey] = set()
        super().__init__(viewer, parent)

    @property
    def looking(self) -> bool:
        return self._touched or self._drawn

    @property
    def due(self) -> bool:
        return self._touched or bool(self.cells)

    def follow(self, source: Source, crops: Crops) -> None:
        layer = source.objects_layer()
        if layer is None or not isinstance(crops, WindowCrops):
            return
        self._source = source
        self._connect(layer.events.data, self._on_data)
        self._connect(layer.events.set_data, self._on_drawn)
        self._drawn = True
        self._soon()

    def forget(self) -> None:
        super().forget()
        self._touched = self._drawn = False
        self._held = set()

    def _on_data(self, _: Any) -> None:
        self._touched = True
        self._soon()

    def _on_drawn(self, _: Any) -> None:
        self._drawn = True
        self._soon()

    def _look(self) -> None:
        source, self._touched, self._drawn = self._source, False, False
        image = None if source is None else source.image_layer()
        layer = None if source is None else source.objects_layer()
        if source is None or source.ids is None or image is None or layer is None:
            return
        _, now = read_objects(image, layer, source.axes)
        edited = compare_marks(source.ids, source.objects, mark_ids(layer), now)
        found = {(int(frame), int(label)) for frame, label in edited.to_numpy()}
        if self.hold:
            self._held |= found
        self._tell(found | self._held)
