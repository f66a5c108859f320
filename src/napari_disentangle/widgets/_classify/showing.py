"""Where predictions are shown: tables, features of the layer, colors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.tables import included
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._care import care_of
from napari_disentangle.widgets._class_colors import class_colors
from napari_disentangle.widgets._classify.predictions import show_predictions
from napari_disentangle.widgets._classify.texts import predicted_text
from napari_disentangle.widgets._classify.unencoded import UnencodedNote
from napari_disentangle.widgets._painting import Painting

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qtpy.QtWidgets import QWidget

    from napari_disentangle.widgets._classify.parts import ClassifyParts
    from napari_disentangle.widgets._classify.teach import Learned
    from napari_disentangle.widgets._session import Session


class Showing:
    """Shows what was learned, with the abstain threshold of the verdict.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the cells.
    session : Session
        Its tables get the predictions.
    parts : ClassifyParts
        What the user chose, and where it is told.
    dock : QWidget
        Nothing is painted after it is deleted.

    Attributes
    ----------
    learned : Learned or None
        What is shown: a classifier and its predictions.
    """

    def __init__(
        self, viewer: Any, session: Session, parts: ClassifyParts, dock: QWidget
    ) -> None:
        self._viewer = viewer
        self._session = session
        self._parts = parts
        self._counted: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self.learned: Learned | None = None
        self.painting = Painting(viewer, session, "classify", self._paint, dock)
        self._features = care_of(viewer, session).features
        self.unencoded = UnencodedNote(viewer, session)
        parts.add_note(self.unencoded.label)

    def stop(self) -> None:
        """Show nothing more."""
        self.painting.stop()
        self.unencoded.stop()

    def others_count(self) -> bool:
        """Return whether other cells are excluded than when it was shown."""
        table = self._session.table
        if table is None or self.learned is None:
            return False
        return not np.array_equal(included(table), self._counted)

    def show(self) -> None:
        """Put predictions into the tables, the layer and the colors."""
        table, shown = self._session.table, self.learned
        if table is None or (shown is None and "prediction" not in table):
            return
        least, self._counted = self._parts.verdict.least(), included(table)
        predicted = None if shown is None else shown.predicted
        self._session.classifier = None if shown is None else shown.classifier
        table = show_predictions(self._session, table, predicted, least)
        told = "" if predicted is None else predicted_text(self._session, table)
        self._parts.tell_predicted(told)
        self._features.soon()
        self.painting.refresh()

    def show_again(self) -> None:
        """Show what is predicted once others are excluded."""
        table = self._session.table
        if table is not None and "prediction" in table:
            self.show()

    def _paint(self, frame: int) -> None:
        table, source = self._session.table, self._session.source
        column = self._parts.color_combo.currentData()
        if table is None or source is None or column not in table:
            return
        if column == "prediction":
            shown = None if self.learned is None else self.learned.classifier
            colors = class_colors(self._session.annotations, shown)
            _layers.paint_classes(self._viewer, source, table, frame, column, colors)
            return
        values = table[column].to_numpy(float, na_value=np.nan)
        low, high = _layers.limits_of(values[included(table)], 1, 99)
        if column == "probability":
            low, high = 0.0, 1.0
        coloring = _layers.Coloring(column, "viridis", low, high)
        _layers.paint(self._viewer, source, table, frame, coloring)
