"""What the dock shows, from top to bottom: plot, count, and the lists as tabs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from napari_disentangle.widgets._dock import action, allow, allow_all, note
from napari_disentangle.widgets._exclude import EXCLUDE_KEY
from napari_disentangle.widgets._explore.compare import ComparePanel
from napari_disentangle.widgets._explore.gallery import TailGallery
from napari_disentangle.widgets._explore.panel import PlotPanel
from napari_disentangle.widgets._explore.table_view import TableView
from napari_disentangle.widgets._worker import guard

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.widgets._exclude import ExcludePanel

NO_TABLE = "encode the cells in the Factors dock first"


class Actions(Protocol):
    """What the buttons and keys do."""

    def find_similar(self) -> None: ...
    def project(self, method: Literal["pca", "umap"]) -> None: ...
    def clear(self) -> None: ...
    def invert(self) -> None: ...


class ExploreParts(QWidget):
    """Plot over lists, with the reason above them while there is nothing to show.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose theme is followed.
    do : Actions
        Called by buttons and keys.
    excluding : ExcludePanel
        The last of the tabs.
    """

    def __init__(self, viewer: Any, do: Actions, excluding: ExcludePanel) -> None:
        super().__init__()
        self.gallery = TailGallery()
        self.panel = PlotPanel(viewer, self.gallery.thumbs)
        self.table = TableView()
        self.compare = ComparePanel(
            do.find_similar, partial(do.project, "pca"), partial(do.project, "umap")
        )
        self.excluding = excluding
        self.reason = QLabel()  # one that wraps would make the dock scroll
        self.count = note()
        self.invert_button = action(
            "&Invert", "Select all cells that are not selected", do.invert
        )
        self.clear_button = action("Clear", "Select no cell (Escape)", do.clear)
        self.tabs = QTabWidget()
        self._lay_out()
        for key, slot in {"Escape": do.clear, EXCLUDE_KEY: excluding.exclude}.items():
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(guard, slot))

    def tell_table(self, table: pd.DataFrame | None, *, usable: bool) -> None:
        """Enable all that needs a table, or say why there is none to use."""
        empty = NO_TABLE if table is None else "the table is empty"
        allow_all(self.content, "" if usable else empty)
        self.reason.setText(_reason(table))
        self.reason.setVisible(not usable)

    def tell_chosen(self, n: int, n_all: int, elsewhere: int) -> None:
        """Say how many cells are selected, and how many are not in the plot."""
        lacking = self.panel.without_value()
        text = f"{n} of {n_all} selected" if n_all else ""
        text += f" ({elsewhere} in other images)" if elsewhere else ""
        text += f"; {lacking} without a value here" if lacking else ""
        self.count.setText(text)

    def allow(self, busy: str, *, has_cells: bool, n_chosen: int, no_cell: str) -> None:
        """Enable what can be done now and say why the rest cannot."""
        no_table = "" if has_cells else NO_TABLE
        self.excluding.refresh()
        allow(self.invert_button, no_table)
        allow(
            self.clear_button, no_table or ("" if n_chosen else "no cell is selected")
        )
        self.compare.allow(busy, no_table, no_cell)

    def stop(self) -> None:
        """Stop following the viewer, and cutting crops."""
        self.panel.stop()
        self.gallery.thumbs.jobs.abandon()

    def _lay_out(self) -> None:
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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.reason)
        layout.addWidget(self.content, 1)


def _reason(table: pd.DataFrame | None) -> str:
    if table is None:
        return "There is nothing to explore yet:\nencode the cells in the Factors dock."
    return "The table is empty: no cell was found.\nCheck labels and crops."
