"""The cell under the pointer, told when it is another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyqtgraph as pg
from qtpy.QtWidgets import QApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.widgets._explore.plot_box import PlotBox

_HOVERS_PER_S = 30


class Hover:
    """Follows the pointer over a plot.

    Parameters
    ----------
    scene : pyqtgraph.GraphicsScene
        Tells where the pointer is.
    box : PlotBox
        The pointer is followed within.
    row_at : callable
        Returns the row near a place in data coordinates, -1 if none is.
    tell : callable
        Called with the row under the pointer when it is another, -1 for none.
    """

    def __init__(
        self,
        scene: Any,
        box: PlotBox,
        row_at: Callable[[float, float], int],
        tell: Callable[[int], object],
    ) -> None:
        self._box = box
        self._row_at = row_at
        self._tell = tell
        self._row = -1
        self._proxy = pg.SignalProxy(
            scene.sigMouseMoved, rateLimit=_HOVERS_PER_S, slot=self._on_moved
        )

    def leave(self) -> None:
        """Tell that the pointer is over no cell."""
        self._set(-1)

    def stop(self) -> None:
        """Stop following the pointer."""
        self._proxy.disconnect()

    def _on_moved(self, positions: tuple[Any]) -> None:
        point = self._box.mapSceneToView(positions[0])
        within = self._box.sceneBoundingRect().contains(positions[0])
        within = within and not QApplication.mouseButtons()  # not while one draws
        self._set(self._row_at(point.x(), point.y()) if within else -1)

    def _set(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self._tell(row)
