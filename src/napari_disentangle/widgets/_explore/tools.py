"""What a drag in the plot does: draw around cells, draw a box, move the plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence, QShortcut  # type: ignore[attr-defined]
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

if TYPE_CHECKING:
    from napari_disentangle.widgets._explore.plot import CellPlot

_TOOLS = (
    ("lasso", "Lasso", "L", "Draw around cells"),
    ("rectangle", "Box", "B", "Draw a box; in a histogram, a range"),
    ("pan", "Move", "M", "Drag the plot; the wheel zooms, a double click shows all"),
)
_KEYS = "Shift adds to the selection, Alt takes from it, Escape clears it."


class ToolRow(QWidget):
    """One button a tool of `plot`; a key in the plot takes it up, too."""

    def __init__(self, plot: CellPlot) -> None:
        super().__init__()
        self._plot = plot
        self._buttons = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for tool in _TOOLS:
            layout.addWidget(self._button(*tool))
        self.use("lasso")

    def use(self, tool: str) -> None:
        """Take up a tool: lasso, rectangle or pan."""
        self._plot.box.tool = tool
        for button, (name, *_) in zip(self._buttons.buttons(), _TOOLS, strict=True):
            button.setChecked(name == tool)

    def _button(self, name: str, text: str, key: str, what: str) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setToolTip(f"{what} ({key})\n\n{_KEYS}")
        button.clicked.connect(lambda _: self.use(name))
        shortcut = QShortcut(QKeySequence(key), self._plot)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(lambda: self.use(name))
        self._buttons.addButton(button)
        return button
