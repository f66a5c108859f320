"""Where the classes of cells are shown: colors, the table, features of the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from superqt.utils import qdebounced

from napari_disentangle.annotations.exclusions import with_annotations
from napari_disentangle.annotations.values import COLUMN, annotate
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._care import care_of
from napari_disentangle.widgets._painting import Painting
from napari_disentangle.widgets._settings import recall, remember
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget

    from napari_disentangle.widgets._book import Book
    from napari_disentangle.widgets._session import Session

_COLUMN_MS = 300
_PLAIN = "annotate_plain"


class Showing:
    """Shows the classes of a book in the viewer and in the session's table.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the cells.
    session : Session
        Its table gets the column of classes, some moments after the last change.
    book : Book
        The classes.
    dock : QWidget
        Nothing is shown after it is deleted.
    """

    def __init__(
        self, viewer: Any, session: Session, book: Book, dock: QWidget
    ) -> None:
        self._viewer = viewer
        self._session = session
        self._book = book
        self._plain = recall(_PLAIN, False) is True
        self.painting = Painting(viewer, session, "annotate", self._paint, dock)
        self._features = care_of(viewer, session).features
        self._follower = _layers.FrameFollower(viewer, lambda _: self._features.show())
        self._write_soon = Soon(self._write_column, dock)
        self.column_soon = qdebounced(self._write_soon, timeout=_COLUMN_MS, parent=dock)

    def want(self, on: bool) -> None:
        """Remember whether the user wants colors by class."""
        self._plain = not on
        remember(_PLAIN, self._plain)

    def color(self) -> None:
        """Color the cells by class, unless the user wants none of it."""
        if not self._plain:
            self.painting.set_on(True)

    def follow_crops(self) -> None:
        """Follow the frames of the session's cells, if there are any."""
        session = self._session
        self._follower.follow(session.source if session.crops is not None else None)

    def refresh(self) -> None:
        """Show that classes or their cells changed."""
        self.painting.refresh()
        self.column_soon()

    def stop(self) -> None:
        """Show nothing more."""
        self.painting.stop()
        self._write_soon.stop()
        self._follower.stop()
        self.column_soon.cancel()

    def _paint(self, frame: int) -> None:
        source, crops = self._session.source, self._session.crops
        if source is None or crops is None:
            return
        value = self._book.value
        colors = {known.name: known.color for known in value.classes}
        table = with_annotations(crops.table, value)
        _layers.paint_classes(self._viewer, source, table, frame, COLUMN, colors)

    def _write_column(self) -> None:
        """Put the classes into the session's table and into `layer.features`."""
        table = self._session.table
        if table is not None:
            written = annotate(table, self._book.value)
            if COLUMN not in table or not written[COLUMN].equals(table[COLUMN]):
                self._session.table = written
        self._features.soon()
