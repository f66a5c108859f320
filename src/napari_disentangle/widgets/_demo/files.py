"""What the demo writes, and whether it can be opened again."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle import __version__
from napari_disentangle.errors import TaskError
from napari_disentangle.storage.atomic import write_atomic
from napari_disentangle.tasks import run
from napari_disentangle.widgets._demo.window import settle

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.widgets._demo import DemoRequest
    from napari_disentangle.widgets._demo.window import DemoWindow

_FILES = ("labels.tif", "cells.csv", "cells.parquet", "traversal.tif", "factors.png")
_PACKAGES = ("napari", "torch", "timm", "scikit-image", "numpy", "pandas")


def write_files(window: DemoWindow, request: DemoRequest) -> list[Path]:
    """Write labels, tables, traversal, plot, screenshot and manifest.

    Raises
    ------
    StorageError
        If a file cannot be written.
    """
    from napari_disentangle.recipes.outputs import (
        CellOutputs,
        cell_writers,
        iter_write_files,
    )

    session, out = window.session, request.out
    source, table, stack = session.source, session.table, session.stack
    crops, embedding = session.crops, session.embedding
    if not (source and stack and embedding) or table is None or crops is None:
        raise TaskError("The demo ended without a table or a traversal.")
    found = CellOutputs(source.objects, table, crops, embedding.dimensions, stack)
    writers = cell_writers(found)
    files = run(iter_write_files(out, {name: writers[name] for name in _FILES}))
    settle()
    with write_atomic(out / "napari.png") as part:
        window.viewer.window.screenshot(str(part), flash=False)
    with write_atomic(out / "manifest.json") as part:
        part.write_text(json.dumps(_manifest(window, request), indent=2) + "\n")
    return [*files, out / "napari.png", out / "manifest.json"]


def check_files(out: Path) -> None:
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
    tables = [read_table(out / f"cells.{kind}") for kind in ("csv", "parquet")]
    pictures, info = read_traversal(out / "traversal.tif")
    sound = (
        all(set(table["label"]) == set(ids.tolist()) for table in tables)
        and len(tables[0]) == len(tables[1])
        and pictures.shape[:2] == (len(info.factors), len(info.steps_sd))
        and all(imread(out / name).ndim == 3 for name in ("napari.png", "factors.png"))
        and json.loads((out / "manifest.json").read_text())["n_cells"] == len(tables[0])
    )
    if not sound:
        raise TaskError(f"A file in {out} does not hold what was written to it.")


def _manifest(window: DemoWindow, request: DemoRequest) -> dict[str, Any]:
    """Return what one needs to know to make the same files again."""
    session, panels = window.session, window.traversal.panels
    return {
        "napari_disentangle": __version__,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
        "model": {
            "given": request.model,
            "id": session.embedding.model_id if session.embedding else None,
        },
        "input": {
            "image": request.image.name if request.image else "sample",
            "image_sha256": _hash(request.image),
            "labels": request.labels.name if request.labels else "segmented",
            "labels_sha256": _hash(request.labels),
        },
        "configs": {
            "segment": window.crops.segment_form.value().model_dump(mode="json"),
            "crops": window.crops.crop_form.value().model_dump(mode="json"),
            "traversal": panels.walk.form.value().model_dump(mode="json"),
            "pictures": panels.pictures.form.value().model_dump(mode="json"),
        },
        "window_px": session.crops.window_px if session.crops else None,
        "n_cells": len(session.table) if session.table is not None else 0,
        "seed": request.seed,
    }


def _hash(path: Path | None) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path else None
