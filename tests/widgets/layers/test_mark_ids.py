from __future__ import annotations

import numpy as np
import pytest
from napari.layers import Points, Shapes

from napari_disentangle.widgets._layers.mark_ids import mark_ids

PLACES = np.array([[10.0, 10], [20, 20], [30, 30], [40, 40]])


@pytest.fixture(params=[Points, Shapes])
def marks(request: pytest.FixtureRequest) -> Points | Shapes:
    """Four points, or four rectangles, numbered 1 to 4."""
    if request.param is Points:
        layer = Points(PLACES)
    else:
        layer = Shapes([[at - 3, at + 3] for at in PLACES])
    assert mark_ids(layer).tolist() == [1, 2, 3, 4]
    return layer


def delete(layer: Points | Shapes, *rows: int) -> None:
    layer.selected_data = set(rows)
    layer.remove_selected()


def add(layer: Points | Shapes, at: float) -> None:
    if isinstance(layer, Points):
        layer.add([[at, at]])
    else:
        layer.add([[at - 3, at - 3], [at + 3, at + 3]])


def test_what_is_deleted_takes_its_id_along_and_leaves_the_others_theirs(
    marks: Points | Shapes,
) -> None:
    delete(marks, 0, 2)
    assert mark_ids(marks).tolist() == [2, 4]


def test_an_id_is_never_given_twice(marks: Points | Shapes) -> None:
    delete(marks, 3)
    add(marks, 50)
    assert mark_ids(marks).tolist() == [1, 2, 3, 5]
    delete(marks, 3)
    add(marks, 50)
    assert mark_ids(marks).tolist() == [1, 2, 3, 6]


def test_what_is_moved_keeps_its_id(marks: Points | Shapes) -> None:
    moved = [np.array(mark) for mark in marks.data]
    moved[1] = moved[1] + 5
    marks.data = np.array(moved) if isinstance(marks, Points) else moved
    assert mark_ids(marks).tolist() == [1, 2, 3, 4]


def test_marks_in_another_order_keep_their_ids(marks: Points | Shapes) -> None:
    turned = [np.array(mark) for mark in marks.data][::-1]
    marks.data = np.array(turned) if isinstance(marks, Points) else turned
    assert mark_ids(marks).tolist() == [4, 3, 2, 1]
