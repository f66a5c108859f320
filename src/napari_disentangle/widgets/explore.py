"""The Explore dock: plot, gate, sort and compare cells, linked with the viewer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from napari.utils.notifications import show_warning
from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.gates import in_range
from napari_disentangle.recipes.similar import DISTANCE
from napari_disentangle.tables import KEY
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._batch import batch_watch
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._dock import Dock, action, allow, allow_all, note
from napari_disentangle.widgets._exclude import EXCLUDE_KEY, ExcludePanel
from napari_disentangle.widgets._explore.cells import Cells
from napari_disentangle.widgets._explore.chosen import Chosen
from napari_disentangle.widgets._explore.compare import ComparePanel
from napari_disentangle.widgets._explore.gallery import TailGallery
from napari_disentangle.widgets._explore.panel import PlotPanel
from napari_disentangle.widgets._explore.plot_box import how_of
from napari_disentangle.widgets._explore.table_view import TableView
from napari_disentangle.widgets._reading import book_of
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    import napari
    from numpy.typing import NDArray

    from napari_disentangle.recipes.gates import How
    from napari_disentangle.recipes.project_points import Projection
    from napari_disentangle.recipes.similar import Similar
    from napari_disentangle.tables import Embedding
    from napari_disentangle.widgets._session import Cell, Selection

_NO_TABLE = "encode the cells in the Factors dock first"
_CHANGED = "The cells changed meanwhile; the result was dropped."


class ExploreWidget(Dock):
    """See all cells at once and find those that matter.

    The selection is the session's, so every dock and the viewer show the same; it is
    known by frame and label id, never by row.
    """

    onward = ("Annotate", "Export")

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self._cells: Cells | None = None
        self._chosen = Chosen(np.zeros(0, np.bool_))
        self._sent: Selection | None = None
        self._watch = batch_watch(self.session)
        self._highlight = _layers.Highlight(self.viewer)
        self._mark_soon = Soon(self._mark, self)
        self._classes_soon = Soon(self._show_classes, self)
        self.gallery = TailGallery()
        self.panel = PlotPanel(self.viewer, self.gallery.thumbs)
        self.table = TableView()
        self.compare = ComparePanel(
            self.find_similar, lambda: self.project("pca"), lambda: self.project("umap")
        )
        self.excluding = ExcludePanel(book_of(self.session), self._meant)
        self._lay_out()
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_click=self._on_viewer_picked
        )
        self._undo += [
            picker.stop,
            self.panel.stop,
            self.gallery.thumbs.jobs.abandon,
            self._highlight.stop,
            self._mark_soon.stop,
            self._classes_soon.stop,
        ]
        self._connect(self.panel.gated, self._on_gated)
        self._connect(self.panel.shown, self._on_shown)
        self._connect(self.panel.plot.picked, self._on_picked)
        self._connect(self.compare.weights.changed, self.refresh)
        self._connect(self.compare.weights.changed, self._warn)
        self._connect(self._watch.changed, self._warn)
        for part in (self.gallery, self.table):
            self._connect(part.chose, self._on_chosen)
            self._connect(part.went, self.go_to)
        self._connect(self.session.events.table, self._on_table)
        self._connect(self.session.events.selection, self._on_selection)
        self._connect(self.session.events.cell, self._on_cell)
        self._connect(self.session.events.annotations, self._on_classes)
        self._connect(self.viewer.layers.events.removed, lambda _: self._on_removed())
        self._on_table()

    # What a script may call ----------------------------------------------------------

    def plot(self, x: str, y: str = "") -> None:
        """Plot column `y` over column `x`, or the histogram of `x`.

        Raises
        ------
        DataError
            If the table has no such columns.
        """
        if not self.panel.show_columns(x, y):
            raise DataError(f"The table has no columns {x!r} and {y!r} to plot.")

    def color_by(self, column: str) -> None:
        """Color the points by a column of numbers or classes.

        Raises
        ------
        DataError
            If the table has no such column.
        """
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
        inside = in_range(self._known().numbers(column), low, high)
        self.select(self._chosen.draw(inside, how))

    def select(self, mask: NDArray[np.bool_], *, gate: bool = True) -> None:
        """Select rows of the table.

        Parameters
        ----------
        mask : array, (N,), bool
            The rows.
        gate : bool
            Also show only these in gallery and table; all if there are none.
        """
        cells = self._known()
        if gate:
            self._chosen.narrow(mask)
        else:
            self._chosen.selected = mask
        self._sent = cells.selection_of(mask)
        self.session.selection = self._sent
        self._show_selection()

    def clear(self) -> None:
        """Select nothing and show all cells in gallery and table."""
        if self._cells is not None:
            self.panel.plot.hide_range()
            self.select(np.zeros(len(self._cells), np.bool_))

    def invert(self) -> None:
        """Select all cells that are not selected."""
        self.select(~self._chosen.selected)

    def go_to(self, row: int) -> None:
        """Make the cell of a row the current one and move the camera to it."""
        cells, source = self._cells, self.session.source
        if cells is None or source is None or row < 0:
            return
        if not cells.here[row]:
            image = cells.table["roi_id"].iloc[row]
            show_warning(f"This cell is in {image}, which is not the image shown.")
            return
        self.session.cell = cells.cell_of(row)
        found = cells.placed(np.arange(len(cells)) == row)
        if _layers.is_open(self.viewer, source) and "pos_y" in found:
            _layers.center_on(self.viewer, source, found.iloc[0], cells.side_px(row))

    def find_similar(self) -> None:
        """Select the cells most similar to the current one, in the checked factors.

        Raises
        ------
        DataError
            If there is no table or no current cell.
        """
        from napari_disentangle.recipes.similar import iter_similar

        cells, cell = self._known(), self.session.cell
        if cell is None:
            raise DataError("No cell is chosen; click one in the image or the plot.")
        config = self.compare.similar_config()
        row = cells.row_of(cell)
        if row < 0:
            raise DataError(f"Cell {cell.label} has no factors; choose another.")
        image, frame, label = (cells.table[name].iloc[row] for name in KEY)
        task = iter_similar(cells.table, str(image), int(frame), int(label), config)
        self.jobs.run(
            task,
            "Similar cells",
            lambda found: self._keep_similar(cells, cell, found),
            quiet=True,
        )

    def project(self, method: Literal["pca", "umap"]) -> None:
        """Lay the cells out by the checked factors; two columns are added.

        Raises
        ------
        DataError
            If there is no table.
        """
        from napari_disentangle.recipes.project_points import iter_project_points

        cells, embedding = self._known(), self.session.embedding
        config = self.compare.project_config(method)
        self.jobs.run(
            iter_project_points(cells.table, config),
            method.upper(),
            lambda found: self._keep_projection(embedding, found),
            quiet=method == "pca",
        )

    def refresh(self) -> None:
        cells = self._cells
        no_table = "" if cells is not None else _NO_TABLE
        none = "" if len(self._chosen) else "no cell is selected"
        no_cell = "" if self.session.cell is not None else "click a cell first"
        self.excluding.refresh()
        allow(self.invert_button, no_table)
        allow(self.clear_button, no_table or none)
        self.compare.allow(self._why_busy(), no_table, no_cell)

    # Building ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.reason = QLabel()  # one that wraps would make the dock scroll
        self.count = note()
        self.invert_button = action(
            "&Invert", "Select all cells that are not selected", self.invert
        )
        self.clear_button = action("Clear", "Select no cell (Escape)", self.clear)
        slots = {"Escape": self.clear, EXCLUDE_KEY: self.excluding.exclude}
        for key, slot in slots.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(guard, slot))
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self.count, 1)
        for button in (self.invert_button, self.clear_button):
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            line.addWidget(button)
        top = QWidget()
        upper = QVBoxLayout(top)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(2)
        upper.addWidget(self.panel, 1)
        upper.addLayout(line)
        self.tabs = QTabWidget()
        for part, text in (
            (self.gallery, "Gallery"),
            (self.table, "Table"),
            (self.compare, "Compare"),
            (self.excluding, "Bad cells"),
        ):
            self.tabs.addTab(part, text)
        self.content = QSplitter(Qt.Orientation.Vertical)
        self.content.setChildrenCollapsible(False)
        self.content.addWidget(top)
        self.content.addWidget(self.tabs)
        self._body.addWidget(self.reason)
        self._body.addWidget(self.content, 1)

    # The session ---------------------------------------------------------------------

    def _on_table(self) -> None:
        """Show the session's table; while the cells are the same, so is the choice."""
        session, before = self.session, self._cells
        table, source = session.table, session.source
        usable = table is not None and source is not None and len(table) > 0
        self._cells = None
        if usable and table is not None and source is not None:
            self._cells = Cells(
                table, session.crops, source.roi_id, reading_of(session)
            )
        empty = _NO_TABLE if table is None else "the table is empty"
        allow_all(self.content, "" if usable else empty)
        self.reason.setText(_reason(table))
        self.reason.setVisible(not usable)
        cells = self._cells
        if cells is None or not cells.same_as(before):
            mask = np.zeros(0) if cells is None else cells.mask_of(session.selection)
            self._chosen = Chosen(np.asarray(mask, np.bool_))
            self._sent = session.selection
        self.gallery.set_cells(cells, session.crops, self._chosen.gate)
        self.table.set_cells(cells, self._chosen.gate)
        self.compare.set_cells(cells)
        self._classes_soon()
        self.panel.set_cells(cells, session.embedding)
        self._show_selection()
        self._on_cell()

    def _on_selection(self, selection: Selection | None) -> None:
        """Take over what another dock selected."""
        if selection is self._sent or self._cells is None:
            return
        self._sent = selection
        self._chosen.narrow(self._cells.mask_of(selection))
        self._show_selection()

    def _on_cell(self) -> None:
        row = self._current_row()
        self.panel.plot.set_current(row)
        if row >= 0:
            self.table.scroll_to(row)
        self.refresh()

    def _on_removed(self) -> None:
        source = self.session.source
        if source is None or not _layers.is_open(self.viewer, source):
            self._highlight.stop()

    def _on_classes(self) -> None:
        self._classes_soon()

    def _show_classes(self) -> None:
        found = self.session.annotations
        classes = () if found is None else found.classes
        self.excluding.tell(None if self._cells is None else self._cells.table)
        self.excluding.refresh()
        self.panel.set_class_colors({known.name: known.color for known in classes})

    # Selecting -----------------------------------------------------------------------

    def _on_gated(self, inside: NDArray[np.bool_], how: Any) -> None:
        moved = how == "adjust"
        chosen = self._chosen
        self.select(chosen.adjust(inside) if moved else chosen.draw(inside, how))

    def _on_picked(self, row: int, how: How) -> None:
        self._pick(row, how)
        self.go_to(row)

    def _on_viewer_picked(self, cell: Cell) -> None:
        self.session.cell = cell
        if self._cells is not None:
            row = self._cells.row_of(cell)
            self._pick(row, how_of(QApplication.keyboardModifiers()))

    def _on_chosen(self, chosen: NDArray[np.int64]) -> None:
        mask = np.zeros(len(self._known()), np.bool_)
        mask[chosen] = True
        self.select(mask, gate=False)

    def _pick(self, row: int, how: How) -> None:
        if row >= 0:
            self.select(self._chosen.only(row, how), gate=False)

    def _show_selection(self) -> None:
        self.panel.set_selected(self._chosen.selected)
        for part in (self.gallery, self.table):
            part.set_gate(self._chosen.gate)
            part.set_selected(self._chosen.selected)
        self._on_shown()
        self._mark_soon()
        self.refresh()

    def _on_shown(self) -> None:
        """Say how many cells are selected, and how many are not in the plot."""
        n, n_all = len(self._chosen), len(self._chosen.selected)
        lacking = self.panel.without_value()
        elsewhere = n - len(self._sent or ())
        text = f"{n} of {n_all} selected" if n_all else ""
        text += f" ({elsewhere} in other images)" if elsewhere else ""
        text += f"; {lacking} without a value here" if lacking else ""
        self.count.setText(text)
        self.panel.plot.set_current(self._current_row())
        self._warn()

    def _warn(self) -> None:
        """Say which columns shown or compared mostly tell slides or days apart."""
        effects = self._watch.effects
        self.panel.batch_note.tell(effects, self.panel.columns())
        self.compare.batch_note.tell(effects, self.compare.weights.choice())

    def _mark(self) -> None:
        """Mark the selected cells in the viewer, after the plot has answered."""
        cells, source = self._cells, self.session.source
        if cells is None or not len(self._chosen):
            self._highlight.clear()
        elif self._highlight.is_ready():
            placed = cells.placed(self._chosen.selected)
            self._highlight.show(source, placed, cells.side_px(0))
        else:  # the layer first, and the marks in a turn of their own
            none = cells.placed(np.zeros(len(cells), np.bool_))
            self._highlight.show(source, none, cells.side_px(0))
            if self._highlight.is_ready():
                self._mark_soon()

    # Results -------------------------------------------------------------------------

    def _keep_similar(self, cells: Cells, cell: Cell, found: Similar) -> None:
        table = self.session.table
        if table is None or not cells.same_as(self._cells):
            show_warning(_CHANGED)
            return
        self.session.table = table.assign(**{DISTANCE: found.distance})
        self.gallery.sort_by(DISTANCE, "rising")
        mask = np.zeros(len(cells), np.bool_)
        mask[[*found.rows, cells.row_of(cell)]] = True
        self.select(mask)
        self.tabs.setCurrentWidget(self.gallery)

    def _keep_projection(self, embedding: Embedding | None, found: Projection) -> None:
        from napari_disentangle.recipes.project_points import with_projection

        table = self.session.table
        if table is None or embedding is not self.session.embedding:
            show_warning(_CHANGED)
            return
        self.session.table = with_projection(table, found)
        self.plot(*found.axes)
        self.compare.tell(found)

    # Help ----------------------------------------------------------------------------

    def _known(self) -> Cells:
        if self._cells is None:
            raise DataError("There are no factors yet; encode the cells first.")
        return self._cells

    def _meant(self) -> pd.DataFrame:
        """Return the selected cells, or else the current one."""
        row = self._current_row()
        if self._cells is None:
            return pd.DataFrame(columns=list(KEY))
        one = np.arange(len(self._cells)) == row
        return self._cells.table[self._chosen.selected if len(self._chosen) else one]

    def _current_row(self) -> int:
        cell, cells = self.session.cell, self._cells
        return -1 if cell is None or cells is None else cells.row_of(cell)


def _reason(table: pd.DataFrame | None) -> str:
    if table is None:
        return "There is nothing to explore yet:\nencode the cells in the Factors dock."
    return "The table is empty: no cell was found.\nCheck labels and crops."
