"""How long the Explore dock keeps the window from answering, on 20,000 cells.

A timer that should tick every 5 ms is watched in a real window; the longest gap between
two ticks during an action is how long a user would wait. The longest gap of the window
at rest is shown beside it. Run, on a screen or under xvfb-run:

    python benchmarks/bench_explore.py [--cells 20000] [--umap]
"""

from __future__ import annotations

import argparse

import napari
import numpy as np
import pandas as pd
from _probe import Probe

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.tables import NAMED_FACTORS, code_columns
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets.explore import ExploreWidget

SIDE = 12  # pixels a cell


class Crops:
    """Crops that are cut at once, so that only the dock is measured."""

    window_px = float(SIDE)
    config = CropConfig()

    def __init__(self, table):
        self.table = table
        self.skipped = table.head(0)

    def __len__(self):
        return len(self.table)

    def cut(self, rows, size):
        return np.ones((len(rows), 3, size, size), np.float32)


def cells_of(n_cells):
    """Return an image's labels, a grid of squares, and a table of random codes."""
    side = int(np.ceil(np.sqrt(n_cells)))
    ids = np.zeros(side * side, np.int32)
    ids[:n_cells] = np.arange(1, n_cells + 1)
    grid = ids.reshape(side, side).repeat(SIDE, 0).repeat(SIDE, 1)
    y, x = np.divmod(np.arange(n_cells), side)
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "label": ids[:n_cells],
            "index": ids[:n_cells],
            "roi_id": "image",
            "frame": 0,
            "pos_y": (y + 0.5) * SIDE,
            "pos_x": (x + 0.5) * SIDE,
            **{name: rng.normal(size=n_cells) for name in code_columns(NAMED_FACTORS)},
            **{f"z_residual_{i}": rng.normal(size=n_cells) for i in range(1, 6)},
            **{f"measure_{i}": rng.normal(size=n_cells) for i in range(20)},
        }
    )
    return grid, table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--umap", action="store_true", help="lay them out by UMAP, too")
    options = parser.parse_args()
    labels, table = cells_of(options.cells)
    viewer = napari.Viewer(show=True)
    image = viewer.add_image(labels.astype(np.float32), name="image")
    objects = viewer.add_labels(labels, name="cells")
    dock = ExploreWidget(viewer)
    viewer.window.add_dock_widget(dock, name="Explore")
    session = dock.session
    session.source = _layers.read_source(image, objects, "yx")
    session.crops = Crops(table)
    probe = Probe()
    for name, action, wait in actions(dock, session, table, options.umap):
        at_rest = probe.rest().longest.seconds
        taken = probe.during(action, wait).longest.seconds
        print(f"{name:32}{1000 * taken:8.0f} ms   at rest {1000 * at_rest:4.0f} ms")
    viewer.close()


def actions(dock, session, table, umap):
    """Yield what a user does: name, action, and whether it is still going on."""

    def busy():
        return dock.jobs.running

    quarter = np.arange(len(table)) % 4 == 0
    yield "show a table", lambda: setattr(session, "table", table), None
    yield "same cells, another column", lambda: annotate(session), None
    yield "color by a number", lambda: dock.color_by("z_color"), None
    yield "color by a class", lambda: dock.color_by("annotation"), None
    yield "other axes", lambda: dock.plot("z_texture", "measure_3"), None
    yield "zoom", lambda: dock.panel.plot.box.scaleBy((0.5, 0.5)), None
    yield "select 3 cells, the first time", lambda: dock.select(few(table)), None
    yield "select a quarter", lambda: dock.select(quarter), None
    yield "invert", dock.invert, None
    yield "clear", dock.clear, None
    yield "gallery, rising", lambda: dock.gallery.sort_by("z_shape", "rising"), None
    yield "table", lambda: dock.parts.tabs.setCurrentWidget(dock.table), None
    yield "sort the table", lambda: dock.table.view.sortByColumn(5, order()), None
    yield "filter", lambda: dock.table.filter_line.setText("z_scale > 1"), None
    yield "select what is left", dock.table.select_shown, None
    yield "histogram", lambda: dock.plot("z_scale"), None
    yield "range", lambda: dock.gate_range("z_scale", 0, 1), None
    yield "go to a cell", lambda: dock.go_to(7), None
    session.cell = Cell(11)
    yield "most similar", dock.find_similar, busy
    yield "PCA", lambda: dock.project("pca"), busy
    if umap:
        yield "UMAP", lambda: dock.project("umap"), busy


def annotate(session):
    classes = np.where(np.arange(len(session.table)) % 3 == 0, "a", "b")
    session.table = session.table.assign(annotation=classes)


def few(table):
    return np.arange(len(table)) < 3


def order():
    from qtpy.QtCore import Qt

    return Qt.SortOrder.DescendingOrder


if __name__ == "__main__":
    main()
