"""The place of widgets that are made later among those that the Tab key goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence


def tab_before(anchor: QWidget, widgets: Sequence[QWidget]) -> None:
    """Let the Tab key go through `widgets`, in order, where it would reach `anchor`.

    Else Qt puts them after all others of the window, however high up they are shown.

    Parameters
    ----------
    anchor : QWidget
        It or the parts in it come next; it need not take the focus itself.
    widgets : sequence of QWidget
        In the same window.
    """
    last = _stop_before(anchor, widgets)
    for widget in widgets:
        if last is not None:
            QWidget.setTabOrder(last, widget)
        last = widget


def _stop_before(anchor: QWidget, skipped: Sequence[QWidget]) -> QWidget | None:
    """Return what the Tab key goes to just before `anchor`, None if to nothing."""
    found = anchor.previousInFocusChain()
    while found is not None and found is not anchor:
        if found.focusPolicy() & Qt.FocusPolicy.TabFocus and found not in skipped:
            return found
        found = found.previousInFocusChain()
    return None
