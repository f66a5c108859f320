"""A tooltip that is written when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtWidgets import QWidget


class LazyTip(QObject):
    """Gives a widget its tooltip just before it is shown.

    What a column means takes some milliseconds to find out; most are never asked for.

    Parameters
    ----------
    widget : QWidget
        Whose tooltip it is.
    text : callable
        Returns it.
    """

    def __init__(self, widget: QWidget, text: Callable[[], str]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._text = text
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Write the tooltip; Qt shows it next."""
        if event is not None and event.type() == QEvent.Type.ToolTip:
            self._widget.setToolTip(self._text())
        return False
