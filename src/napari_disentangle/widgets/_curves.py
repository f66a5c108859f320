"""Live curves of a fine-tuning: losses, KL, agreement with before, scores."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from napari.utils.theme import get_theme
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.annotations.values import PALETTE
from napari_disentangle.recipes.finetune_plot import curves_of
from napari_disentangle.widgets._dock import note
from napari_disentangle.widgets._plots import SmallPlot
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from napari_disentangle.export.finetune_plots import FinetuneCurves
    from napari_disentangle.training.finetune_state import FinetuneReport

_PLOT_PX = 128
_UNNAMED = "residual_"
_GRAY = "#909090"
_LOSSES = ("#56b4e9", "#e69f00")
_SCORES = ("#009e73", "#d55e00")


class CurvePlot(SmallPlot):
    """Lines over the epochs, with a title that says what they are and their unit."""

    def __init__(self, viewer: Any, title: str) -> None:
        self._title = title
        super().__init__(viewer, _PLOT_PX, title)
        self.showAxis("left")
        self.getAxis("left").setWidth(36)
        self.getPlotItem().setLabel("bottom", "epoch")
        self.apply_theme()

    def apply_theme(self, event: Any = None) -> None:
        """Take the colors of napari's current theme."""
        super().apply_theme(event)
        color = get_theme(self._viewer.theme).text.as_hex()
        self.setTitle(self._title, color=color, size="9pt")
        axis = self.getAxis("left")
        axis.setPen(color)
        axis.setTextPen(color)

    def show_lines(
        self,
        values: NDArray[np.float64],
        colors: Sequence[str],
        *,
        width: float = 2.0,
        dashed: bool = False,
    ) -> None:
        """Add a line for each column of `values`, (E, n); NaN leaves a gap."""
        epochs = np.arange(1, len(values) + 1)
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        for column, color in zip(values.T, colors, strict=False):
            if np.isfinite(column).any():
                pen = pg.mkPen(color, width=width, style=style)
                symbol = "o" if len(epochs) == 1 else None
                self.plot(epochs, column, pen=pen, symbol=symbol, symbolBrush=color)


class CurvePanel(QWidget):
    """The curves of one run, drawn anew after each epoch."""

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self.loss = CurvePlot(viewer, "Loss a cell (lower is better)")
        self.kl = CurvePlot(viewer, "KL of each dimension (nats, 0 is silent)")
        self.health = CurvePlot(viewer, "Agreement with before (1 is unchanged)")
        self.scores = CurvePlot(viewer, "Scores on drawn images (0 to 1, 1 is best)")
        self.legend = note()
        self._plots = (self.loss, self.kl, self.health, self.scores)
        self._undrawn: list[Callable[[], None]] = []
        self._draw_soon = Soon(self._draw, self)
        tips = (
            "What is minimized: over training cells, and over cells kept out",
            "How much each dimension of the code says of the cells",
            "Correlation of each factor with itself before fine-tuning: solid on drawn "
            "images whose factors are known, dashed on your cells",
            "How cleanly known factors sit in one dimension each",
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.legend)
        for plot, tip in zip(self._plots, tips, strict=True):
            plot.setToolTip(tip)
            layout.addWidget(plot)

    def show_history(
        self, history: Sequence[FinetuneReport], dimensions: Sequence[str]
    ) -> None:
        """Draw all epochs of `history`, a plot a turn; without any they are empty.

        Parameters
        ----------
        history : sequence of FinetuneReport
            Epochs.
        dimensions : sequence of str
            Dimensions of the model before; further ones are new.
        """
        self._undrawn = []
        if not history:
            for plot in self._plots:
                plot.clear()
            self.legend.setText("")
            return
        n = len(history[-1].train.kl)
        names = [*dimensions, *("" for _ in range(n - len(dimensions)))]
        curves, colors = curves_of(history, names), colors_of(names)
        named = [j for j, name in enumerate(dimensions) if _is_named(name)]
        of_named = [colors[j] for j in named]
        self._undrawn = [
            partial(self._show_losses, curves),
            partial(self._show_kl, curves, named, of_named),
            partial(self._show_health, curves, named, of_named),
            partial(self._show_scores, curves),
        ]
        self._draw_soon()
        self.scores.setVisible(bool(np.isfinite(curves.omes).any()))
        self.legend.setText(_legend(names, colors))

    @property
    def drawing(self) -> bool:
        """Whether a plot is not drawn yet."""
        return bool(self._undrawn)

    def _draw(self) -> None:
        if self._undrawn:
            self._undrawn.pop(0)()
        if self._undrawn:
            self._draw_soon()

    def _show_losses(self, curves: FinetuneCurves) -> None:
        self.loss.clear()
        self.loss.show_lines(np.stack([curves.train, curves.validation], 1), _LOSSES)

    def _show_kl(
        self, curves: FinetuneCurves, named: list[int], colors: list[str]
    ) -> None:
        unnamed = [j for j in range(curves.kl.shape[1]) if j not in named]
        self.kl.clear()
        self.kl.show_lines(curves.kl[:, unnamed], [_GRAY] * len(unnamed), width=1)
        self.kl.show_lines(curves.kl[:, named], colors)

    def _show_health(
        self, curves: FinetuneCurves, named: list[int], colors: list[str]
    ) -> None:
        self.health.clear()
        if curves.source.size:
            self.health.show_lines(curves.source[:, named], colors)
        self.health.show_lines(curves.target[:, named], colors, dashed=True)
        self.health.setYRange(min(0.0, curves.target[:, named].min(initial=0.0)), 1)

    def _show_scores(self, curves: FinetuneCurves) -> None:
        self.scores.clear()
        self.scores.show_lines(np.stack([curves.omes, curves.mig], 1), _SCORES)
        self.scores.setYRange(0, 1)

    def stop(self) -> None:
        """Stop drawing, and following the theme."""
        self._draw_soon.stop()
        for plot in self._plots:
            plot.stop()


def colors_of(dimensions: Sequence[str]) -> list[str]:
    """Return a color for each dimension, gray for those without a name."""
    named = [name for name in dimensions if _is_named(name)]
    color = {name: PALETTE[j % len(PALETTE)] for j, name in enumerate(named)}
    return [color.get(name, _GRAY) for name in dimensions]


def _is_named(name: str) -> bool:
    return bool(name) and not name.startswith(_UNNAMED)


def _legend(names: Sequence[str], colors: Sequence[str]) -> str:
    """Return what each color stands for, as rich text."""
    known = [(name, color) for name, color in zip(names, colors, strict=True)]
    entries = [(c, n.replace("_", " ")) for n, c in known if _is_named(n)]
    entries += [(_GRAY, "without a name")] * (len(entries) < len(names))
    losses = zip(_LOSSES, ("training", "validation"), strict=True)
    scores = zip(_SCORES, ("OMES", "MIG"), strict=True)
    lines = (("Factors", entries), ("Loss", losses), ("Scores", scores))
    return "<br>".join(
        f"{title}: "
        + " ".join(f'<span style="color:{c}">&#9632;</span>&nbsp;{n}' for c, n in each)
        for title, each in lines
    )
