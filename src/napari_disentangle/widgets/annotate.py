"""The Annotate dock: classes of cells, given by click, key, range, lasso or gallery."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QShortcut  # type: ignore[attr-defined]
from superqt.utils import qdebounced

from napari_disentangle.annotations.exclusions import with_annotations
from napari_disentangle.annotations.values import (
    COLUMN,
    LAST_KEY,
    CellClass,
    annotate,
)
from napari_disentangle.errors import DataError
from napari_disentangle.tables import in_image
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._classes import ClassTable, ShareBar
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._dock import Dock, action, allow, note
from napari_disentangle.widgets._edit_cells import EditPanel
from napari_disentangle.widgets._exclude import EXCLUDE_KEY, ExcludePanel
from napari_disentangle.widgets._giving import GivePanel, line
from napari_disentangle.widgets._next import NextPanel
from napari_disentangle.widgets._painting import Painting, show_features
from napari_disentangle.widgets._range import RangePanel
from napari_disentangle.widgets._reading import book_of
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._session import Cell, Selection
from napari_disentangle.widgets._settings import recall, remember
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    import napari

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.tables import Crops

_COLUMN_MS = 300
_CLEAR = "0"
_PLAIN = "annotate_plain"


class AnnotateWidget(Dock):
    """Give cells a class, and keep that beside the image at once."""

    onward = ("Classify",)

    def __init__(self, viewer: napari.viewer.Viewer) -> None:
        super().__init__(viewer)
        self.book = book_of(self.session)
        self._crops: Crops | None = None  # those that are shown here
        self._target: Literal["", "cell", "selection", "gallery"] = ""
        self._telling = False
        self._plain = recall(_PLAIN, False) is True  # no colors by class are wanted
        self._build()
        self._painting = Painting(
            self.viewer, self.session, "annotate", self._paint, self
        )
        self._keys = _layers.Keys(self.viewer, self._on_key)
        self._follower = _layers.FrameFollower(
            self.viewer, lambda _: self._show_features()
        )
        picker = _layers.Picker(
            self.viewer, lambda: self.session.source, on_click=self._on_picked
        )
        self._write_soon = Soon(self._write_column, self)
        self._tell_soon = Soon(self._tell_progress, self)
        self._next_soon = Soon(self._show_next, self)
        self._refresh_soon = Soon(self.refresh, self)
        self._undo += [
            self._painting.stop,
            self._write_soon.stop,
            self._tell_soon.stop,
            self._next_soon.stop,
            self._refresh_soon.stop,
            self._keys.stop,
            self._follower.stop,
            picker.stop,
            self.range.stop,
            self.next.stop,
        ]
        self._column_soon = qdebounced(
            self._write_soon, timeout=_COLUMN_MS, parent=self
        )
        self._undo.append(self._column_soon.cancel)
        self._connect_all()
        self._on_crops(self.session.crops)
        self._on_table(self.session.table)

    # What a script may call ----------------------------------------------------------

    def add_class(self, name: str = "", color: str = "", key: int = 0) -> None:
        """Add a class; what is not given is chosen.

        Raises
        ------
        DataError
            If the name or the key is taken.
        StorageError
            If it cannot be saved.
        """
        value = self.book.value
        new = CellClass(
            name or _free_name(value),
            color or value.free_color(),
            key or value.free_key(),
        )
        self.book.apply(value.with_class(new), f"class {new.name}")
        self.class_table.choose(new.name)

    def remove_class(self, name: str) -> None:
        """Remove a class; its cells have none then. Undo brings both back."""
        value = self.book.value.without_class(name)
        self.book.apply(value, f"removal of {name}")

    def change_class(self, name: str, new: CellClass) -> None:
        """Replace a class; its cells follow a new name.

        Raises
        ------
        DataError
            If the name or the key is taken.
        """
        try:
            value = self.book.value.change_class(name, new)
            self.book.apply(value, f"change of {name}")
        finally:  # also a refused edit leaves the table
            self.class_table.show_classes(self.book.value)

    def give(self, name: str) -> None:
        """Give the chosen cells class `name`; empty: none.

        Raises
        ------
        DataError
            If no cells are chosen or there is no such class.
        StorageError
            If it cannot be saved; the cells stay as they were.
        """
        cells = self.chosen()
        if cells.empty:
            raise DataError(
                "No cells with a crop are chosen; click one in the image, choose crops "
                "in the gallery, or cells in Explore."
            )
        self.give_to(cells, name)
        self._go_on(cells)

    def give_to(self, cells: pd.DataFrame, name: str) -> None:
        """Give `cells`, rows with their key, class `name`; empty: none.

        Raises
        ------
        DataError, StorageError
            As `give`.
        """
        value = self.book.value
        n = f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'}"
        if name:
            self.book.apply(value.set(cells, name), f"{n} as {name}")
        else:
            self.book.apply(value.clear(cells), f"{n} without a class")
        if not self._plain:
            self.giving.color_box.setChecked(True)

    def chosen(self) -> pd.DataFrame:
        """Return the rows of the crops' table that would get a class now."""
        crops, source = self.session.crops, self.session.source
        if crops is None or not self._target:
            return pd.DataFrame(columns=["roi_id", "frame", "label"])
        if self._target == "gallery":
            return crops.table.iloc[self.next.picks.picks()]
        cell, selection = self.session.cell, self.session.selection
        if self._target == "cell" and cell is not None:
            selection = Selection(np.array([cell.frame]), np.array([cell.label]))
        if selection is None or source is None:
            return crops.table.iloc[:0]
        return crops.table[selection.mask(crops.table, source.roi_id)]

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
        allow(self.remove_button, "" if current else "there is no class")
        self.giving.show_state(
            self.book,
            current,
            self._target_text(cells),
            no_crops="" if crops is not None else "cut crops in the Crops dock first",
            no_cells="" if len(cells) else "choose cells first",
        )
        self.range.set_annotations(self.book.value, current)
        self.excluding.refresh()
        self.editing.refresh()
        self.next.refresh()

    # Building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.class_table = ClassTable()
        self.add_button = action(
            "&Add class",
            "A new class; type its name, Enter; Enter again adds another",
            self._ask_class,
        )
        self.remove_button = action(
            "&Remove",
            "Remove the class; its cells have none then (undo brings both back)",
            lambda: self.remove_class(self.class_table.current()),
        )
        self.bar = ShareBar()
        self.progress_note = note()
        self.giving = GivePanel()
        self.range = RangePanel(self.viewer)
        self.range_section = Section("By range of a factor", self.range)
        self.excluding = ExcludePanel(self.book, self.chosen)
        self.bad_section = Section("Bad cells", self.excluding)
        self.next = NextPanel(self.session, self.jobs)
        self._body.addWidget(self.class_table)
        changes = self.giving.undo_button, self.giving.redo_button
        self._body.addLayout(line(self.add_button, self.remove_button, *changes))
        self.editing = EditPanel(self.viewer, self.session, self.chosen)
        self.edit_section = Section("Merge, split, delete", self.editing)
        sections = self.range_section, self.bad_section, self.edit_section
        for widget in (self.bar, self.progress_note, self.giving, *sections):
            self._body.addWidget(widget)
        self._body.addWidget(self.next, 1)

    def _connect_all(self) -> None:
        table, giving = self.class_table, self.giving
        table.changed.connect(lambda name, new: guard(self.change_class, name, new))
        table.removed.connect(lambda name: guard(self.remove_class, name))
        table.wanted.connect(lambda: guard(self._ask_class))
        table.chosen.connect(lambda _: self.refresh())
        giving.given.connect(lambda on: guard(self.give, table.current() if on else ""))
        giving.undone.connect(lambda: guard(self.book.undo))
        giving.redone.connect(lambda: guard(self.book.redo))
        giving.keys_box.toggled.connect(lambda _: self._bind_keys())
        giving.color_box.toggled.connect(self._painting.set_on)
        giving.color_box.clicked.connect(self._on_color_clicked)
        self._connect(
            self._painting.changed, lambda on: giving.color_box.setChecked(on)
        )
        self.range.selected.connect(self._select)
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
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        slots = {"Ctrl+Z": self.book.undo, "Ctrl+Shift+Z": self.book.redo}
        for text, slot in slots.items():
            shortcut = QShortcut(QKeySequence(text), self, context=inside)
            shortcut.activated.connect(partial(guard, slot))
        self._shortcuts = []
        for key in (*map(str, range(LAST_KEY + 1)), EXCLUDE_KEY):
            shortcut = QShortcut(QKeySequence(key), self, context=inside)
            shortcut.activated.connect(partial(self._on_key, key))
            self._shortcuts.append(shortcut)

    # What the user does --------------------------------------------------------------

    def _ask_class(self) -> None:
        self.add_class()
        self.class_table.rename(self.class_table.current())

    def _on_color_clicked(self, on: bool) -> None:
        self._plain = not on
        remember(_PLAIN, self._plain)

    def _on_key(self, key: str) -> None:
        """Give the class of a number key to the chosen cells, or exclude them."""
        if key == EXCLUDE_KEY:
            guard(self.excluding.exclude)
            return
        found = [c.name for c in self.book.value.classes if str(c.key) == key]
        if found:
            self.class_table.choose(found[0])
        if found or key == _CLEAR:
            guard(self.give, found[0] if found else "")

    def _go_on(self, cells: pd.DataFrame) -> None:
        """Choose the next crop if one crop of the gallery was dealt with."""
        if self._target == "gallery" and len(cells) == 1:
            following = self.next.picks.pick_next()
            if following >= 0:
                self.go_to(following)

    def _on_excluded(self) -> None:
        if not self._plain and not self.session.painter:
            self.giving.color_box.setChecked(True)
        self._go_on(self.chosen())

    def _on_picked(self, cell: Cell) -> None:
        self.session.cell = cell
        self._target = "cell"
        self.refresh()
        if self.giving.click_box.isChecked() and self.giving.click_box.isEnabled():
            guard(self.give, self.class_table.current())

    def _on_gallery(self) -> None:
        self._target = "gallery"
        crops, source = self.session.crops, self.session.source
        if crops is not None and source is not None:
            cells = crops.table.iloc[self.next.picks.picks()]
            self._telling = True
            self._select(cells[in_image(cells, source.roi_id)])
            self._telling = False
        self.refresh()

    def _select(self, cells: pd.DataFrame) -> None:
        self.session.selection = Selection.of(cells)

    # What the session tells ----------------------------------------------------------

    def _on_crops(self, crops: Crops | None) -> None:
        self._target = ""
        self._crops = crops
        self.next.set_crops(crops)
        self._follower.follow(self.session.source if crops is not None else None)
        self._on_annotations(self.book.value)

    def _on_table(self, table: pd.DataFrame | None) -> None:
        self.range.set_table(table, reading_of(self.session))
        self.next.set_table(table)
        self._column_soon()

    def _on_cell(self, cell: Cell | None) -> None:
        if cell is None:
            return
        self._target = "cell"
        cells = self.chosen()
        if len(cells):
            self.next.picks.mark(int(cells.index[0]))
        self.refresh()

    def _on_selection(self, selection: Selection | None) -> None:
        if not self._telling:
            self._target = "selection" if selection is not None else ""
            self.refresh()

    def _on_annotations(self, _: Annotations | None) -> None:
        if self._crops is not self.session.crops:
            return  # read with crops that this dock shows in a moment
        self.class_table.show_classes(self.book.value)
        self._bind_keys()
        self._painting.refresh()
        self._refresh_soon()
        self._next_soon()
        self._tell_soon()
        self._column_soon()

    # Showing -------------------------------------------------------------------------

    def _bind_keys(self) -> None:
        keys = [str(c.key) for c in self.book.value.classes if c.key]
        keys += [_CLEAR] if keys else []
        keys += [EXCLUDE_KEY] if self.session.crops is not None else []
        on = self.giving.keys_box.isChecked() and bool(keys)
        self._keys.bind(keys if on else ())
        for shortcut in self._shortcuts:
            shortcut.setEnabled(on)

    def _paint(self, frame: int) -> None:
        source, crops = self.session.source, self.session.crops
        if source is None or crops is None:
            return
        value = self.book.value
        colors = {known.name: known.color for known in value.classes}
        table = with_annotations(crops.table, value)
        _layers.paint_classes(self.viewer, source, table, frame, COLUMN, colors)

    def _write_column(self) -> None:
        """Put the classes into the session's table and into `layer.features`."""
        table = self.session.table
        if table is not None:
            written = annotate(table, self.book.value)
            if COLUMN not in table or not written[COLUMN].equals(table[COLUMN]):
                self.session.table = written
        self._show_features()

    def _show_features(self) -> None:
        table, crops = self.session.table, self.session.crops
        if table is None and crops is not None:
            value = self.book.value
            table = with_annotations(crops.table, value)
        if table is not None:
            show_features(self.viewer, self.session, table)

    def _target_text(self, cells: pd.DataFrame) -> str:
        if len(cells) == 0:
            return "Nothing is chosen: click a cell, or choose crops below."
        if len(cells) > 1:
            return f"Chosen: {len(cells)} cells"
        name: Any = self.book.value.names_of(cells)[0]
        known = "no class yet" if pd.isna(name) else name
        return f"Chosen: cell {cells['label'].iloc[0]} ({known})"

    def _show_next(self) -> None:
        self.next.set_annotations(self.book.value)

    def _tell_progress(self) -> None:
        """Show how many cells have a class."""
        value, crops = self.book.value, self.session.crops
        self.excluding.tell(None if crops is None else crops.table)
        if crops is None:
            self.progress_note.setText("Cut crops in the Crops dock to give classes.")
            self.bar.show_shares([])
            return
        names = pd.Series(value.names_of(crops.table), dtype=object)
        shares = names.value_counts() / max(len(crops), 1)
        self.bar.show_shares([(c.color, shares.get(c.name, 0)) for c in value.classes])
        n = int(names.notna().sum())
        self.progress_note.setText(f"{n} of {len(crops)} cells have a class.")


def _free_name(value: Annotations) -> str:
    taken = {known.name for known in value.classes}
    number = len(taken) + 1
    while f"class {number}" in taken:
        number += 1
    return f"class {number}"
