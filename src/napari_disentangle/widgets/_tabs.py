"""Docks share one place, as tabs: napari would stack them until none can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QEvent, QObject, Qt, QTimer
from qtpy.QtWidgets import QDockWidget, QMainWindow, QTabBar

if TYPE_CHECKING:
    from qtpy.QtWidgets import QWidget


class Tabs(QObject):
    """Makes the dock of a widget a tab, and brings it to front when it is chosen.

    napari's menu closes a dock that is open; one behind another tab is wanted instead.

    Parameters
    ----------
    content : QWidget
        What is in the dock; the dock itself comes later.
    kind : type of QWidget
        Content of the docks that may share its place.
    """

    def __init__(self, content: QWidget, kind: type[QWidget]) -> None:
        super().__init__(content)
        self._content = content
        self._kind = kind
        self._dock: QDockWidget | None = None
        self._in_front = True
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._place)
        content.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Notice when the content is shown, and when its dock is closed or opened."""
        kind = None if event is None else event.type()
        if watched is self._content and kind == QEvent.Type.Show and not self._dock:
            self._soon.start(0)  # napari has placed the dock by then
        elif watched is self._dock and (
            kind == QEvent.Type.ShowToParent
            or (kind == QEvent.Type.HideToParent and not self._in_front)
        ):
            self._soon.start(0)
        return False

    def _place(self) -> None:
        dock, first = dock_of(self._content), self._dock is None
        main = None if dock is None else dock.parent()
        if dock is None or not isinstance(main, QMainWindow):
            return
        if main.dockWidgetArea(dock) == Qt.DockWidgetArea.NoDockWidgetArea:
            return  # it was removed
        if first:
            arranged = bool(main.tabifiedDockWidgets(dock))  # by who opened it
            self._dock = dock
            dock.setWindowTitle(dock.windowTitle().split(" (")[0])  # fits a tab
            join_tabs(main, dock, self._kind)
            dock.installEventFilter(self)
            dock.visibilityChanged.connect(self._on_front)
            self._in_front = not dock.visibleRegion().isEmpty()
            if arranged:
                return
        to_front(dock)

    def _on_front(self, on: bool) -> None:
        if self._dock is not None and not self._dock.isHidden():
            self._in_front = on


def join_tabs(main: QMainWindow, own: QDockWidget, kind: type[QWidget]) -> None:
    """Make `own` a tab of the docks that it would be stacked with.

    Docks that float, that are tabs already, or that were put side by side, stay so.
    """
    others = (dock for dock in main.findChildren(QDockWidget) if dock is not own)
    above = [
        other
        for other in others
        if other.findChildren(kind) and _is_stacked(main, other, own)
    ]
    if not above or own.isFloating() or main.tabifiedDockWidgets(own):
        return
    main.tabifyDockWidget(above[-1], own)
    for bar in main.findChildren(QTabBar):
        bar.setElideMode(Qt.TextElideMode.ElideNone)
        bar.setUsesScrollButtons(True)


def to_front(dock: QDockWidget) -> None:
    """Show a dock, before the other tabs."""
    dock.show()
    dock.raise_()


def dock_of(widget: QWidget) -> QDockWidget | None:
    """Return the dock that holds `widget`, None if there is none."""
    parent = widget.parent()
    while parent is not None and not isinstance(parent, QDockWidget):
        parent = parent.parent()
    return parent


def _is_stacked(main: QMainWindow, other: QDockWidget, own: QDockWidget) -> bool:
    """Return whether `other` takes height from `own`."""
    mine, theirs = own.geometry(), other.geometry()
    same = main.dockWidgetArea(other) == main.dockWidgetArea(own)
    beside = theirs.left() >= mine.right() or theirs.right() <= mine.left()
    return same and not beside and not other.isFloating() and not other.isHidden()
