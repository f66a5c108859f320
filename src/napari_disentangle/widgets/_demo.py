"""The main job once in a real window, driven through the docks as a user would."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import napari
import numpy as np
from napari.utils.notifications import NotificationSeverity, notification_manager
from qtpy.QtCore import QEventLoop
from qtpy.QtWidgets import QApplication

from napari_disentangle import __version__
from napari_disentangle.errors import TaskError
from napari_disentangle.storage.atomic import ensure_folder, write_atomic
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._session import Cell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from napari_disentangle.crops.images import OpenedImage
    from napari_disentangle.widgets._dock import Dock
    from napari_disentangle.widgets._session import Session
    from napari_disentangle.widgets.crops import CropsWidget
    from napari_disentangle.widgets.factors import FactorsWidget
    from napari_disentangle.widgets.traversal import TraversalWidget

PLUGIN = "napari-disentangle"
_WINDOW = (1600, 1000)
_SETTLE_MS = 300
_PACKAGES = ("napari", "torch", "timm", "scikit-image", "numpy", "pandas")


@dataclass(frozen=True, slots=True)
class DemoRequest:
    """What the demo shall do.

    Attributes
    ----------
    out : Path
        Folder for the results.
    image, labels : Path or None
        Files to open; without an image the package's sample, without labels the cells
        are segmented.
    model : str
        Name of a bundled model, or a model folder.
    seed : int
        Seed of everything random.
    """

    out: Path
    image: Path | None = None
    labels: Path | None = None
    model: str = "features"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Window:
    viewer: Any
    crops: CropsWidget
    factors: FactorsWidget
    traversal: TraversalWidget

    @property
    def session(self) -> Session:
        return self.crops.session


def run_demo(request: DemoRequest) -> list[Path]:
    """Go the whole way from an image to exported factors and return the files.

    Raises
    ------
    StorageError
        If a file cannot be read, or the folder cannot be written.
    DisentangleError
        If a step fails; the message is the one the user would see.
    """
    ensure_folder(request.out)
    opened = _open_files(request)
    window = _open_window()
    try:
        _show_input(window, opened)
        _work(window, request)
        files = _write_all(window, request)
    finally:
        window.viewer.close()
    _check(request.out)
    return files


# Input --------------------------------------------------------------------------------


def _open_files(request: DemoRequest) -> tuple[OpenedImage | None, OpenedImage | None]:
    """Read the files before a window opens, so that bad ones are told at once."""
    from napari_disentangle.crops.images import read_image, read_labels

    image = read_image(request.image) if request.image else None
    labels = read_labels(request.labels) if request.labels else None
    return image, labels


def _open_window() -> _Window:
    viewer = napari.Viewer(title=PLUGIN, show=True)
    viewer.window.resize(*_WINDOW)

    def dock(name: str, **how: Any) -> Any:
        return viewer.window.add_plugin_dock_widget(PLUGIN, name, **how)[1]

    factors = dock("Factors")
    crops = dock("Crops", tabify=True)
    traversal = dock("Traversal")
    return _Window(viewer, crops, factors, traversal)


def _show_input(
    window: _Window, opened: tuple[OpenedImage | None, OpenedImage | None]
) -> None:
    image, labels = opened
    if image is None:
        window.viewer.open_sample(PLUGIN, "known_factors_small")
        return
    layer = _layers.add_opened_image(window.viewer, image)
    window.crops.image_combo.set_layer(layer)
    if labels is not None:
        found = window.viewer.add_labels(np.asarray(labels.data), scale=layer.scale)
        window.crops.cells_combo.set_layer(found)


# Work ---------------------------------------------------------------------------------


def _work(window: _Window, request: DemoRequest) -> None:
    """Press the buttons of the docks one after the other."""
    crops, factors, traversal = window.crops, window.factors, window.traversal
    if window.crops.cells_combo.layer() is None:
        _wait_for(crops, crops.segment)
    _wait_for(crops, crops.cut)
    factors.set_model(request.model)
    _wait_for(factors, factors.encode)
    factors.color_by("z_scale")
    window.session.cell = _typical_cell(window.session)
    traversal.set_seed(request.seed)
    _wait_for(traversal, traversal.learn_pictures)
    _wait_for(traversal, traversal.make)


def _typical_cell(session: Session) -> Cell:
    """Return the cell whose code is nearest to the mean of all."""
    embedding = session.embedding
    if embedding is None:
        raise TaskError("The cells were not encoded.")
    distance = np.linalg.norm(embedding.mean - embedding.mean.mean(axis=0), axis=1)
    row = embedding.table.iloc[int(distance.argmin())]
    return Cell(int(row["label"]), int(row["frame"]))


def _wait_for(dock: Dock, action: Callable[[], object]) -> None:
    """Start a task of `dock`, wait for its end, and raise what the user would see."""
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
        _settle()
    finally:
        notification_manager.notification_ready.disconnect(listen)
    if problems:
        raise TaskError(problems[0])


def _settle() -> None:
    """Let the window finish painting."""
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _SETTLE_MS)


# Output -------------------------------------------------------------------------------


def _write_all(window: _Window, request: DemoRequest) -> list[Path]:
    from napari_disentangle.export.labels_tiff import write_labels
    from napari_disentangle.export.tabular import write_table
    from napari_disentangle.export.traversal_tiff import write_traversal
    from napari_disentangle.recipes.export import scatter_axes, write_scatter

    session, out = window.session, request.out
    source, table, stack = session.source, session.table, session.stack
    if source is None or table is None or stack is None or session.crops is None:
        raise TaskError("The demo ended without a table or a traversal.")
    write_labels(out / "labels.tif", np.asarray(source.objects))
    write_table(table, out / "cells.csv")
    write_table(table, out / "cells.parquet")
    write_traversal(out / "traversal.tif", *stack.pictures(stack.picture))
    x, y = scatter_axes(session.embedding.dimensions)  # type: ignore[union-attr]
    write_scatter(out / "factors.png", table, session.crops, x, y)
    _settle()
    with write_atomic(out / "napari.png") as part:
        window.viewer.window.screenshot(str(part), flash=False)
    with write_atomic(out / "manifest.json") as part:
        part.write_text(json.dumps(_manifest(window, request), indent=2) + "\n")
    return sorted(path for path in out.iterdir() if path.is_file())


def _manifest(window: _Window, request: DemoRequest) -> dict[str, Any]:
    """Return what one needs to know to make the same files again."""
    session = window.session
    model = session.model
    return {
        "napari_disentangle": __version__,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
        "model": {"id": model.id if model else None, "given": request.model},
        "input": {
            "image": request.image.name if request.image else "sample",
            "image_sha256": _hash(request.image),
            "labels": request.labels.name if request.labels else "segmented",
            "labels_sha256": _hash(request.labels),
        },
        "configs": {
            "segment": window.crops.segment_form.value().model_dump(mode="json"),
            "crops": window.crops.crop_form.value().model_dump(mode="json"),
            "traversal": window.traversal.form.value().model_dump(mode="json"),
        },
        "window_px": session.crops.window_px if session.crops else None,
        "n_cells": len(session.table) if session.table is not None else 0,
        "seed": request.seed,
    }


def _hash(path: Path | None) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path else None


def _check(out: Path) -> None:
    """Open every file again.

    Raises
    ------
    TaskError
        If one does not hold what it should.
    """
    from matplotlib.image import imread

    from napari_disentangle.crops.images import read_labels
    from napari_disentangle.export.tabular import read_table
    from napari_disentangle.export.traversal_tiff import read_traversal

    ids = np.setdiff1d(np.asarray(read_labels(out / "labels.tif").data), [0])
    rows = [read_table(out / f"cells.{kind}") for kind in ("csv", "parquet")]
    pictures, info = read_traversal(out / "traversal.tif")
    sound = (
        all(set(table["label"]) <= set(ids.tolist()) for table in rows)
        and len(rows[0]) == len(rows[1])
        and pictures.shape[:2] == (len(info.factors), len(info.steps_sd))
        and all(imread(out / name).ndim == 3 for name in ("napari.png", "factors.png"))
        and json.loads((out / "manifest.json").read_text())["n_cells"] == len(rows[0])
    )
    if not sound:
        raise TaskError(f"A file in {out} does not hold what was written to it.")
