"""The plot with what is chosen for it: axes, color, tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from psygnal import Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from napari_disentangle.annotations.values import COLUMN
from napari_disentangle.recipes.gates import in_polygon, in_range
from napari_disentangle.widgets._explore.axes import ONE, AxesChoice
from napari_disentangle.widgets._explore.batch_note import BatchNote
from napari_disentangle.widgets._explore.card import HoverCard
from napari_disentangle.widgets._explore.colors import Legend, class_colors
from napari_disentangle.widgets._explore.plot import CellPlot
from napari_disentangle.widgets._explore.range_gate import RangeGate
from napari_disentangle.widgets._explore.tools import ToolRow
from napari_disentangle.widgets._meaning import axis_text
from napari_disentangle.widgets._settings import preference, recall
from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from napari_disentangle.tables import Embedding
    from napari_disentangle.widgets._explore.cells import Cells
    from napari_disentangle.widgets._gallery import ThumbModel


class PlotPanel(QWidget):
    """Scatter of two columns or histogram of one, colored by a third.

    Attributes
    ----------
    gated : Signal
        The cells in what was drawn, (N,) bool, and how: "replace", "add", "subtract",
        or "adjust" when the edges of a range were moved.
    shown : Signal
        Emitted when other columns are shown.
    """

    gated = Signal(object, str)
    shown = Signal()

    def __init__(self, viewer: Any, thumbs: ThumbModel) -> None:
        super().__init__()
        self._cells: Cells | None = None
        self._class_colors: Mapping[str, str] = {}
        self._texts: dict[str, str] = {}
        self._about: object = None
        self._range = RangeGate()
        self._colormap = preference("colormap", "viridis")
        self.axes = axes = AxesChoice()
        self.x_combo, self.y_combo = axes.x_combo, axes.y_combo
        self.color_combo = axes.color_combo
        self.plot = CellPlot(viewer)
        self.card = HoverCard(self.plot, thumbs)
        self.legend = Legend(viewer)
        self.batch_note = BatchNote()
        self._draw_soon = Soon(self.refresh, self)
        self.tools = ToolRow(self.plot)
        self._lay_out()
        axes.turned.connect(self._range.forget)
        axes.changed.connect(self.refresh)
        self.plot.hovered.connect(self.card.show_row)
        self.plot.gated.connect(self._on_gated)
        self.plot.ranged.connect(self._on_ranged)

    def set_cells(self, cells: Cells | None, embedding: Embedding | None) -> None:
        """Show cells, points in a later turn of the event loop.

        Parameters
        ----------
        cells : Cells or None
            The cells; None clears the plot at once.
        embedding : Embedding or None
            Their codes; directions are looked for anew when these change.
        """
        before = self._cells
        known = cells is not None and before is not None and cells.same_as(before)
        if cells is not None and before is not None and known:
            known = np.array_equal(cells.excluded, before.excluded)
        if embedding is not self._about or not known:
            self._about, self._texts = embedding, {}
        self._range.is_due |= cells is not None and not cells.same_as(before)
        self._cells = cells
        self.axes.offer(cells)
        self.card.set_cells(cells)
        if cells is None:
            self.refresh()
        else:
            self._draw_soon()

    def set_class_colors(self, colors: Mapping[str, str]) -> None:
        """Show the user's classes in the user's colors."""
        if dict(colors) != dict(self._class_colors):
            self._class_colors = colors
            if self.color_combo.column() == COLUMN:
                self.refresh()

    def set_selected(self, selected: NDArray[np.bool_]) -> None:
        """Mark the selected cells, (N,)."""
        self.plot.set_selected(selected)

    def use(self, tool: str) -> None:
        """Take up a tool: lasso, rectangle or pan."""
        self.tools.use(tool)

    def forget_range(self) -> None:
        """Take away the range in the histogram; the selection stays as it is."""
        self._range.forget()
        self.plot.hide_range()

    def columns(self) -> list[str]:
        """Return the columns that are shown: of the axes, and of the color."""
        return self.axes.chosen()

    def show_columns(self, x: str, y: str = "") -> bool:
        """Plot `y` over `x`, or the histogram of `x`; return whether both are there."""
        both = self.axes.choose(x, y)
        if both:
            self.refresh()
        return both

    def without_value(self) -> int:
        """Return how many cells are not shown as they have no value."""
        if self._cells is None or not self.x_combo.column():
            return 0
        x, y = self.axes.values(self._cells)
        return int((~np.isfinite(x + y)).sum())

    def refresh(self) -> None:
        """Show the chosen columns now."""
        self._draw_soon.stop()
        cells, x = self._cells, self.x_combo.column()
        self.legend.show_nothing()
        if cells is None or not x:
            self.plot.show_points(np.zeros(0), np.zeros(0), None, ("", ""))
            return
        if self.axes.is_histogram():
            self.plot.show_values(cells.counted(x), self._text(cells, x))
            self._gate_again(x)
        else:
            y = self.y_combo.column()
            texts = self._text(cells, x), self._text(cells, y)
            colors = self._colors(cells)
            self.plot.faint = cells.excluded
            self.plot.show_points(cells.numbers(x), cells.numbers(y), colors, texts)
        self.shown.emit()

    def stop(self) -> None:
        """Stop drawing, and following the viewer."""
        self._draw_soon.stop()
        self.plot.stop()
        self.legend.bar.stop()

    def _text(self, cells: Cells, column: str) -> str:
        if column not in self._texts:
            counted = cells.table[~cells.excluded]
            self._texts[column] = axis_text(counted, column, cells.reading)
        return self._texts[column]

    def _colors(self, cells: Cells) -> NDArray[np.uint8] | None:
        column = self.color_combo.column()
        if column in ("", ONE):
            return None
        if column not in (name for _, name in cells.class_columns()):
            colormap = recall("colormap", self._colormap)
            return self.legend.show_numbers(cells.counted(column), column, colormap)
        codes, names = cells.classes(column)
        codes = np.where(cells.excluded, -1, codes)
        known = self._class_colors if column == COLUMN else {}
        colors, classes = class_colors(codes, names, known)
        self.legend.show_classes(classes, int(((codes < 0) & ~cells.excluded).sum()))
        return colors

    def _on_gated(self, corners: NDArray[np.float64], how: str) -> None:
        if self._cells is not None:
            self.gated.emit(in_polygon(*self.axes.values(self._cells), corners), how)

    def _gate_again(self, column: str) -> None:
        """Apply the range that was drawn to other cells, while its axis is shown."""
        limits = self._range.take_due(column)
        if limits is not None:
            self.plot.show_range(*limits)
            self._on_ranged(*limits, "replace")

    def _on_ranged(self, low: float, high: float, how: str) -> None:
        if self._cells is not None:
            self._range.keep(self.x_combo.column(), low, high, how)
            x, _ = self.axes.values(self._cells)
            self.gated.emit(in_range(x, low, high), how)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.axes)
        layout.addWidget(self.tools)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.batch_note)
