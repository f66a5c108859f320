"""A window with all named factors side by side, each as a small image of the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.utils.colormaps import ensure_colormap
from psygnal import Signal
from qtpy.QtWidgets import QDialog, QGridLayout, QLayout, QVBoxLayout, QWidget

from napari_disentangle.recipes.small_multiples import iter_small_multiples
from napari_disentangle.tables import NAMED_FACTORS, code_columns, included
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._dock import note
from napari_disentangle.widgets._factors.factor_picture import (
    FactorPicture,
    Panel,
    iter_panels,
)
from napari_disentangle.widgets._factors.grid import EDGE_PX, lay_out
from napari_disentangle.widgets._jobs import Jobs

if TYPE_CHECKING:
    from qtpy.QtGui import QResizeEvent

    from napari_disentangle.widgets._factors.coloring import ColoringPanel
    from napari_disentangle.widgets._session import Session

_SIZE = (960, 460)
_LEAST = (240, 200)
_HINT = (
    "The same cells in each, in the colors of the dock from low to high; each has "
    "limits of its own. Click one to color the viewer by it."
)


class MultiplesWindow(QDialog):
    """Shows the cells once for each named factor, in the same layout.

    The pictures are drawn by a worker, again when the cells, the frame or the colors
    change while the window is open.

    Parameters
    ----------
    coloring : ColoringPanel
        Says which colors are used.
    session : Session
        Its cells are shown.
    viewer : napari.Viewer
        Its frame is shown.

    Attributes
    ----------
    picked : Signal
        Emitted with the column of the picture that was clicked.
    """

    picked = Signal(str)

    def __init__(self, coloring: ColoringPanel, session: Session, viewer: Any) -> None:
        super().__init__(coloring)
        self._coloring = coloring
        self._session = session
        self._viewer = viewer
        self._drawn: tuple[Any, ...] = ()
        self.jobs = Jobs()
        self.pictures: list[FactorPicture] = []
        self.setWindowTitle("All factors")
        self.resize(*_SIZE)
        self.setMinimumSize(*_LEAST)
        self.note = note()
        self._area = QWidget()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        middle = QVBoxLayout(self._area)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addStretch(1)
        middle.addLayout(self._grid)
        middle.addStretch(1)
        layout = QVBoxLayout(self)
        for one in (middle, layout):  # else pictures once large keep the window large
            one.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._area.setMinimumSize(1, 1)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.note)
        self.destroyed.connect(self.jobs.abandon)

    def open(self) -> None:
        """Show the window; the dock and the viewer stay usable."""
        self.show()
        self.raise_()
        self.refresh()

    def refresh(self) -> None:
        """Draw what changed, if the window is open."""
        if not self.isVisible():
            return
        source, crops, table = (
            self._session.source,
            self._session.crops,
            self._session.table,
        )
        if source is None or crops is None or table is None:
            self._drawn = ()
            self.jobs.cancel()
            self._show([])
            self.note.setText("Encode the cells first.")
            return
        frame = _layers.current_frame(self._viewer, source)
        colormap = self._coloring.colormap_combo.currentText()
        ends = tuple(self._coloring.percentiles.value())
        wanted = (table, frame, colormap, ends)
        if _same(wanted, self._drawn):
            self._mark()
            return
        self._drawn = wanted
        reading = reading_of(self._session)
        counted = table[included(table)]
        limits = {
            column: _layers.limits_of(counted[column].to_numpy(float), *ends)
            for column in code_columns(NAMED_FACTORS)
            if column in table and not reading.says_nothing(column)
        }
        shades = ensure_colormap(colormap).map(np.linspace(0, 1, 256))[:, :3]
        task = iter_small_multiples(
            source, crops, table, limits, (255 * shades).astype(np.uint8), frame=frame
        )
        self.note.setText("Drawing ...")
        self.jobs.run(
            iter_panels(task, table, reading), "All factors", self._show, quiet=True
        )

    def stop(self) -> None:
        """Stop drawing and close."""
        self.jobs.abandon()
        self.close()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the pictures out anew, as large as they can be."""
        super().resizeEvent(event)
        self._lay_out()

    def _show(self, panels: list[Panel]) -> None:
        for gone in self.pictures:
            self._grid.removeWidget(gone)
            gone.deleteLater()
        self.pictures = [FactorPicture(panel) for panel in panels]
        for picture in self.pictures:
            picture.clicked.connect(
                lambda _, column=picture.column: self.picked.emit(column)
            )
        none = "There is no named factor that these cells can be colored by."
        self.note.setText(_HINT if panels else none)
        self._lay_out()
        self._mark()

    def _mark(self) -> None:
        """Mark the picture of the column that the viewer is colored by."""
        coloring = self._coloring.coloring
        now = "" if coloring is None else coloring.column
        for picture in self.pictures:
            picture.setChecked(picture.column == now)

    def _lay_out(self) -> None:
        if self.pictures:
            width = self.width() - 2 * EDGE_PX
            height = self.height() - self.note.sizeHint().height() - 3 * EDGE_PX
            lay_out(self._grid, self.pictures, width, height)


def _same(wanted: tuple[Any, ...], drawn: tuple[Any, ...]) -> bool:
    """Return whether the same table is wanted in the same way."""
    return bool(drawn) and wanted[0] is drawn[0] and wanted[1:] == drawn[1:]
