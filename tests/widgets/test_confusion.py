"""The confusion matrix of a narrow dock: short heads, whole names in tooltips."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from napari_disentangle.widgets._confusion import ConfusionTable

NAMES = ["white blood cell", "a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize(
    ("n", "head"), [(1, "white blood cell"), (2, "white blood c…"), (7, "whi…")]
)
def test_a_head_is_as_long_as_there_is_room_and_its_tooltip_whole(
    qtbot: Any, n: int, head: str
) -> None:
    table = ConfusionTable()
    qtbot.addWidget(table)
    table.show_confusion(NAMES[:n], np.eye(n, dtype=np.int64))
    column, row = table.horizontalHeaderItem(0), table.verticalHeaderItem(0)
    assert (column.text(), row.text()) == (head, "white blood cell")
    assert column.toolTip() == row.toolTip() == "white blood cell"
