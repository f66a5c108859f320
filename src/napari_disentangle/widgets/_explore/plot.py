"""The plot of cells: a scatter of two columns or the histogram of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from napari.utils.theme import get_theme
from psygnal import Signal
from qtpy.QtCore import QSize, QTimer
from qtpy.QtGui import QColor

from napari_disentangle.widgets._explore.axis_title import TitleAxis
from napari_disentangle.widgets._explore.histogram import Bars, Range, n_bins
from napari_disentangle.widgets._explore.hover import Hover
from napari_disentangle.widgets._explore.plot_box import PlotBox
from napari_disentangle.widgets._explore.points import SELECTED, Points, nearest
from napari_disentangle.widgets._explore.scatter import Scatter

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARGIN = 0.05
_BOTTOM_PX = 4  # or the axis cuts what hangs from a line of its title


class CellPlot(pg.PlotWidget):  # type: ignore[misc]
    """Shows cells, and tells what is drawn, clicked and pointed at.

    Attributes
    ----------
    gated : Signal
        Corners, (V, 2) in data coordinates, and how: of a lasso or a rectangle.
    ranged : Signal
        Low, high and how: of a range in the histogram; "adjust" after its edges moved.
    picked : Signal
        The row that was clicked, and how.
    hovered : Signal
        The row under the pointer, -1 for none.
    faint : array, (N,), bool
        Points that are drawn faint, set before they are shown.
    """

    gated = Signal(object, str)
    ranged = Signal(float, float, str)
    picked = Signal(int, str)
    hovered = Signal(int)

    def __init__(self, viewer: Any) -> None:
        self.box = PlotBox()
        axes = {side: TitleAxis(side) for side in ("left", "bottom")}
        super().__init__(viewBox=self.box, enableMenu=False, axisItems=axes)
        self._viewer = viewer
        self._x = self._y = np.zeros(0)
        self._colors: NDArray[np.uint8] | None = None
        self.faint = np.zeros(0, np.bool_)
        self._selected = np.zeros(0, np.bool_)
        self._is_histogram = False
        self._scatter = Scatter(self.box)
        self._bars = Bars(self.box)
        self._range = Range(self.box)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.draw)
        self.hideButtons()
        self.setMinimumHeight(180)
        self.setAccessibleName("Plot of the cells")
        self.getPlotItem().setContentsMargins(0, 4, 8, _BOTTOM_PX)
        for side in ("left", "bottom"):
            self.getAxis(side).enableAutoSIPrefix(False)
        self._hover = Hover(self.scene(), self.box, self.row_at, self.hovered.emit)
        self.box.drawn.connect(self._on_drawn)
        self.box.pressed.connect(self._on_pressed)
        self.box.sigRangeChanged.connect(lambda *_: self._soon.start(0))
        self.box.sigResized.connect(lambda *_: self._soon.start(0))
        self._range.moved.connect(self._on_moved_range)
        self.apply_theme()
        viewer.events.theme.connect(self.apply_theme)

    # What is shown -------------------------------------------------------------------

    def show_points(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        colors: NDArray[np.uint8] | None,
        texts: tuple[str, str],
    ) -> None:
        """Show a scatter of N cells.

        Parameters
        ----------
        x, y : array, (N,)
            Places; a cell with NaN is left out.
        colors : array, (N, 4), uint8, or None
            RGBA of each; None gives all the color of the theme.
        texts : tuple of str
            Names of the axes.
        """
        moved = self._is_histogram or not (_same(x, self._x) and _same(y, self._y))
        self._begin(x, y, histogram=False)
        self._colors = colors
        self.setLabel("bottom", texts[0])
        self.setLabel("left", texts[1])
        if moved:
            self._fit()
        self._soon.start(0)

    def show_values(self, values: NDArray[np.float64], text: str) -> None:
        """Show the histogram of N values, NaN left out; `text` names the axis."""
        moved = not self._is_histogram or not _same(values, self._x)
        self._begin(values, np.zeros(len(values)), histogram=True)
        self.setLabel("bottom", text)
        self.setLabel("left", "cells")
        if moved:
            self._range.hide()
            self._fit()
        self._soon.start(0)

    def set_selected(self, selected: NDArray[np.bool_]) -> None:
        """Mark the selected cells, (N,)."""
        self._selected = selected
        self._soon.start(0)

    def set_current(self, row: int) -> None:
        """Circle the current cell; -1 for none."""
        known = 0 <= row < len(self._x) and not self._is_histogram
        known = known and bool(np.isfinite(self._x[row] + self._y[row]))
        at = [row] if known else []
        self._scatter.circle(self._x[at], self._y[at])

    def show_range(self, low: float, high: float) -> None:
        """Show a range in the histogram; the selection stays as it is."""
        self._range.show(low, high)

    def hide_range(self) -> None:
        """Take the range away; the selection stays as it is."""
        self._range.hide()

    def row_at(self, x: float, y: float) -> int:
        """Return the cell nearest to a point in data coordinates, -1 if none is near.

        Near is within 8 pixels.
        """
        if self._is_histogram or len(self._x) == 0:
            return -1
        pixel = np.array(self.box.pixel_size())
        return nearest(self._x, self._y, (x, y), pixel)

    def draw(self) -> None:
        """Draw the cells in view; called by itself, once, after any change."""
        self._soon.stop()
        if self._is_histogram:
            self._bars.draw(self._x, self._selected, self._plain)
        else:
            points = Points(
                self._x, self._y, self._colors, self._plain, self.faint, self._selected
            )
            self._scatter.draw(points, self.devicePixelRatioF())

    def apply_theme(self, _: Any = None) -> None:
        """Take the colors of napari's current theme."""
        theme = get_theme(self._viewer.theme)
        self._plain = np.array(
            [*QColor(theme.text.as_hex()).getRgb()[:3], 150], np.uint8
        )
        self.setBackground(theme.background.as_hex())
        for side in ("left", "bottom"):
            self.getAxis(side).setPen(theme.text.as_hex())
            self.getAxis(side).setTextPen(theme.text.as_hex())
        self._scatter.set_color(theme.text.as_hex())
        self.box.set_color(SELECTED)
        self._soon.start(0)

    def sizeHint(self) -> QSize:
        return QSize(320, 250)  # the scene's own would fill the dock

    def stop(self) -> None:
        """Stop following the theme and the pointer."""
        self._soon.stop()
        self._hover.stop()
        self._viewer.events.theme.disconnect(self.apply_theme)

    # Drawing -------------------------------------------------------------------------

    def _begin(
        self, x: NDArray[np.float64], y: NDArray[np.float64], *, histogram: bool
    ) -> None:
        self._is_histogram = histogram
        self._x, self._y = x, y
        if len(self._selected) != len(x):
            self._selected = np.zeros(len(x), np.bool_)
        self._bars.clear()
        self._scatter.begin(visible=not histogram)
        if not histogram:
            self._range.hide()

    def _fit(self) -> None:
        """Show all cells."""
        known = np.isfinite(self._x) & np.isfinite(self._y)
        if not known.any():
            return
        self.box.enableAutoRange(enable=False)
        self.box.setXRange(*_limits(self._x[known]), padding=_MARGIN)
        if self._is_histogram:
            counts, _ = np.histogram(self._x[known], n_bins(int(known.sum())))
            self.box.setYRange(0, counts.max() * 1.05, padding=0)
        else:
            self.box.setYRange(*_limits(self._y[known]), padding=_MARGIN)

    # The pointer ---------------------------------------------------------------------

    def leaveEvent(self, event: Any) -> None:
        self._hover.leave()
        super().leaveEvent(event)

    def _on_drawn(self, corners: NDArray[np.float64], how: str) -> None:
        if not self._is_histogram:
            self.gated.emit(corners, how)
            return
        low, high = float(corners[:, 0].min()), float(corners[:, 0].max())
        self._range.show(low, high)
        self.ranged.emit(low, high, how)

    def _on_pressed(self, point: tuple[float, float], how: str) -> None:
        row = self.row_at(*point)
        if row >= 0:
            self.picked.emit(row, how)

    def _on_moved_range(self, low: float, high: float) -> None:
        self.ranged.emit(low, high, "adjust")


def _same(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    return a is b or np.array_equal(a, b, equal_nan=True)


def _limits(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the least and the largest value, a little apart if they are equal."""
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)
