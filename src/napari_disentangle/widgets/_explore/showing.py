"""What the session holds, shown in all parts of the dock: cells, choice, classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_disentangle.widgets._batch import batch_watch
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._explore.cells import Cells
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtWidgets import QWidget

    from napari_disentangle.widgets._explore.in_viewer import InViewer
    from napari_disentangle.widgets._explore.parts import ExploreParts
    from napari_disentangle.widgets._explore.selecting import Selecting
    from napari_disentangle.widgets._session import Session


class Showing:
    """Shows the cells of a session, most of it in later turns of the event loop.

    Parameters
    ----------
    session : Session
        Its table, current cell and classes are shown.
    selecting : Selecting
        Gets the cells; what is selected of them is shown.
    parts : ExploreParts
        Where they are shown.
    in_viewer : InViewer
        Marks what is selected.
    refresh : callable
        Enables what can be done now.
    dock : QWidget
        Nothing is shown after it is deleted.

    Attributes
    ----------
    table_soon : Soon
        Shows what the session's table holds.
    """

    def __init__(
        self,
        session: Session,
        selecting: Selecting,
        parts: ExploreParts,
        in_viewer: InViewer,
        refresh: Callable[[], object],
        dock: QWidget,
    ) -> None:
        self._session = session
        self._selecting = selecting
        self._parts = parts
        self._in_viewer = in_viewer
        self._refresh = refresh
        self.watch = batch_watch(session)
        self.classes_soon = Soon(self._show_classes, dock)
        self.warn_soon = Soon(self.warn, dock)
        self.table_soon = Soon(self.show_table, dock)

    def stop(self) -> None:
        """Show nothing more."""
        for soon in (self.classes_soon, self.warn_soon, self.table_soon):
            soon.stop()

    def take_table(self) -> None:
        """Show cells in a later turn, but at once where those shown are no more."""
        cells = self._selecting.cells
        if cells is None or cells.are_rows_of(self._session.table):
            self.table_soon()
        else:
            self.show_table()

    def show_table(self) -> None:
        """Show the session's table; while the cells are the same, so is the choice."""
        self.table_soon.stop()
        session, parts, cells = self._session, self._parts, self._cells()
        parts.tell_table(session.table, usable=cells is not None)
        self._selecting.set_cells(cells)
        gate = self._selecting.chosen.gate
        parts.gallery.set_cells(cells, session.crops, gate)
        parts.table.set_cells(cells, gate)
        parts.compare.set_cells(cells)
        self.classes_soon()
        parts.panel.set_cells(cells, session.embedding)
        self.show_selection()
        self.show_cell()

    def show_cell(self) -> None:
        """Show which cell is the current one."""
        row = self._selecting.current_row()
        self._parts.panel.plot.set_current(row)
        if row >= 0:
            self._parts.table.scroll_to(row)
        self._refresh()

    def show_selection(self) -> None:
        """Show what is selected, and that nothing else is in the lists."""
        chosen = self._selecting.chosen
        self._parts.panel.set_selected(chosen.selected)
        for part in (self._parts.gallery, self._parts.table):
            part.set_gate(chosen.gate)
            part.set_selected(chosen.selected)
        self.show_count()
        self._in_viewer.show_soon()
        self._refresh()

    def show_count(self) -> None:
        """Say how many cells are selected, and what to think of the columns shown."""
        chosen = self._selecting.chosen
        n, n_all = len(chosen), len(chosen.selected)
        self._parts.tell_chosen(n, n_all, self._selecting.n_elsewhere)
        self._parts.panel.plot.set_current(self._selecting.current_row())
        self.warn()

    def warn(self) -> None:
        """Say which columns shown or compared mostly tell slides or days apart."""
        effects, parts = self.watch.effects, self._parts
        parts.panel.batch_note.tell(effects, parts.panel.columns())
        parts.compare.batch_note.tell(effects, parts.compare.weights.choice())

    def _cells(self) -> Cells | None:
        session = self._session
        table, source = session.table, session.source
        if table is None or source is None or not len(table):
            return None
        return Cells(table, session.crops, source.roi_id, reading_of(session))

    def _show_classes(self) -> None:
        found, cells = self._session.annotations, self._selecting.cells
        classes: Any = () if found is None else found.classes
        excluding = self._parts.excluding
        excluding.tell(None if cells is None else cells.table)
        excluding.refresh()
        self._parts.panel.set_class_colors({c.name: c.color for c in classes})
