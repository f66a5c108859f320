"""How long napari keeps a user waiting while the docks work, on 20,000 cells.

A real viewer with all eight docks and a synthetic image; every action is done through
its dock. A timer of the event loop should tick every 5 ms; the longest gap between two
ticks is how long a click would have waited. Run, on a screen or under xvfb-run:

    python benchmarks/bench_window.py [--cells 20000] [--report docs/results/window.md]
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio.v3 as iio
import napari
import numpy as np
from _probe import Probe
from _window_report import LIMIT_S, Row, report, write_report
from napari.utils import CyclicLabelColormap
from qtpy.QtWidgets import QApplication

from napari_disentangle.recipes.export_images import ExportConfig
from napari_disentangle.testing import write_small_model
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.widgets._selection import Cell, Selection
from napari_disentangle.widgets._settings import kept_apart
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.classify import ClassifyWidget
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.factors import FactorsWidget
from napari_disentangle.widgets.finetune import FinetuneWidget
from napari_disentangle.widgets.traversal import TraversalWidget

SIDE = 20  # pixels a cell
DOCKS = {
    "crops": CropsWidget,
    "factors": FactorsWidget,
    "explore": ExploreWidget,
    "annotate": AnnotateWidget,
    "classify": ClassifyWidget,
    "finetune": FinetuneWidget,
    "traversal": TraversalWidget,
    "export": ExportWidget,
}


def cells_of(n_cells):
    """Return an RGB image of striped ellipses on a grid, and their labels."""
    side = int(np.ceil(np.sqrt(n_cells)))
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    image = np.full((side * SIDE, side * SIDE, 3), 40, np.uint8)
    labels = np.zeros(image.shape[:2], np.int32)
    for cell in range(n_cells):
        row, column = divmod(cell, side)
        here = slice(row * SIDE, (row + 1) * SIDE), slice(column * SIDE, None)
        a, b, turn = rng.uniform(4, 9), rng.uniform(4, 9), rng.uniform(0, np.pi)
        u, v = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
        inside = (u / a) ** 2 + (v / b) ** 2 < 1
        stripes = 0.75 + 0.25 * np.sin(rng.uniform(0.3, 2) * u)
        color = rng.uniform(80, 255, 3) * stripes[..., None]
        image[here][:, :SIDE][inside] = color[inside]
        labels[here][:, :SIDE][inside] = cell + 1
    return image, labels


def write_pictures(image, folder, n=100):
    """Write the first rows of cells of `image` as `n` pictures into `folder`."""
    folder.mkdir()
    for picture in range(n):
        row, column = divmod(picture, 10)
        y, x = SIDE * row, SIDE * column
        iio.imwrite(folder / f"{picture:03}.png", image[y : y + SIDE, x : x + SIDE])
    return folder


class Window:
    """A viewer with all docks, and what a user does there."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.viewer = napari.Viewer(show=True)
        self.viewer.window._qt_window.resize(1600, 1000)
        image, labels = cells_of(options.cells)
        self.viewer.add_image(image, rgb=True, name="image")
        self.viewer.add_labels(labels, name="cells")
        for name, kind in DOCKS.items():
            dock = kind(self.viewer)
            self.viewer.window.add_dock_widget(dock, name=name, tabify=True)
            setattr(self, name, dock)
        self.session = self.crops.session
        model = write_small_model(folder) if options.model == "small" else options.model
        self.factors.set_model(model)
        self.finetune.model_combo.choose(model)
        self.finetune.runs_folder.set_path(folder / "runs")
        mode = "paper" if options.model == "small" else "anchored"
        epochs = max(1, options.epochs)
        self.finetune.form.setValue(
            FinetuneConfig(mode=mode, epochs=epochs, min_steps=0)
        )
        self.export.folder.set_path(folder / "export")
        self.pictures = write_pictures(image, folder / "pictures")
        self.other = cells_of(options.cells // 10)
        self.export.form.setValue(ExportConfig(table="all three"))

    def busy(self):
        return any(getattr(self, name).jobs.running for name in DOCKS)

    def look_at(self, name):
        if name in DOCKS:
            dock = getattr(self, name).parent()
            dock.show()
            dock.raise_()

    def give(self, part, name):
        table = self.session.table
        self.session.selection = Selection.of(table[part(np.arange(len(table)))])
        self.annotate.give(name)

    def actions(self):
        """Yield the dock that is looked at, what is done there, and how."""
        yield "crops", "cut crops", self.crops.cut
        yield "factors", "encode", self.factors.encode
        for column in ("z_color", "z_scale", "area"):
            yield "factors", f"color by {column}", lambda c=column: self.color(c)
        yield "factors", "original colors", self.factors.restore_colors
        yield (
            "factors",
            "all factors side by side",
            self.factors.coloring.multiples.open,
        )
        yield "factors", "factors of a cell pointed at", self.point
        yield "factors", "labels of a cell repainted", self.repaint
        yield "factors", "update that cell", self.factors.encode
        yield "explore", "PCA", lambda: self.explore.project("pca")
        yield "explore", "UMAP", lambda: self.explore.project("umap")
        yield "annotate", "add a class", lambda: self.annotate.add_class("a")
        yield "annotate", "class of half the cells", lambda: self.give(even, "a")
        yield "annotate", "add another class", lambda: self.annotate.add_class("b")
        yield "annotate", "class of 500 cells", lambda: self.give(some, "b")
        yield "annotate", "undo", self.annotate.book.undo
        yield "annotate", "redo", self.annotate.book.redo
        yield "classify", "train, predict, score", self.classify.train
        yield "classify", "color by prediction", lambda: self.predicted("prediction")
        yield "classify", "color by novelty", lambda: self.predicted("novelty")
        yield "annotate", "class of a cell, learned again", lambda: self.give(one, "b")
        if self.options.epochs:
            yield "finetune", "fine-tune", self.finetune.finetune
        yield "traversal", "traversal", self.traversal.make
        yield "export", "export, all three tables", self.export.export
        yield "factors", "another image is opened", self.add_other
        yield "factors", "the other open image, too", self.factors.encode_all
        yield "crops", "open a folder", lambda: self.crops.open_folder(self.pictures)
        for name in ("first", "second"):  # what nobody's plugin can do faster
            yield "napari", f"{name} empty layer of points", self.add_points
            yield "napari", f"{name} small layer of walks", self.add_walks
        yield "napari", "layer of labels", self.add_labels
        yield "napari", "its first colors, one a cell", self.color_labels

    def add_points(self):
        self.viewer.add_points(np.zeros((0, 2)))

    def add_walks(self):
        self.viewer.add_image(np.zeros((5, 11, 64, 64, 3), np.uint8), rgb=True)

    def add_labels(self):
        self.viewer.add_labels(self.viewer.layers["cells"].data.copy(), name="copy")

    def color_labels(self):
        colors = np.random.default_rng(0).uniform(size=(self.options.cells + 257, 4))
        self.viewer.layers["copy"].colormap = CyclicLabelColormap(colors=colors)

    def point(self):
        self.factors.pointed.show_cell(Cell(self.options.cells // 2))

    def repaint(self):
        some = np.mgrid[4:8, 4:8].reshape(2, -1)
        self.viewer.layers["cells"].data_setitem(tuple(some), 1)

    def add_other(self):
        image, labels = self.other
        self.viewer.add_image(image, rgb=True, name="other")
        self.viewer.add_labels(labels, name="other cells")

    def color(self, column):
        self.factors.color_by(column)

    def predicted(self, column):
        self.classify.color_by(column)


def even(row):
    return row % 2 == 0


def some(row):
    return (row % 2 == 1) & (row < 1000)


def one(row):
    return row == 1001


def measure(window, probe, options):
    """Yield a `Row` for each action."""
    for dock, name, act in window.actions():
        if options.only and not any(word in name for word in options.only):
            continue
        window.look_at(dock)
        rest = probe.rest()
        gaps = probe.during(act, window.busy)
        row = Row(dock, name, [gaps], [rest])
        print(row.text(), flush=True)
        if options.where:
            tell(gaps)
        yield row


def tell(gaps):
    """Print what the window did in the longest gaps."""
    for gap in sorted(gaps.above(LIMIT_S), key=lambda gap: -gap.seconds)[:6]:
        print(f"    {1000 * gap.seconds:.0f} ms, {1000 * gap.queued:.0f} queued")
        for what, n in Counter(gap.seen).most_common(4):
            print(f"      {n:3} x {what}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=3, help="0: no fine-tuning")
    parser.add_argument(
        "--model", default="features", help="or small, for what is not encoding"
    )
    parser.add_argument("--repeats", type=int, default=1, help="windows, one by one")
    parser.add_argument("--only", nargs="*", default=(), help="words of the actions")
    parser.add_argument("--where", action="store_true", help="tell what blocks")
    parser.add_argument("--report", type=Path, help="write a page, too")
    options = parser.parse_args()
    load = [os.getloadavg()[0]]
    probe, rows = None, {}
    for _ in range(options.repeats):
        with TemporaryDirectory() as folder, kept_apart():
            window = Window(options, Path(folder))
            probe = probe or Probe()  # which needs napari's application
            for row in measure(window, probe, options):
                before = rows.get(row.name)
                rows[row.name] = before.joined(row) if before else row
                if options.report:  # what was measured so far, should it be stopped
                    now = [*load, os.getloadavg()[0]]
                    text = report([*rows.values()], options, now)
                    write_report(text, options.report)
            window.viewer.close()
        QApplication.processEvents()


if __name__ == "__main__":
    main()
