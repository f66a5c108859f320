"""Edits of the image and of the layer that says where its cells are, as they happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal

from napari_disentangle.widgets._layers.file_watch import FileWatch
from napari_disentangle.widgets._layers.label_edits import LabelWatch
from napari_disentangle.widgets._layers.mark_edits import MarkWatch
from napari_disentangle.widgets._layers.pixel_edits import PixelWatch

if TYPE_CHECKING:
    from qtpy.QtCore import QObject

    from napari_disentangle.crops.pixel_digest import PixelDigest
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._layers.watch import Watch
    from napari_disentangle.widgets._session import Session


class EditWatch:
    """Knows which cells of the session's crops were edited since they were cut.

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
    """

    changed = Signal()

    def __init__(self, viewer: Any, session: Session, parent: QObject) -> None:
        self._session = session
        self._pixels = PixelWatch(viewer, parent)
        self._files = FileWatch(viewer, parent)
        objects = LabelWatch(viewer, parent), MarkWatch(viewer, parent)
        self._parts: tuple[Watch, ...] = (*objects, self._pixels, self._files)
        for part in self._parts:
            part.changed.connect(self._on_changed)
        session.events.crops.connect(self._on_crops)
        self._on_crops(session.crops)

    @property
    def cells(self) -> frozenset[tuple[int, int]]:
        """Frame and label of the cells that were edited, are new or are gone."""
        return frozenset().union(*(part.cells for part in self._parts))

    @property
    def image_edited(self) -> bool:
        """Whether the image is another one, so that all cells are to be done anew."""
        return self._pixels.all_changed or self._files.all_changed

    @property
    def pixels(self) -> PixelDigest | None:
        """What the pixels of the cells were, if it is known."""
        return self._pixels.before

    @property
    def due(self) -> bool:
        """Whether anything was edited, even if it is not known yet which cells."""
        return any(part.due for part in self._parts)

    @property
    def looking(self) -> bool:
        """Whether something that was touched is still to be looked at."""
        return any(part.looking for part in self._parts)

    def hold(self, on: bool) -> None:
        """Say whether cells are encoded; what is edited then stays edited if undone."""
        for part in self._parts:
            part.hold = on

    def know(self, pixels: PixelDigest | None) -> None:
        """Compare with these pixels, from which cells were encoded; None: unknown."""
        if pixels is not None:
            self._pixels.know(pixels)

    def stop(self) -> None:
        """Stop following crops and layers."""
        for part in self._parts:
            part.forget()
        self._session.events.crops.disconnect(self._on_crops)

    def _on_crops(self, crops: Crops | None) -> None:
        source = self._session.source
        for part in self._parts:
            part.forget()
            if source is not None and crops is not None:
                part.follow(source, crops)

    def _on_changed(self) -> None:
        self.changed.emit()
