"""Widgets that are made later are reached where they are shown."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from napari_disentangle.widgets._tab_order import tab_before


def test_the_tab_key_reaches_them_before_what_stands_below(qtbot: Any) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    layout = QVBoxLayout(parent)
    above, label, below = QLineEdit(), QLabel("here"), QLineEdit()
    for widget in (above, label, below):
        layout.addWidget(widget)
    new = [QLineEdit(), QLineEdit()]
    for place, widget in enumerate(new):
        layout.insertWidget(1 + place, widget)
    tab_before(label, new)  # which does not take the focus itself
    reached, widget = [], above.nextInFocusChain()
    while widget is not None and widget is not above:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            reached.append(widget)
        widget = widget.nextInFocusChain()
    assert reached == [*new, below]


def test_without_another_stop_they_follow_each_other(qtbot: Any) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    new = [QLineEdit(parent), QLineEdit(parent)]
    tab_before(parent, new)
    assert new[0].nextInFocusChain() is new[1]
