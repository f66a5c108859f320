"""Color the cells by a factor, a measurement or their class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psygnal import Signal
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._class_colors import class_colors
from napari_disentangle.widgets._columns import reading_of
from napari_disentangle.widgets._dock import action, allow
from napari_disentangle.widgets._factors.color_choice import ColorChoice, is_class
from napari_disentangle.widgets._factors.color_meaning import ColorMeaning
from napari_disentangle.widgets._factors.multiples import MultiplesWindow
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.widgets._layers import Coloring
    from napari_disentangle.widgets._session import Session

PAINTER = "factors"


class ColoringPanel(QWidget):
    """What the color of a cell tells, with its color bar or legend.

    Other docks' colors are left alone until the user chooses here again.

    Parameters
    ----------
    viewer : napari.Viewer
        Holds the cells.
    session : Session
        Its table is shown.

    Attributes
    ----------
    painted : Signal
        Emitted when the cells got colors from here, or lost them.
    coloring : Coloring or None
        What the colors mean now, if they tell a number.
    classes : str
        The column of classes that they tell, empty if none.
    """

    painted = Signal()

    def __init__(self, viewer: Any, session: Session) -> None:
        super().__init__()
        self._viewer = viewer
        self._session = session
        self._painted: object = None
        self.coloring: Coloring | None = None
        self.classes = ""
        self._build()
        self.paint_soon = Soon(self.paint, self)
        self.multiples = MultiplesWindow(self, session, viewer)
        self._connect()

    # What the dock calls -------------------------------------------------------------

    def choose(self, column: str) -> None:
        """Color the cells by a column of the table.

        Raises
        ------
        DataError
            If the cells are not encoded or there is no such column.
        """
        row = self.choice.row_of(column, reading_of(self._session))
        if row == self.column_combo.currentIndex():
            self.paint()
        self.column_combo.setCurrentIndex(row)

    def restore(self) -> None:
        """Give the layer its own colors back."""
        self._session.painter = ""
        if self._session.source is not None:
            _layers.restore_colors(self._viewer, self._session.source)

    def set_table(self, table: pd.DataFrame | None) -> None:
        """Offer the columns of the session's table and paint them where it is due."""
        self.choice.offer(table, reading_of(self._session))
        if table is None:
            self._forget()
        else:
            self._catch_up()
        self.multiples.refresh()
        self.refresh()

    def show_frame(self, frame: int) -> None:
        """Color the cells of another time point in the same way."""
        source, table = self._session.source, self._session.table
        if source is None or table is None:
            return
        if self.classes in table:
            colors = class_colors(self._session.annotations, self._session.classifier)
            painted = table, frame, self.classes, colors
            _layers.paint_classes(self._viewer, source, *painted)
        elif self.coloring is not None and self.coloring.column in table:
            _layers.paint(self._viewer, source, table, frame, self.coloring)
        self.multiples.refresh()

    def refresh(self) -> None:
        """Enable what can be done now and say why the rest cannot."""
        no_table = "" if self._session.table is not None else "encode the cells first"
        plain = "" if self.coloring or self.classes else "the cells are not colored"
        self.choice.refresh(no_table, bool(self.classes))
        allow(self.all_button, no_table)
        allow(self.restore_button, plain)

    def stop(self) -> None:
        """Stop following viewer and session."""
        self.paint_soon.stop()
        self.meaning.stop()
        self.multiples.stop()
        self._session.events.painter.disconnect(self._on_painter)
        self._session.events.annotations.disconnect(self._on_classes)

    # Building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.choice = ColorChoice()
        self.meaning = ColorMeaning(self._viewer, self._session)
        self.column_combo = self.choice.column_combo
        self.colormap_combo = self.choice.colormap_combo
        self.percentiles = self.choice.percentiles
        self.color_bar = self.meaning.color_bar
        self.legend, self.direction = self.meaning.legend, self.meaning.direction
        self.all_button = action(
            "&All factors",
            "All named factors side by side, each as a small image of the cells",
            lambda: self.multiples.open(),
        )
        self.restore_button = action(
            "Original &colors", "Give the layer its own colors back", self.restore
        )
        buttons = QHBoxLayout()
        buttons.addWidget(self.all_button)
        buttons.addWidget(self.restore_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.choice)
        layout.addWidget(self.meaning)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.column_combo.currentIndexChanged.connect(lambda _: self.paint())
        self.column_combo.activated.connect(lambda _: self._paint_again())
        self.colormap_combo.currentTextChanged.connect(lambda _: self.paint())
        self.percentiles.valueChanged.connect(lambda _: self.paint_soon())
        self.multiples.picked.connect(self.choose)
        self._session.events.painter.connect(self._on_painter)
        self._session.events.annotations.connect(self._on_classes)

    # Painting ------------------------------------------------------------------------

    def paint(self) -> None:
        """Color the current frame by the chosen column, limits from all frames."""
        source, table = self._session.source, self._session.table
        column = self.column_combo.currentData()
        if source is None or table is None or column is None:
            return
        self._session.painter = PAINTER
        by_class = is_class(column)
        self.classes = column if by_class else ""
        self.coloring = None if by_class else self.choice.coloring_of(table, column)
        self.show_frame(_layers.current_frame(self._viewer, source))
        self.meaning.explain(self.coloring, self.classes)
        self.refresh()
        self.painted.emit()

    def _paint_again(self) -> None:
        """Paint by the column that was chosen before other colors came."""
        if self.coloring is None and not self.classes:
            self.paint()

    def _catch_up(self) -> None:
        """Paint what is new: cells that are colored from here, or not at all yet."""
        encoded = self._session.embedding is not self._painted
        painter = self._session.painter
        self.direction.hide()
        if painter == PAINTER or (encoded and not painter):
            self.paint_soon()
        self._painted = self._session.embedding

    def _on_painter(self, painter: str) -> None:
        """Leave the cells to the dock whose colors they show now."""
        if painter != PAINTER:
            self.paint_soon.stop()
            self._forget()
            self.refresh()
            self.painted.emit()

    def _on_classes(self, _: Any) -> None:
        """Paint classes anew: one may have another color."""
        if self.classes:
            self.paint_soon()

    def _forget(self) -> None:
        self.coloring, self.classes = None, ""
        self.meaning.forget()
