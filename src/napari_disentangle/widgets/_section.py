"""A part of a dock that opens and closes."""

from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

_INDENT = 8


class Section(QWidget):
    """A titled button that shows and hides what is below it; closed at first.

    superqt's collapsible fixes the height of its content when it opens, so that a
    section within a section is squeezed; this one leaves heights to the layout.
    """

    def __init__(self, title: str, *widgets: QWidget) -> None:
        super().__init__()
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setToolTip(f"Show or hide what is below: {title}")
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed
        )
        self._content = QWidget()
        inner = QVBoxLayout(self._content)
        inner.setContentsMargins(_INDENT, 0, 0, 0)
        for widget in widgets:
            inner.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2)
        outer.addWidget(self.button)
        outer.addWidget(self._content)
        self.button.toggled.connect(self._show)
        self._show(False)

    def expand(self) -> None:
        """Show the content."""
        self.button.setChecked(True)

    def collapse(self) -> None:
        """Hide the content."""
        self.button.setChecked(False)

    def isExpanded(self) -> bool:
        """Return whether the content is shown."""
        return self.button.isChecked()

    def _show(self, shown: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow
        self.button.setArrowType(arrow)
        self._content.setVisible(shown)
