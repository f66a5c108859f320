from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from qtpy.QtWidgets import QListWidget

from napari_disentangle.widgets._explore.places import chosen_places, let_go


@pytest.fixture
def view(qtbot: Any) -> QListWidget:
    view = QListWidget()
    qtbot.addWidget(view)
    view.addItems([str(row) for row in range(8)])
    view.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
    return view


def select(view: QListWidget, *rows: int) -> None:
    for row in rows:
        view.item(row).setSelected(True)


def test_selected_rows_are_told_from_the_top_whatever_was_selected_first(
    view: QListWidget,
) -> None:
    select(view, 6, 1, 2, 3)
    assert chosen_places(view).tolist() == [1, 2, 3, 6]


def test_nothing_selected_is_no_row(view: QListWidget) -> None:
    assert chosen_places(view).tolist() == []
    assert chosen_places(view).dtype == np.int64


def test_a_selection_is_let_go_once_one_of_its_rows_does_not_hold(
    view: QListWidget,
) -> None:
    select(view, 1, 2)
    let_go(view, np.array([True, True]))
    assert chosen_places(view).tolist() == [1, 2]
    let_go(view, np.array([True, False]))
    assert chosen_places(view).tolist() == []
