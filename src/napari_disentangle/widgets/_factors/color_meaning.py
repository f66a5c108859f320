"""What the colors of the cells mean: color bar or legend, and which way it points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.recipes.batch_words import factor_note
from napari_disentangle.tables import included
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._batch import batch_watch
from napari_disentangle.widgets._class_colors import class_colors
from napari_disentangle.widgets._class_names import ClassNames, classes_of
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._dock import note
from napari_disentangle.widgets._meaning import meaning
from napari_disentangle.widgets._plots import ColorBar
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.widgets._layers import Coloring
    from napari_disentangle.widgets._session import Session

_BAR_PX = 110
_NO_LAYER = "The layer that shows the cells was removed, so none is colored."


class ColorMeaning(QWidget):
    """Explains a column of numbers or of classes by which the cells are colored.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the cells.
    session : Session
        Its table is colored.
    """

    def __init__(self, viewer: Any, session: Session) -> None:
        super().__init__()
        self._viewer = viewer
        self._session = session
        self._coloring: Coloring | None = None
        self._classes = ""
        self._watch = batch_watch(session)
        self.color_bar = ColorBar(viewer, _BAR_PX, "Color bar")
        self.legend = ClassNames()
        self.direction = note()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.color_bar, self.legend, self.direction):
            layout.addWidget(widget)
        self._explain_soon = Soon(self._explain, self)
        self._watch.changed.connect(self._on_batches)
        self.forget()

    def explain(self, coloring: Coloring | None, classes: str) -> None:
        """Explain colors in the next turn of the event loop.

        Parameters
        ----------
        coloring : Coloring or None
            What they mean, if they tell a number.
        classes : str
            The column of classes that they tell, else empty.
        """
        self._coloring, self._classes = coloring, classes
        self._explain_soon()

    def forget(self) -> None:
        """Show nothing: the colors are not from here."""
        self._coloring, self._classes = None, ""
        self._show_only()

    def stop(self) -> None:
        """Stop following session and theme."""
        self._explain_soon.stop()
        self.color_bar.stop()
        self._watch.changed.disconnect(self._on_batches)

    def _on_batches(self) -> None:
        """Say anew whether the factor separates slides or days."""
        if self._coloring is not None:
            self._explain_soon()

    def _explain(self) -> None:
        table, coloring, classes = self._session.table, self._coloring, self._classes
        if table is None or (coloring is None and not classes):
            return
        if not _layers.has_layers(self._viewer, self._session.source):
            self.direction.setText(_NO_LAYER)
            self.direction.show()
            return
        table = table[included(table)]
        if classes in table:
            colors = class_colors(self._session.annotations, self._session.classifier)
            self._show_only(self.legend)
            self.legend.show_classes(*classes_of(table[classes], colors))
        elif coloring is not None and coloring.column in table:
            self._show_only(self.color_bar, self.direction)
            self._show_number(table, coloring)

    def _show_number(self, table: pd.DataFrame, coloring: Coloring) -> None:
        values = table[coloring.column].to_numpy(float)
        self.color_bar.show_coloring(values, coloring)
        told = meaning(table, coloring.column, reading_of(self._session))
        batch = factor_note(self._watch.effects, coloring.column)
        self.direction.setText(f"{told} {batch}".strip())

    def _show_only(self, *shown: QWidget) -> None:
        for widget in (self.color_bar, self.legend, self.direction):
            widget.setVisible(widget in shown)
