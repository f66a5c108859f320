"""Files that are read piece by piece, and written anew while they are open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.utils import resize_dask_cache
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication

from napari_disentangle.crops.cut import ImageCrops
from napari_disentangle.storage.file_stamps import iter_stamp
from napari_disentangle.widgets._layers.channels import full_resolution
from napari_disentangle.widgets._layers.read import image_layers_of
from napari_disentangle.widgets._layers.watch import Watch

if TYPE_CHECKING:
    from napari.layers import Layer
    from qtpy.QtCore import QObject

    from napari_disentangle.storage.file_stamps import FileStamp
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._layers.read import Source


class FileWatch(Watch):
    """Knows whether files of lazy layers are others than when the cells were cut.

    Their times and sizes are looked at whenever the user comes back to the window from
    another program. Layers in memory do not follow their files.

    Attributes
    ----------
    all_changed : bool
        Whether any was written anew: nobody can tell in which cells.
    """

    def __init__(self, viewer: Any, parent: QObject) -> None:
        self.all_changed = False
        self._layers: list[Layer] = []
        self._before: FileStamp | None = None
        super().__init__(viewer, parent)
        parent.destroyed.connect(self.forget)  # or the application would hold it

    @property
    def looking(self) -> bool:
        return bool(self._jobs.running)

    @property
    def due(self) -> bool:
        return self.all_changed

    def follow(self, source: Source, crops: Crops) -> None:
        layers = [*image_layers_of(source), source.objects_layer()]
        self._layers = [layer for layer in layers if _is_read_piece_by_piece(layer)]
        if not self._layers or not isinstance(crops, ImageCrops):
            return
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._connect(app.applicationStateChanged, self._on_state)
        self._run(self._know)

    def forget(self) -> None:
        super().forget()
        self._layers, self._before, self.all_changed = [], None, False

    def _on_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self._soon()

    def _look(self) -> None:
        if self._before is not None and not self.all_changed:
            self._run(self._compare)

    def _run(self, then: Any) -> None:
        paths = [Path(layer.source.path) for layer in self._layers]
        self._jobs.run(iter_stamp(paths), "Looking at files", then, quiet=True)

    def _know(self, stamp: FileStamp | None) -> None:
        self._before = stamp

    def _compare(self, now: FileStamp | None) -> None:
        """Show the files as they are now if they are others."""
        if now is None or now == self._before:
            return
        self.all_changed = True
        resize_dask_cache().cache.clear()
        for layer in self._layers:
            layer.refresh()
        self.changed.emit()


def _is_read_piece_by_piece(layer: Layer | None) -> bool:
    """Return whether a layer comes from a file and is not in memory."""
    if layer is None or not getattr(layer.source, "path", None):
        return False
    lazy = hasattr(layer, "multiscale") and not isinstance(
        full_resolution(layer), np.ndarray
    )
    return lazy and Path(layer.source.path).exists()
