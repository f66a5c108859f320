"""What the Annotate dock shows, from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.widgets._annotate.class_edits import ClassEdits
from napari_disentangle.widgets._annotate.progress import ProgressPanel
from napari_disentangle.widgets._classes import ClassTable
from napari_disentangle.widgets._dock import action
from napari_disentangle.widgets._edit_cells import EditPanel
from napari_disentangle.widgets._exclude import ExcludePanel
from napari_disentangle.widgets._giving import GivePanel, line
from napari_disentangle.widgets._range import RangePanel
from napari_disentangle.widgets._section import Section
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.widgets._book import Book
    from napari_disentangle.widgets._next import NextPanel
    from napari_disentangle.widgets._session import Session


class Actions(Protocol):
    """What the buttons do, and what they do it to."""

    session: Session
    book: Book
    next: NextPanel

    def chosen(self) -> pd.DataFrame: ...


class AnnotateParts(QWidget):
    """Classes, how they are given, and what comes next.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose theme and layers are followed.
    do : Actions
        Called by the buttons.
    """

    def __init__(self, viewer: Any, do: Actions) -> None:
        super().__init__()
        self.class_table = ClassTable()
        self.classes = ClassEdits(do.book, self.class_table)
        self._follow(self.class_table, self.classes)
        self.add_button = action(
            "&Add class",
            "A new class; type its name, Enter; Enter again adds another",
            self.classes.ask,
        )
        self.remove_button = action(
            "&Remove",
            "Remove the class; its cells have none then (undo brings both back)",
            self.classes.remove,
        )
        self.progress = ProgressPanel()
        self.giving = GivePanel()
        self.range = RangePanel(viewer)
        self.excluding = ExcludePanel(do.book, do.chosen)
        self.editing = EditPanel(viewer, do.session, do.chosen)
        self.range_section = Section("By range of a factor", self.range)
        self.bad_section = Section("Bad cells", self.excluding)
        self.edit_section = Section("Merge, split, delete", self.editing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.class_table)
        changes = self.giving.undo_button, self.giving.redo_button
        layout.addLayout(line(self.add_button, self.remove_button, *changes))
        sections = self.range_section, self.bad_section, self.edit_section
        for widget in (self.progress, self.giving, *sections):
            layout.addWidget(widget)
        layout.addWidget(do.next, 1)

    def _follow(self, table: ClassTable, classes: ClassEdits) -> None:
        """Change the classes as the user does in their table."""
        table.changed.connect(lambda name, new: guard(classes.change, name, new))
        table.removed.connect(lambda name: guard(classes.remove, name))
        table.wanted.connect(lambda: guard(classes.ask))
