"""How soon a slider's picture is there: decode, assign, and the way through the dock.

    python benchmarks/bench_traversal.py [--cells 20000] [--json FILE]

Run on a screen or under xvfb-run. `decode` is the model's picture of one code,
`decode_nearest` with the search among all cells, `assign` the new pixels of a napari
layer or of the dock; decode and assign shall stay below 16 ms. `dock` is what a user
waits: from a moved slider until the dock holds the new picture, thread and events
included. Painting is not counted. A busy machine shows in the load.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import napari
import numpy as np
import pandas as pd
from qtpy.QtWidgets import QApplication

from napari_disentangle.latents.render import render_codes
from napari_disentangle.recipes.live import LivePictures
from napari_disentangle.storage.models import read_model
from napari_disentangle.tables import Embedding
from napari_disentangle.widgets._layers import LiveLayer
from napari_disentangle.widgets._traverse.live import LivePanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.storage.models import Model

GOAL_MS = 16
ROUNDS = 60


class Crops:
    """Crops that cost nothing, so that only the dock is measured."""

    window_px = 12.0

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: np.ndarray, size: int) -> np.ndarray:
        return np.ones((len(rows), 3, size, size), np.float32)


def cells_of(model: Model, n_cells: int) -> tuple[Embedding, Crops]:
    """Return random codes of some cells."""
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(n_cells, len(model.dimensions))).astype(np.float32)
    ids = np.arange(1, n_cells + 1)
    table = pd.DataFrame({"roi_id": "image", "frame": 0, "label": ids, "index": ids})
    sd = np.full_like(codes, 0.1)
    return Embedding(codes, sd, model.dimensions, model.id, table), Crops(table)


def median_ms(action: Callable[[], object]) -> tuple[float, float]:
    """Return median and 95th percentile of an action's time in milliseconds."""
    for _ in range(5):
        action()
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        taken.append(1000 * (time.perf_counter() - start))
    return float(np.median(taken)), float(np.percentile(taken, 95))


def in_dock(panel: LivePanel) -> Callable[[], None]:
    """Return an action that moves a slider and waits for its picture."""
    slider = panel.sliders.slider("scale")
    places = iter(np.tile(np.linspace(-2.5, 2.5, 26), ROUNDS))
    shown: list[object] = []
    panel.decoder.shown.connect(shown.append)

    def move() -> None:
        shown.clear()
        slider.setValue(float(next(places)))
        while not shown:
            QApplication.processEvents()

    return move


def measure(viewer: napari.Viewer, name: str, n_cells: int) -> dict[str, object]:
    """Return all times of one model."""
    model = read_model(name)
    embedding, crops = cells_of(model, n_cells)
    live, code = LivePictures(model, embedding, crops), embedding.mean[:1].copy()
    moved = code[0] + np.eye(len(code[0]), dtype=np.float32)[3]
    layer, panel = LiveLayer(viewer), LivePanel(viewer)
    picture = live.show(moved, code[0])
    panel.set_cells(model, embedding, crops, "synthetic")
    panel.start_at(code[0])
    while panel.decoder.live is None or panel.decoder.is_busy():
        QApplication.processEvents()
    times = {
        "decode": median_ms(lambda: render_codes(model, moved)),
        "decode_nearest": median_ms(lambda: live.show(moved, code[0])),
        "assign_layer": median_ms(lambda: layer.show(picture.drawn)),
        "assign_dock": median_ms(lambda: panel.show_picture(picture)),
        "dock": median_ms(in_dock(panel)),
    }
    layer.clear()
    panel.stop()
    total = times["decode"][0] + max(times["assign_layer"][0], times["assign_dock"][0])
    return {"model": name, "cells": n_cells, "decode_assign": total, **times}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    viewer = napari.Viewer(show=True)
    viewer.add_image(np.zeros((512, 512), np.float32))
    results = [measure(viewer, name, options.cells) for name in ("features", "pixels")]
    print(f"milliseconds, median (95 %), load {os.getloadavg()[0]:.1f}")
    for row in results:
        below = "below" if row["decode_assign"] < GOAL_MS else "NOT below"
        print(
            f"{row['model']}: decode and assign {row['decode_assign']:.1f}, {below} "
            f"{GOAL_MS}"
        )
        for key in (
            "decode",
            "decode_nearest",
            "assign_layer",
            "assign_dock",
            "dock",
        ):
            median, high = row[key]
            print(f"    {key:16}{median:8.1f} ({high:.1f})")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))
    viewer.close()


if __name__ == "__main__":
    main()
