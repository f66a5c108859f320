"""The area of a plot in which one pans, draws gates and clicks cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from psygnal import Signal
from qtpy.QtCore import QPointF, Qt
from qtpy.QtGui import QPainterPath
from qtpy.QtWidgets import QGraphicsPathItem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.recipes.gates import How

TOOLS = ("lasso", "rectangle", "pan")
_STEP_PX = 2.0


class PlotBox(pg.ViewBox):  # type: ignore[misc]
    """Draws a lasso or a rectangle with the left button, or pans.

    Attributes
    ----------
    tool : {"lasso", "rectangle", "pan"}
        What dragging does; the right button and the wheel always zoom.
    drawn : Signal
        Corners of what was drawn, (V, 2) in data coordinates, and how it shall change
        the selection: "replace", with Shift "add", with Alt "subtract".
    pressed : Signal
        The point, (x, y) in data coordinates, that was clicked, and how.
    """

    drawn = Signal(object, str)
    pressed = Signal(object, str)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.tool = "lasso"
        self._corners: list[tuple[float, float]] = []
        self._outline = QGraphicsPathItem()
        self._outline.setZValue(100)
        self._outline.hide()
        self.addItem(self._outline, ignoreBounds=True)

    def set_color(self, color: str) -> None:
        """Draw outlines in `color`."""
        pen = pg.mkPen(color, width=1.5)
        pen.setCosmetic(True)
        self._outline.setPen(pen)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        if self.tool == "pan" or ev.button() != Qt.MouseButton.LeftButton:
            super().mouseDragEvent(ev, axis)
            return
        ev.accept()
        if ev.isStart():
            self._corners = [self._point(ev.buttonDownPos())]
        self._extend(self._point(ev.pos()))
        self._outline.setPath(_path(self._outlined()))
        self._outline.setVisible(not ev.isFinish())
        if ev.isFinish():
            self.drawn.emit(self._outlined(), how_of(ev.modifiers()))

    def mouseClickEvent(self, ev: Any) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            return
        ev.accept()
        if ev.double():
            self.autoRange()
        else:
            self.pressed.emit(self._point(ev.pos()), how_of(ev.modifiers()))

    def pixel_size(self) -> tuple[float, float]:
        """Return how much of each axis one pixel is."""
        x, y = self.viewPixelSize()
        return float(x), float(y)

    def _point(self, position: QPointF) -> tuple[float, float]:
        point = self.mapToView(position)
        return float(point.x()), float(point.y())

    def _extend(self, point: tuple[float, float]) -> None:
        """Add a corner, unless it is within two pixels of the last."""
        if self.tool == "rectangle":
            self._corners[1:] = [point]
            return
        apart = np.abs(np.subtract(point, self._corners[-1])) / self.pixel_size()
        if len(self._corners) < 2 or apart.max() >= _STEP_PX:
            self._corners.append(point)

    def _outlined(self) -> NDArray[np.float64]:
        corners = np.asarray(self._corners, float)
        if self.tool == "lasso":
            return corners
        (x0, y0), (x1, y1) = corners[0], corners[-1]
        return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def how_of(modifiers: Any) -> How:
    """Return what the keys held down mean: Shift adds, Alt subtracts."""
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return "add"
    if modifiers & Qt.KeyboardModifier.AltModifier:
        return "subtract"
    return "replace"


def _path(corners: NDArray[np.float64]) -> QPainterPath:
    path = QPainterPath(QPointF(*corners[0]))
    for corner in corners[1:]:
        path.lineTo(QPointF(*corner))
    path.closeSubpath()
    return path
