"""Every control of every dock explains itself, is reached by keys, and fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTabWidget,
    QWidget,
)
from superqt.sliders._labeled import _SliderProxy

from napari_disentangle.widgets._section import Section

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.widgets._dock import Dock

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    _SliderProxy,
)
WIDTH_PX, HEIGHT_PX = 350, 400  # so low that the scroll bar is needed
_PARTS = ("QTableCornerButton", "QComboBoxListView", "QLineEditIconButton")


def controls(dock: QWidget) -> list[Any]:
    """Return what the user can click, type into or drag; parts of it are left out."""
    found = [child for child in dock.findChildren(QWidget) if is_control(child)]
    return [child for child in found if not any(map(is_control, parents(child, dock)))]


def is_control(widget: QWidget) -> bool:
    name = widget.metaObject().className()
    scrolls = isinstance(widget, QScrollBar) or isinstance(widget.parent(), QTabBar)
    return isinstance(widget, CONTROLS) and not scrolls and name not in _PARTS


def parents(widget: QWidget, dock: QWidget) -> list[QWidget]:
    """Return what a widget lies in, up to the dock itself."""
    found, parent = [], widget.parentWidget()
    while parent is not None and parent is not dock:
        found.append(parent)
        parent = parent.parentWidget()
    return found


def named(widget: Any) -> str:
    text = widget.text() if hasattr(widget, "text") else ""
    return f"{type(widget).__name__} {text or widget.accessibleName()!r}"


@pytest.fixture(params=["nothing open", "cells encoded"])
def dock(
    make_napari_viewer: Callable[..., Any],
    with_cells: Callable[[Any], Any],
    put_dock: Callable[[Any], Dock],
    request: pytest.FixtureRequest,
) -> Dock:
    viewer = make_napari_viewer()
    if request.param == "cells encoded":
        with_cells(viewer)
    return put_dock(viewer)


def test_every_control_has_a_tooltip(dock: Dock) -> None:
    silent = [named(widget) for widget in controls(dock) if not widget.toolTip()]
    assert silent == []


def test_every_control_has_a_name_for_screen_readers(dock: Dock) -> None:
    nameless = [
        named(widget)
        for widget in controls(dock)
        if not (isinstance(widget, QAbstractButton) and widget.text())
        and not widget.accessibleName()
    ]
    assert nameless == []


def test_every_control_is_reached_by_tab(dock: Dock) -> None:
    chain, widget = [], dock.nextInFocusChain()
    while widget is not None and widget not in chain:
        chain.append(widget)
        widget = widget.nextInFocusChain()
    stops = [w for w in chain if w.focusPolicy().value & Qt.FocusPolicy.TabFocus.value]
    missed = [
        named(widget)
        for widget in controls(dock)
        if not any(stop is widget or widget.isAncestorOf(stop) for stop in stops)
    ]
    assert missed == []


def test_what_is_disabled_says_why(dock: Dock) -> None:
    mute = [
        named(widget)
        for widget in controls(dock)
        if not widget.isEnabled() and "\n\nNot now: " not in widget.toolTip()
    ]
    assert mute == []


def test_what_is_enabled_gives_no_reason_against_it(dock: Dock) -> None:
    wrong = [
        named(widget)
        for widget in controls(dock)
        if widget.isEnabled() and "Not now: " in widget.toolTip()
    ]
    assert wrong == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_at_350_px_nothing_is_cut_off_at_the_side(dock: Dock, theme: str) -> None:
    """All sections are open, each tab in turn, and the scroll bar is there."""
    dock.viewer.theme = theme
    for section in dock.findChildren(Section):
        section.expand()
    cut = []
    for tabs in dock.findChildren(QTabWidget) or [None]:
        for tab in range(tabs.count() if tabs else 1):
            if tabs:
                tabs.setCurrentIndex(tab)
            cut += cut_off(dock)
    assert cut == []


def cut_off(dock: Dock) -> list[str]:
    """Return the controls that are narrower than they need, or beyond the edge."""
    dock.setFixedSize(WIDTH_PX, HEIGHT_PX)
    dock.grab()  # lays the hidden window out
    scroll = dock.findChild(QScrollArea)
    content, bar = scroll.widget(), scroll.verticalScrollBar().sizeHint().width()
    assert dock.width() == WIDTH_PX
    assert content.minimumSizeHint().width() <= WIDTH_PX - bar
    cut = []
    for widget in controls(dock):
        if widget.isVisibleTo(dock):
            right = widget.mapTo(dock, QPoint(widget.width(), 0)).x()
            short = widget.width() < least(widget)
            if short or right > WIDTH_PX:
                cut.append(
                    f"{named(widget)}: {widget.width()} px, up to {right}; "
                    f"wants {least(widget)}"
                )
    return cut


def least(widget: QWidget) -> int:
    """Return the width that a control needs; napari's style sets one for boxes."""
    return widget.minimumWidth() or widget.minimumSizeHint().width()
