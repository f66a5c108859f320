"""How much each factor matters to a classifier, as bars."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtWidgets import QGridLayout, QLabel, QProgressBar, QWidget

from napari_disentangle.widgets._columns import column_text
from napari_disentangle.widgets._lazy_tip import LazyTip

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.classify.importance import Importances

_SHOWN = 8
_BAR_PX = 10
_FILLED = "QProgressBar::chunk { background-color: #4f8ef7; }"
_STEPS = 1000
_TIP = (
    "How far the balanced accuracy falls on cells that were not trained on, if this "
    "column is shuffled among them; columns that tell the same share it"
)


class ImportanceBars(QWidget):
    """The columns that matter most, the most important first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[tuple[QLabel, QProgressBar, QLabel]] = []
        self._columns: list[str] = []
        self._meaning: Callable[[str], str] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self.setAccessibleName("Importance of each column")
        self.setToolTip(_TIP)

    def explain_by(self, meaning: Callable[[str], str]) -> None:
        """Let `meaning` tell how a column is to be read, in the tooltip of its name."""
        self._meaning = meaning

    def show_importances(self, told: Importances) -> None:
        """Show at most eight columns; bars are relative to the largest."""
        order = np.argsort(-told.permutation, kind="stable")[:_SHOWN]
        top = max(float(told.permutation.max(initial=0)), 1e-9)
        self._columns = [told.columns[j] for j in order]
        self._fit(len(order))
        for (name, bar, number), j in zip(self._lines, order, strict=True):
            value, sd = float(told.permutation[j]), float(told.permutation_sd[j])
            name.setText(column_text(told.columns[j]))
            bar.setValue(round(_STEPS * max(value, 0.0) / top))
            number.setText(f"{value:.2f} ± {sd:.2f}")

    def text(self) -> str:
        """Return what is shown, as one line a column."""
        return "\n".join(f"{n.text()} {v.text()}" for n, _, v in self._lines)

    def _fit(self, n: int) -> None:
        """Have exactly `n` lines."""
        while len(self._lines) > n:
            gone: tuple[QWidget, ...] = self._lines.pop()
            for widget in gone:
                self._grid.removeWidget(widget)
                widget.deleteLater()
        while len(self._lines) < n:
            bar = QProgressBar()
            bar.setRange(0, _STEPS)
            bar.setTextVisible(False)
            bar.setFixedHeight(_BAR_PX)
            bar.setStyleSheet(_FILLED)
            name, number = QLabel(), QLabel()
            widgets: tuple[QWidget, ...] = (name, bar, number)
            for column, widget in enumerate(widgets):
                widget.setToolTip(_TIP)
                self._grid.addWidget(widget, len(self._lines), column)
            LazyTip(name, partial(self._tip, len(self._lines)))
            self._lines.append((name, bar, number))

    def _tip(self, line: int) -> str:
        """Return how the column of a line is to be read, and what its bar means."""
        told = "" if self._meaning is None else self._meaning(self._columns[line])
        return f"{told}\n\n{_TIP}" if told else _TIP
