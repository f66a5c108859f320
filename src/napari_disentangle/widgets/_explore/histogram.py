"""The bars of a histogram, and a range in it whose edges can be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from psygnal import Signal
from qtpy.QtGui import QColor

from napari_disentangle.widgets._explore.points import SELECTED

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BINS = 60


class Bars:
    """Bars of all values, with those of the selected ones before them.

    Parameters
    ----------
    box : PlotBox
        Where they are drawn.
    """

    def __init__(self, box: Any) -> None:
        self._box = box
        self._bars: list[Any] = []

    def clear(self) -> None:
        """Draw none."""
        for bars in self._bars:
            self._box.removeItem(bars)
        self._bars = []

    def draw(
        self,
        values: NDArray[np.float64],
        selected: NDArray[np.bool_],
        plain: NDArray[np.uint8],
    ) -> None:
        """Draw bars of `values`, (N,), NaN left out; `plain` is the color of most."""
        known = np.isfinite(values)
        if not known.any():
            return
        values, chosen = values[known], selected[known]
        _, edges = np.histogram(values, n_bins(len(values)))
        self.clear()
        for some, color in (
            (values, QColor(*plain.tolist())),
            (values[chosen], SELECTED),
        ):
            counts, _ = np.histogram(some, edges)
            bars = pg.BarGraphItem(
                x0=edges[:-1], x1=edges[1:], height=counts, brush=color, pen=None
            )
            self._box.addItem(bars, ignoreBounds=True)
            self._bars.append(bars)


class Range:
    """A range on the horizontal axis.

    Attributes
    ----------
    moved : Signal
        Low and high, after the user moved an edge.
    """

    moved = Signal(float, float)

    def __init__(self, box: Any) -> None:
        fill = pg.mkBrush(*QColor(SELECTED).getRgb()[:3], 60)
        self._region = pg.LinearRegionItem(
            brush=fill, hoverBrush=fill, pen=SELECTED, swapMode="sort"
        )
        self._region.setZValue(50)
        self._region.hide()
        box.addItem(self._region, ignoreBounds=True)
        self._region.sigRegionChangeFinished.connect(self._on_moved)

    def show(self, low: float, high: float) -> None:
        """Show a range; tells nobody."""
        blocked = self._region.blockSignals(True)
        self._region.setRegion((low, high))
        self._region.blockSignals(blocked)
        self._region.show()

    def hide(self) -> None:
        """Show none."""
        self._region.hide()

    def _on_moved(self) -> None:
        low, high = self._region.getRegion()
        self.moved.emit(float(low), float(high))


def n_bins(n_values: int) -> int:
    """Return how many bars show so many values."""
    return int(np.clip(2 * np.sqrt(n_values), 5, _BINS))
