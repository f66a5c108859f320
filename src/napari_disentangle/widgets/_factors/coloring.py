"""Color the cells by a factor, a measurement or their class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari.utils.colormaps import AVAILABLE_COLORMAPS
from psygnal import Signal
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from superqt import QLabeledRangeSlider

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.batch_words import factor_note
from napari_disentangle.tables import included
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._batch import batch_watch
from napari_disentangle.widgets._class_names import ClassNames, classes_of
from napari_disentangle.widgets._columns import (
    NO_COLOR,
    color_columns,
    meaning,
    reading_of,
)
from napari_disentangle.widgets._combo import narrow_combo
from napari_disentangle.widgets._dock import action, allow, note, rows
from napari_disentangle.widgets._factors.multiples import MultiplesWindow
from napari_disentangle.widgets._plots import ColorBar
from napari_disentangle.widgets._settings import (
    preference,
    recall,
    recall_pair,
    remember,
)
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._teach import class_colors

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.widgets._layers import Coloring
    from napari_disentangle.widgets._session import Session

PAINTER = "factors"
_COLORMAPS = ("viridis", "magma", "plasma", "turbo", "PiYG", "gray")
_CLASSES = (("Class, annotated", "annotation"), ("Class, predicted", "prediction"))
_BAR_PX = 110
_NO_LAYER = "The layer that shows the cells was removed, so none is colored."


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
        self._watch = batch_watch(session)
        self._painted: object = None
        self.coloring: Coloring | None = None
        self.classes = ""
        self._build()
        self.paint_soon = Soon(self.paint, self)
        self._explain_soon = Soon(self._explain, self)
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
        row = self.column_combo.findData(column)
        if row < 0:
            if reading_of(self._session).says_nothing(column):
                raise DataError(NO_COLOR)
            known = [self.column_combo.itemData(i) for i in range(5)]
            raise DataError(
                f"There is no column {column!r} to color by; encode the cells, or take "
                f"one of {', '.join(map(str, known))}."
            )
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
        before = self.column_combo.currentData()
        blocked = self.column_combo.blockSignals(True)
        self.column_combo.clear()
        for text, column in [] if table is None else self._offered(table):
            self.column_combo.addItem(text, column)
        self.column_combo.setCurrentIndex(max(0, self.column_combo.findData(before)))
        self.column_combo.blockSignals(blocked)
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
            self._paint_classes(table, frame)
        elif self.coloring is not None and self.coloring.column in table:
            _layers.paint(self._viewer, source, table, frame, self.coloring)
        self.multiples.refresh()

    def refresh(self) -> None:
        """Enable what can be done now and say why the rest cannot."""
        no_table = "" if self._session.table is not None else "encode the cells first"
        by_class = "Annotate chooses the colors of classes" if self.classes else ""
        plain = "" if self.coloring or self.classes else "the cells are not colored"
        allow(self.column_combo, no_table)
        allow(self.all_button, no_table)
        allow(self.restore_button, plain)
        for widget in (self.colormap_combo, self.percentiles):
            allow(widget, no_table or by_class)

    def stop(self) -> None:
        """Stop following viewer and session."""
        self.paint_soon.stop()
        self._explain_soon.stop()
        self.color_bar.stop()
        self.multiples.stop()
        self._session.events.painter.disconnect(self._on_painter)
        self._session.events.annotations.disconnect(self._on_classes)
        self._watch.changed.disconnect(self._on_batches)

    # Building ------------------------------------------------------------------------

    def _build(self) -> None:
        self.column_combo = narrow_combo("What the color of a cell tells", 10)
        self.colormap_combo = narrow_combo("Colors from low to high", 10)
        names = [name for name in _COLORMAPS if name in AVAILABLE_COLORMAPS]
        self.colormap_combo.addItems(names)
        self.colormap_combo.setCurrentText(
            recall("colormap", preference("colormap", "viridis"))
        )
        self.percentiles = QLabeledRangeSlider(Qt.Orientation.Horizontal)
        self.percentiles.setRange(0, 100)
        self.percentiles.setValue(recall_pair("percentiles", (1, 99)))
        self.percentiles.setToolTip(
            "The lowest and the highest color, in percentiles of all cells"
        )
        self.color_bar = ColorBar(self._viewer, _BAR_PX, "Color bar")
        self.legend = ClassNames()
        self.direction = note()
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
        layout.addLayout(
            rows(
                ("Color &by", self.column_combo),
                ("Color&map", self.colormap_combo),
                ("&Percentiles", self.percentiles),
            )
        )
        for widget in (self.color_bar, self.legend, self.direction):
            widget.hide()
            layout.addWidget(widget)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.column_combo.currentIndexChanged.connect(lambda _: self.paint())
        self.column_combo.activated.connect(lambda _: self._paint_again())
        self.colormap_combo.currentTextChanged.connect(lambda _: self.paint())
        self.percentiles.valueChanged.connect(lambda _: self.paint_soon())
        self.multiples.picked.connect(self.choose)
        self._session.events.painter.connect(self._on_painter)
        self._session.events.annotations.connect(self._on_classes)
        self._watch.changed.connect(self._on_batches)

    def _offered(self, table: pd.DataFrame) -> list[tuple[str, str]]:
        """Return the columns that colors can tell, as (text, column)."""
        classes = [
            (text, column)
            for text, column in _CLASSES
            if column in table and table[column].notna().any()
        ]
        return [*color_columns(table, reading_of(self._session)), *classes]

    # Painting ------------------------------------------------------------------------

    def paint(self) -> None:
        """Color the current frame by the chosen column, limits from all frames."""
        source, table = self._session.source, self._session.table
        column = self.column_combo.currentData()
        if source is None or table is None or column is None:
            return
        self._session.painter = PAINTER
        by_class = column in [name for _, name in _CLASSES]
        self.classes = column if by_class else ""
        self.coloring = None if by_class else self._coloring(table, column)
        self.show_frame(_layers.current_frame(self._viewer, source))
        self._explain_soon()
        self.refresh()
        self.painted.emit()

    def _coloring(self, table: pd.DataFrame, column: str) -> Coloring:
        name = self.colormap_combo.currentText()
        remember("colormap", name)
        remember("percentiles", self.percentiles.value())
        values = table.loc[included(table), column].to_numpy(float)
        low, high = _layers.limits_of(values, *self.percentiles.value())
        return _layers.Coloring(column, name, low, high)

    def _paint_classes(self, table: pd.DataFrame, frame: int) -> None:
        source = self._session.source
        if source is not None:
            _layers.paint_classes(
                self._viewer, source, table, frame, self.classes, self._class_colors()
            )

    def _class_colors(self) -> dict[str, str]:
        return class_colors(self._session.annotations, self._session.classifier)

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

    def _on_batches(self) -> None:
        """Say anew whether the factor separates slides or days."""
        if self.coloring is not None:
            self._explain_soon()

    def _forget(self) -> None:
        self.coloring, self.classes = None, ""
        for widget in (self.color_bar, self.legend, self.direction):
            widget.hide()

    def _explain(self) -> None:
        """Show what the colors mean: color bar or legend, and which way it points."""
        table, coloring = self._session.table, self.coloring
        if table is None or (coloring is None and not self.classes):
            return
        if not _layers.has_layers(self._viewer, self._session.source):
            self.direction.setText(_NO_LAYER)
            self.direction.show()
            return
        table = table[included(table)]
        self.legend.setVisible(self.classes in table)
        self.color_bar.setVisible(coloring is not None)
        self.direction.setVisible(coloring is not None)
        if self.classes in table:
            self.legend.show_classes(
                *classes_of(table[self.classes], self._class_colors())
            )
        elif coloring is not None and coloring.column in table:
            values = table[coloring.column].to_numpy(float)
            self.color_bar.show_coloring(values, coloring)
            told = meaning(table, coloring.column, reading_of(self._session))
            batch = factor_note(self._watch.effects, coloring.column)
            self.direction.setText(f"{told} {batch}".strip())
