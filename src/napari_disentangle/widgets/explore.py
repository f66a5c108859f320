"""The Explore dock: plot, gate, sort and compare cells, linked with the viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from qtpy.QtWidgets import QApplication

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.gates import in_range
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._dock import Dock
from napari_disentangle.widgets._exclude import ExcludePanel
from napari_disentangle.widgets._explore.comparing import Comparing
from napari_disentangle.widgets._explore.in_viewer import InViewer
from napari_disentangle.widgets._explore.parts import ExploreParts
from napari_disentangle.widgets._explore.plot_box import how_of
from napari_disentangle.widgets._explore.selecting import Selecting
from napari_disentangle.widgets._explore.showing import Showing
from napari_disentangle.widgets._reading import book_of

if TYPE_CHECKING:
    import napari
    from numpy.typing import NDArray

    from napari_disentangle.recipes.gates import How
    from napari_disentangle.widgets._selection import Cell, Selection


class ExploreWidget(Dock):
    """See all cells at once and find those that matter.

    The selection is the session's, so every dock and the viewer show the same; it is
    known by frame and label id, never by row.
    """

    onward = ("Annotate", "Export")

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._selecting = selecting = Selecting(self.session)
        self._in_viewer = InViewer(self.viewer, self.session, selecting, self)
        self.excluding = ExcludePanel(book_of(self.session), selecting.meant)
        self.parts = parts = ExploreParts(self.viewer, self, self.excluding)
        self.panel, self.gallery, self.table = parts.panel, parts.gallery, parts.table
        self.compare = parts.compare
        self._showing = showing = Showing(
            self.session, selecting, parts, self._in_viewer, self.refresh, self
        )
        self._comparing = Comparing(
            self.session, self.jobs, parts, selecting, showing.table_soon
        )
        self._body.addWidget(parts, 1)
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_click=self._on_viewer_picked
        )
        stopped = picker, parts, self._in_viewer, showing
        self._undo += [each.stop for each in stopped]
        self._connect_all()
        showing.show_table()

    # What a script may call ----------------------------------------------------------

    def plot(self, x: str, y: str = "") -> None:
        """Plot column `y` over column `x`, or the histogram of `x`.

        Raises
        ------
        DataError
            If the table has no such columns.
        """
        self._showing.table_soon.flush()
        if not self.panel.show_columns(x, y):
            raise DataError(f"The table has no columns {x!r} and {y!r} to plot.")

    def color_by(self, column: str) -> None:
        """Color the points by a column of numbers or classes.

        Raises
        ------
        DataError
            If the table has no such column.
        """
        self._showing.table_soon.flush()
        if not self.panel.color_combo.choose(column):
            raise DataError(f"The table has no column {column!r} to color by.")

    def gate_range(
        self, column: str, low: float, high: float, how: How = "replace"
    ) -> None:
        """Select the cells with a value in [low, high].

        Raises
        ------
        DataError
            If there is no table.
        """
        selecting = self._shown()
        values = selecting.known().numbers(column)
        selecting.draw(in_range(values, low, high), how)

    def select(self, mask: NDArray[np.bool_], *, gate: bool = True) -> None:
        """Select rows of the table.

        Parameters
        ----------
        mask : array, (N,), bool
            The rows.
        gate : bool
            Also show only these in gallery and table; all if there are none.
        """
        self._shown().select(mask, gate=gate)

    def clear(self) -> None:
        """Select nothing and show all cells in gallery and table."""
        cells = self._shown().cells
        if cells is not None:
            self.panel.forget_range()
            self.select(np.zeros(len(cells), np.bool_))

    def invert(self) -> None:
        """Select all cells that are not selected."""
        self.select(~self._shown().chosen.selected)

    def go_to(self, row: int) -> None:
        """Make the cell of a row the current one and move the camera to it."""
        self._showing.table_soon.flush()
        self._in_viewer.go_to(row)

    def find_similar(self) -> None:
        """Select the cells most similar to the current one, in the checked factors."""
        self._comparing.find_similar()

    def project(self, method: Literal["pca", "umap"]) -> None:
        """Lay the cells out by the checked factors; two columns are added."""
        self._comparing.project(method)

    def refresh(self) -> None:
        selecting = self._selecting
        self.parts.allow(
            self._why_busy(),
            has_cells=selecting.cells is not None,
            n_chosen=len(selecting.chosen),
            no_cell="" if self.session.cell is not None else "click a cell first",
        )

    # The session ---------------------------------------------------------------------

    def _connect_all(self) -> None:
        selecting, showing = self._selecting, self._showing
        events = self.session.events
        self._connect(selecting.changed, showing.show_selection)
        self._connect(self.panel.gated, self._on_gated)
        self._connect(self.panel.shown, showing.show_count)
        self._connect(self.panel.plot.picked, self._on_picked)
        self._connect(self.compare.weights.changed, self.refresh)
        self._connect(self.compare.weights.changed, showing.warn)
        self._connect(showing.watch.changed, self._on_batches)
        for part in (self.gallery, self.table):
            self._connect(part.chose, selecting.take)
            self._connect(part.went, self.go_to)
        self._connect(events.table, self._on_table)
        self._connect(events.selection, self._on_selection)
        self._connect(events.cell, self._on_cell)
        self._connect(events.annotations, self._on_classes)
        self._connect(
            self.viewer.layers.events.removed, lambda _: self._in_viewer.look()
        )

    def _shown(self) -> Selecting:
        """Return what is selected among the cells that the session has now."""
        self._showing.table_soon.flush()
        return self._selecting

    # The events of a session are followed by methods of the dock only: see `_connect`.

    def _on_table(self) -> None:
        self._showing.take_table()

    def _on_selection(self, selection: Selection | None) -> None:
        self._selecting.follow(selection)

    def _on_cell(self) -> None:
        self._showing.show_cell()

    def _on_classes(self) -> None:
        self._showing.classes_soon()

    def _on_batches(self) -> None:
        self._showing.warn_soon()

    # What the user does --------------------------------------------------------------

    def _on_gated(self, inside: NDArray[np.bool_], how: Any) -> None:
        if how == "adjust":
            self._selecting.adjust(inside)
        else:
            self._selecting.draw(inside, how)

    def _on_picked(self, row: int, how: How) -> None:
        self._selecting.pick(row, how)
        self.go_to(row)

    def _on_viewer_picked(self, cell: Cell) -> None:
        self.session.cell = cell
        if self._selecting.cells is not None:
            row = self._selecting.cells.row_of(cell)
            self._selecting.pick(row, how_of(QApplication.keyboardModifiers()))
