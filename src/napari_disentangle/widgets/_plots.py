"""Small plots for the docks: histogram of cell sizes, color bar with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from napari.utils.colormaps import ensure_colormap
from napari.utils.theme import get_theme
from qtpy.QtCore import Qt

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.widgets._layers import Coloring

_BINS = 40
_STRIP = 0.22  # height of the gradient, over that of the tallest bar


class SmallPlot(pg.PlotWidget):  # type: ignore[misc]
    """A plot that only shows: no mouse, no menu, colors of napari's theme."""

    def __init__(self, viewer: Any, height_px: int, name: str) -> None:
        super().__init__(enableMenu=False)
        self._viewer = viewer
        self.setFixedHeight(height_px)
        self.setMinimumWidth(120)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.hideAxis("left")
        self.getPlotItem().setContentsMargins(4, 2, 10, 2)
        self.apply_theme()
        viewer.events.theme.connect(self.apply_theme)

    def apply_theme(self, _: Any = None) -> None:
        """Take the colors of napari's current theme."""
        theme = get_theme(self._viewer.theme)
        self.setBackground(theme.background.as_hex())
        axis = self.getAxis("bottom")
        axis.setPen(theme.text.as_hex())
        axis.setTextPen(theme.text.as_hex())

    def stop(self) -> None:
        """Stop following the theme."""
        self._viewer.events.theme.disconnect(self.apply_theme)


class Histogram(SmallPlot):
    """How often values occur."""

    def show_values(self, values: NDArray[np.float64], label: str) -> None:
        """Show the distribution of `values`; `label` says what they are, with unit."""
        self.clear()
        finite = values[np.isfinite(values)]
        self.setLabel("bottom", label)
        if finite.size == 0:
            return
        counts, edges = np.histogram(finite, _bins(finite))
        color = get_theme(self._viewer.theme).current.as_hex()
        self.addItem(_bars(counts, edges, [pg.mkBrush(color)] * len(counts)))
        self.setXRange(edges[0], edges[-1], padding=0.02)
        self.setYRange(0, counts.max(), padding=0)


class ColorBar(SmallPlot):
    """The colormap with numbers, and how many cells have which color."""

    def show_coloring(self, values: NDArray[np.float64], coloring: Coloring) -> None:
        """Show `coloring` over the distribution of `values`, (N,)."""
        self.clear()
        low, high = coloring.low, coloring.high
        inside = np.clip(values[np.isfinite(values)], low, high)
        counts, edges = np.histogram(inside, _BINS, range=(low, high))
        top = max(int(counts.max(initial=0)), 1)
        colors = np.asarray(
            ensure_colormap(coloring.colormap).map(np.linspace(0, 1, 256))
        )
        middle = np.linspace(0, 255, len(counts)).astype(int)
        brushes = [pg.mkBrush(*(255 * colors[i, :3]).astype(int)) for i in middle]
        self.addItem(_bars(counts, edges, brushes))
        strip = pg.ImageItem((255 * colors[:, None]).astype(np.uint8))
        strip.setRect(low, -_STRIP * top, high - low, 0.9 * _STRIP * top)
        self.addItem(strip)
        self.setXRange(low, high, padding=0.02)
        self.setYRange(-_STRIP * top, top, padding=0)


def _bins(values: NDArray[np.float64]) -> int:
    return int(np.clip(np.sqrt(values.size) * 2, 5, _BINS))


def _bars(
    counts: NDArray[np.int64], edges: NDArray[np.float64], brushes: list[Any]
) -> Any:
    return pg.BarGraphItem(
        x0=edges[:-1], x1=edges[1:], height=counts, brushes=brushes, pen=None
    )
