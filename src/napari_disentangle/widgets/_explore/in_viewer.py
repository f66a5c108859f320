"""Selected cells marked in the viewer, and the camera moved to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from napari.utils.notifications import show_warning

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from napari_disentangle.widgets._explore.selecting import Selecting
    from napari_disentangle.widgets._session import Session


class InViewer:
    """Marks what is selected, in later turns of the event loop, and goes to a cell.

    Parameters
    ----------
    viewer : napari.Viewer
        Where the cells are.
    session : Session
        Its source is marked.
    selecting : Selecting
        What is selected.
    parent : QWidget
        Nothing is marked after it is deleted.
    """

    def __init__(
        self, viewer: Any, session: Session, selecting: Selecting, parent: Any
    ) -> None:
        self._viewer = viewer
        self._session = session
        self._selecting = selecting
        self._highlight = _layers.Highlight(viewer)
        self.show_soon = Soon(self.show, parent)

    def show(self) -> None:
        """Mark the selected cells now; a layer that is new gets its marks later."""
        cells, chosen = self._selecting.cells, self._selecting.chosen
        source = self._session.source
        if cells is None or not len(chosen):
            self._highlight.clear()
        elif self._highlight.is_ready():
            placed = cells.placed(chosen.selected)
            self._highlight.show(source, placed, cells.side_px(0))
        else:  # the layer first, and the marks in a turn of their own
            none = cells.placed(np.zeros(len(cells), np.bool_))
            self._highlight.show(source, none, cells.side_px(0))
            if self._highlight.is_ready():
                self.show_soon()

    def go_to(self, row: int) -> None:
        """Make the cell of a row the current one and move the camera to it."""
        cells, source = self._selecting.cells, self._session.source
        if cells is None or source is None or row < 0:
            return
        if not cells.here[row]:
            image = cells.table["roi_id"].iloc[row]
            show_warning(f"This cell is in {image}, which is not the image shown.")
            return
        self._session.cell = cells.cell_of(row)
        found = cells.placed(np.arange(len(cells)) == row)
        if _layers.is_open(self._viewer, source) and "pos_y" in found:
            _layers.center_on(self._viewer, source, found.iloc[0], cells.side_px(row))

    def look(self) -> None:
        """Stop marking cells whose layers were removed."""
        source = self._session.source
        if source is None or not _layers.is_open(self._viewer, source):
            self._highlight.stop()

    def stop(self) -> None:
        """Take the marks away, and mark nothing more."""
        self._highlight.stop()
        self.show_soon.stop()
