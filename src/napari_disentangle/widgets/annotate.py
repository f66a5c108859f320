"""The Annotate dock: classes of cells, given by click, key, range, lasso or gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._annotate.assigning import Assigning
from napari_disentangle.widgets._annotate.keys import CLEAR_KEY, ClassKeys, bind_undo
from napari_disentangle.widgets._annotate.parts import AnnotateParts
from napari_disentangle.widgets._annotate.showing import Showing
from napari_disentangle.widgets._annotate.target import Target
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._dock import Dock, allow
from napari_disentangle.widgets._exclude import EXCLUDE_KEY
from napari_disentangle.widgets._next import NextPanel
from napari_disentangle.widgets._reading import book_of
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    import napari
    import pandas as pd

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.tables import Crops
    from napari_disentangle.widgets._selection import Cell, Selection


class AnnotateWidget(Dock):
    """Give cells a class, and keep that beside the image at once."""

    onward = ("Classify",)

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self.book = book_of(self.session)
        self._crops: Crops | None = None  # those that are shown here
        self.next = NextPanel(self.session, self.jobs)
        self.target = Target(self.session, self.next.picks)
        self.parts = parts = AnnotateParts(self.viewer, self)
        self.class_table, self.giving = parts.class_table, parts.giving
        self.range, self.excluding = parts.range, parts.excluding
        self._body.addWidget(parts, 1)
        self._showing = Showing(self.viewer, self.session, self.book, self)
        self._assigning = Assigning(
            self.book, self.target, self.next.picks, self._showing, self.go_to
        )
        self._keys = ClassKeys(self.viewer, self, self._on_key)
        bind_undo(self, self.book)
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_click=self._on_picked
        )
        soon = [Soon(c, self) for c in (self._tell_progress, self._show_next)]
        self._refresh_soon = Soon(self.refresh, self)
        self._changed_soon = (self._refresh_soon, soon[1], soon[0])
        others = self._showing, self._keys, picker, self.range, self.next
        self._undo += [each.stop for each in (*others, *self._changed_soon)]
        self._connect_all()
        self._on_crops(self.session.crops)
        self._on_table(self.session.table)

    # What a script may call; what each raises is told where it is done ----------------

    def add_class(self, name: str = "", color: str = "", key: int = 0) -> None:
        """Add a class; what is not given is chosen."""
        self.parts.classes.add(name, color, key)

    def give(self, name: str) -> None:
        """Give the chosen cells class `name`; empty: none."""
        self._assigning.give(name)

    def give_to(self, cells: pd.DataFrame, name: str) -> None:
        """Give `cells`, rows with their key, class `name`; empty: none."""
        self._assigning.give_to(cells, name)

    def chosen(self) -> pd.DataFrame:
        """Return the rows of the crops' table that would get a class now."""
        return self.target.cells()

    def go_to(self, row: int) -> None:
        """Move the camera to the cell of a row of the crops."""
        crops, source = self.session.crops, self.session.source
        if crops is None or source is None:
            return
        found = crops.table.iloc[row]
        side = crops.side_px(row) if hasattr(crops, "side_px") else crops.window_px
        _layers.center_on(self.viewer, source, found, side)

    def refresh(self) -> None:
        crops, current = self.session.crops, self.class_table.current()
        cells = self.chosen()
        allow(self.parts.remove_button, "" if current else "there is no class")
        self.giving.show_state(
            self.book,
            current,
            self.target.text(self.book.value),
            no_crops="" if crops is not None else "cut crops in the Crops dock first",
            no_cells="" if len(cells) else "choose cells first",
        )
        self.range.set_annotations(self.book.value, current)
        self.excluding.refresh()
        self.parts.editing.refresh()
        self.next.refresh()

    # What the user does --------------------------------------------------------------

    def _connect_all(self) -> None:
        table, giving = self.class_table, self.giving
        table.chosen.connect(lambda _: self._refresh_soon())
        giving.given.connect(lambda on: guard(self.give, table.current() if on else ""))
        giving.undone.connect(lambda: guard(self.book.undo))
        giving.redone.connect(lambda: guard(self.book.redo))
        giving.keys_box.toggled.connect(lambda _: self._bind_keys())
        giving.color_box.toggled.connect(self._showing.painting.set_on)
        giving.color_box.clicked.connect(self._showing.want)
        painting = self._showing.painting
        self._connect(painting.changed, lambda on: giving.color_box.setChecked(on))
        self.range.selected.connect(self.target.select)
        self.range.given.connect(
            lambda cells: guard(self.give_to, cells, table.current())
        )
        self.excluding.changed.connect(self._on_excluded)
        self._connect(self.next.picked, self._on_gallery)
        self._connect(self.next.went, self.go_to)
        events = self.session.events
        self._connect(events.crops, self._on_crops)
        self._connect(events.table, self._on_table)
        self._connect(events.cell, self._on_cell)
        self._connect(events.selection, self._on_selection)
        self._connect(events.annotations, self._on_annotations)

    def _on_key(self, key: str) -> None:
        """Give the class of a number key to the chosen cells, or exclude them."""
        if key == EXCLUDE_KEY:
            guard(self.excluding.exclude)
            return
        found = [c.name for c in self.book.value.classes if str(c.key) == key]
        if found:
            self.class_table.choose(found[0])
        if found or key == CLEAR_KEY:
            guard(self.give, found[0] if found else "")

    def _on_excluded(self) -> None:
        if not self.session.painter:
            self._showing.color()
        self._assigning.go_on(self.chosen())

    def _on_picked(self, cell: Cell) -> None:
        self.session.cell = cell
        self.target.kind = "cell"
        self.refresh()
        if self.giving.click_box.isChecked() and self.giving.click_box.isEnabled():
            guard(self.give, self.class_table.current())

    def _on_gallery(self) -> None:
        self.target.take_gallery()
        self.refresh()

    # What the session tells ----------------------------------------------------------

    def _on_crops(self, crops: Crops | None) -> None:
        self.target.kind = ""
        self._crops = crops
        self.next.set_crops(crops)
        self._showing.follow_crops()
        self._on_annotations(self.book.value)

    def _on_table(self, table: pd.DataFrame | None) -> None:
        self.range.set_table(table, reading_of(self.session))
        self.next.set_table(table)
        self._showing.column_soon()

    def _on_cell(self, cell: Cell | None) -> None:
        if cell is None:
            return
        self.target.kind = "cell"
        cells = self.chosen()
        if len(cells):
            self.next.picks.mark(int(cells.index[0]))
        self.refresh()

    def _on_selection(self, selection: Selection | None) -> None:
        if self.target.take_selection(selection):
            self.refresh()

    def _on_annotations(self, _: Annotations | None) -> None:
        if self._crops is not self.session.crops:
            return  # read with crops that this dock shows in a moment
        value = self.book.value
        self.next.annotations = self.range.annotations = value  # shown in later turns
        self.class_table.show_classes(value)
        self._bind_keys()
        self._showing.refresh()
        for soon in self._changed_soon:
            soon()

    # Showing -------------------------------------------------------------------------

    def _bind_keys(self) -> None:
        self._keys.bind(
            self.book.value,
            has_crops=self.session.crops is not None,
            wanted=self.giving.keys_box.isChecked(),
        )

    def _show_next(self) -> None:
        self.next.set_annotations(self.book.value)

    def _tell_progress(self) -> None:
        crops = self.session.crops
        self.excluding.tell(None if crops is None else crops.table)
        self.parts.progress.tell(self.book.value, crops)
