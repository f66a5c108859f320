"""The cells of a scatter in its plot, with a ring around the current one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg

from napari_disentangle.widgets._explore.points import draw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.widgets._explore.points import Points

_RING_PX = 15


class Scatter:
    """A picture of the cells in view, as fine as the screen.

    Parameters
    ----------
    box : PlotBox
        Where they are drawn.
    """

    def __init__(self, box: Any) -> None:
        self._box = box
        self._image = pg.ImageItem(axisOrder="row-major")
        self._ring = pg.ScatterPlotItem(size=_RING_PX, brush=None)
        for item in (self._image, self._ring):
            box.addItem(item, ignoreBounds=True)

    def begin(self, *, visible: bool) -> None:
        """Show or hide the cells; none is current."""
        self._image.setVisible(visible)
        self._ring.setData(x=[], y=[])

    def circle(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Draw a ring around each of these places, (n,)."""
        self._ring.setData(x=x, y=y)

    def set_color(self, color: str) -> None:
        """Draw the ring in `color`."""
        self._ring.setPen(pg.mkPen(color, width=2))

    def draw(self, points: Points, ratio: float) -> None:
        """Draw the cells in view; `ratio` is pixels of the screen in one of Qt's."""
        shape = int(self._box.height() * ratio), int(self._box.width() * ratio)
        if min(shape) < 1 or len(points.x) == 0:
            self._image.clear()
            return
        limits = (x0, x1), (y0, y1) = self._box.viewRange()
        self._image.setImage(draw(points, limits, shape, ratio), autoLevels=False)
        self._image.setRect(x0, y0, x1 - x0, y1 - y0)
