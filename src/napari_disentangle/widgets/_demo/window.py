"""A napari window with the three docks, and the buttons pressed in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import napari
import numpy as np
from napari.utils.notifications import NotificationSeverity, notification_manager
from qtpy.QtCore import QEventLoop, Qt
from qtpy.QtWidgets import QApplication

from napari_disentangle.crops.axes import to_tzyx
from napari_disentangle.crops.channel_names import read_channel_names
from napari_disentangle.errors import CropError, TaskError
from napari_disentangle.storage.card import read_card
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._selection import Cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.crops.images import OpenedImage
    from napari_disentangle.widgets._demo import DemoRequest
    from napari_disentangle.widgets._dock import Dock
    from napari_disentangle.widgets._session import Session
    from napari_disentangle.widgets.crops import CropsWidget
    from napari_disentangle.widgets.factors import FactorsWidget
    from napari_disentangle.widgets.traversal import TraversalWidget

PLUGIN = "napari-disentangle"
_SIZE = (1600, 1000)
_COLUMN_PX = 330
_SETTLE_MS = 300


def open_files(request: DemoRequest) -> tuple[OpenedImage | None, OpenedImage | None]:
    """Read the files and the model's card before a window opens.

    Raises
    ------
    StorageError, DataError, ModelError
        If one of them is missing or damaged.
    """
    from napari_disentangle.crops.images import read_image, read_labels

    read_card(request.model)
    if request.labels and not request.image:
        raise CropError("Labels were given without their image; give --image, too.")
    image = read_image(request.image) if request.image else None
    labels = read_labels(request.labels) if request.labels else None
    return image, labels


def open_window() -> DemoWindow:
    """Open napari with the docks in two columns: Factors over Crops, Traversal."""
    viewer = napari.Viewer(title=PLUGIN, show=True)
    window = viewer.window
    window.resize(*_SIZE)
    (factors, in_factors), (traversal, in_traversal), (crops, in_crops) = (
        window.add_plugin_dock_widget(PLUGIN, name)
        for name in ("Factors", "Traversal", "Crops")
    )
    main = factors.parent()
    main.splitDockWidget(factors, traversal, Qt.Orientation.Horizontal)
    main.tabifyDockWidget(factors, crops)  # a tab cannot be split, so only now
    widths = [_COLUMN_PX, _COLUMN_PX]
    main.resizeDocks([factors, traversal], widths, Qt.Orientation.Horizontal)
    factors.raise_()
    return DemoWindow(viewer, in_crops, in_factors, in_traversal)


@dataclass(frozen=True, slots=True)
class DemoWindow:
    """The viewer and its docks."""

    viewer: Any
    crops: CropsWidget
    factors: FactorsWidget
    traversal: TraversalWidget

    @property
    def session(self) -> Session:
        return self.crops.session

    def show_input(
        self,
        request: DemoRequest,
        image: OpenedImage | None,
        labels: OpenedImage | None,
    ) -> None:
        """Add the files that were read as layers, or open the sample."""
        if image is None or request.image is None:
            self.viewer.open_sample(PLUGIN, "known_factors_small")
            return
        path = request.image
        names = read_channel_names(path)
        layer = _layers.add_opened_image(self.viewer, image, path.name, names)
        self.crops.image_combo.set_layer(layer)
        if labels is not None:
            ids = np.asarray(to_tzyx(labels.data, labels.axes))
            found = _layers.add_labels(self.viewer, layer, ids, image.axes)
            self.crops.cells_combo.set_layer(found)

    def work(self, request: DemoRequest) -> None:
        """Press the buttons of the docks one after the other."""
        crops, factors, traversal = self.crops, self.factors, self.traversal
        if crops.cells_combo.layer() is None:
            wait_for(crops, crops.segment)
        wait_for(crops, crops.cut)
        factors.set_model(request.model)
        wait_for(factors, factors.encode)
        factors.color_by("z_scale")
        self.session.cell = _typical_cell(self.session)
        learning = {"seed": request.seed, "steps": request.picture_steps}
        form = traversal.panels.pictures.form
        form.setValue(form.value().replace(**learning))
        wait_for(traversal, traversal.learn_pictures)
        wait_for(traversal, traversal.make)


def wait_for(dock: Dock, action: Callable[[], object]) -> None:
    """Start a task of `dock` and wait for its end.

    Raises
    ------
    TaskError
        With the error that the user would see as a notification.
    """
    problems: list[str] = []

    def listen(notification: Any) -> None:
        if notification.severity >= NotificationSeverity.ERROR:
            problems.append(notification.message)

    notification_manager.notification_ready.connect(listen)
    try:
        action()
        while dock.jobs.running:
            QApplication.processEvents(
                QEventLoop.ProcessEventsFlag.WaitForMoreEvents, _SETTLE_MS
            )
        settle()
    finally:
        notification_manager.notification_ready.disconnect(listen)
    if problems:
        raise TaskError(problems[0])


def settle() -> None:
    """Let the window finish painting."""
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _SETTLE_MS)


def _typical_cell(session: Session) -> Cell:
    """Return the cell whose code is nearest to the mean of all."""
    embedding = session.embedding
    if embedding is None:
        raise TaskError("The cells were not encoded.")
    distance = np.linalg.norm(embedding.mean - embedding.mean.mean(axis=0), axis=1)
    row = embedding.table.iloc[int(distance.argmin())]
    return Cell(int(row["label"]), int(row["frame"]))
