from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.refit import SAME_PX, refit
from napari_disentangle.annotations.values import Annotations, CellClass

KIND = CellClass("kind", "#cc0000", 1)


def cells(labels: list[int], places: list[tuple[float, float]]) -> pd.DataFrame:
    y, x = zip(*places, strict=True)
    return pd.DataFrame(
        {"roi_id": "a", "frame": 0, "label": labels, "pos_y": y, "pos_x": x}
    )


BEFORE = cells([1, 2, 3], [(10, 10), (50, 50), (90, 10)])


def test_the_same_cells_keep_their_annotations() -> None:
    value = Annotations((KIND,)).set(BEFORE, "kind")
    found = refit(value, BEFORE, 5)
    assert (found.moved, found.lost) == (0, 0)
    assert found.annotations == value


def test_annotations_follow_cells_with_new_ids_and_never_a_reused_id() -> None:
    value = Annotations((KIND,)).set(BEFORE.iloc[:2], "kind")
    now = cells([1, 7, 8], [(90, 10), (11, 10), (50, 52)])
    found = refit(value, now, 5)
    assert sorted(found.annotations.images["a"]) == [(0, 7), (0, 8)]
    assert (found.moved, found.lost) == (2, 0)


def test_a_cell_that_is_gone_loses_its_annotation_and_is_counted() -> None:
    value = Annotations((KIND,)).set(BEFORE, "kind")
    found = refit(value, cells([1], [(10, 10)]), 5)
    assert list(found.annotations.images["a"]) == [(0, 1)]
    assert (found.moved, found.lost) == (0, 2)


def test_two_annotations_never_meet_on_one_cell() -> None:
    value = Annotations((KIND,)).set(cells([5, 6], [(10, 10), (12, 10)]), "kind")
    found = refit(value, cells([1], [(10.5, 10)]), 5)
    assert len(found.annotations) == 1
    assert (found.moved, found.lost) == (1, 1)


def test_where_two_annotations_fit_a_cell_alike_it_gets_neither() -> None:
    value = Annotations((KIND,)).set(cells([5, 6], [(10, 10), (12, 10)]), "kind")
    found = refit(value, cells([1], [(11, 10)]), 5)
    assert (len(found.annotations), found.lost) == (0, 2)


CROWD = cells([1, 2, 3, 4], [(10, 10), (13, 10), (16, 10), (16, 13)])
KINDS = [CellClass(name, f"#00000{row}") for row, name in enumerate("abcd")]


def crowd_of_classes() -> Annotations:
    value = Annotations(tuple(KINDS))
    for row, kind in enumerate(KINDS):
        value = value.set(CROWD.iloc[[row]], kind.name)
    return value


@pytest.mark.parametrize("rows", [[1, 2, 3], [3, 2, 1, 0], [2, 0], [0, 2, 3]])
@pytest.mark.parametrize("reach", [SAME_PX, 8.0])
def test_close_cells_that_are_counted_anew_keep_their_own_classes(
    rows: list[int], reach: float
) -> None:
    now = CROWD.iloc[rows].assign(label=range(1, len(rows) + 1))
    found = refit(crowd_of_classes(), now, reach)
    named = found.annotations.names_of(now).tolist()
    if reach == SAME_PX:
        assert found.lost == 4 - len(rows)
    assert named == ["abcd"[row] for row in rows]


def test_the_class_of_a_deleted_point_goes_to_no_neighbor() -> None:
    value = Annotations((KIND,)).set(CROWD.iloc[[0, 3]], "kind")
    now = CROWD.iloc[1:].assign(label=[1, 2, 3])
    found = refit(value, now, SAME_PX)
    assert sorted(found.annotations.images["a"]) == [(0, 3)]
    assert (found.moved, found.lost) == (1, 1)


def test_points_above_each_other_are_told_apart_by_their_plane() -> None:
    stack = cells([1, 2, 3], [(10, 10)] * 3).assign(pos_z=[2.0, 3, 4])
    value = Annotations((KIND,)).set(stack.iloc[[1]], "kind")
    now = stack.iloc[1:].assign(label=[1, 2])
    found = refit(value, now, SAME_PX)
    assert sorted(found.annotations.images["a"]) == [(0, 1)]
    nowhere = Annotations((KIND,)).set(stack.iloc[[1]].drop(columns="pos_z"), "kind")
    gone = refit(nowhere, now.assign(label=[7, 8]), SAME_PX)
    assert (len(gone.annotations), gone.lost) == (0, 1)


def test_each_cell_has_a_reach_of_its_own() -> None:
    value = Annotations((KIND,)).set(BEFORE, "kind")
    now = cells([4, 5, 6], [(12, 10), (52, 50), (92, 10)])
    found = refit(value, now, np.array([3.0, 1.0, 3.0]))
    assert sorted(found.annotations.images["a"]) == [(0, 4), (0, 6)]


def test_cells_of_another_frame_are_other_cells() -> None:
    value = Annotations((KIND,)).set(BEFORE.assign(frame=1), "kind")
    assert refit(value, BEFORE, 5).lost == 3


def test_without_positions_the_id_decides() -> None:
    nowhere = BEFORE.assign(pos_y=np.nan, pos_x=np.nan)
    value = Annotations((KIND,)).set(nowhere, "kind")
    found = refit(value, BEFORE.iloc[:2], 5)
    assert len(found.annotations) == 2
    assert found.lost == 1


def test_other_images_are_left_alone() -> None:
    value = Annotations((KIND,)).set(BEFORE.assign(roi_id="b"), "kind")
    assert refit(value, BEFORE, 5).annotations == value


def test_a_cell_without_a_crop_keeps_its_annotation_but_gets_no_other() -> None:
    value = Annotations((KIND,)).set(BEFORE, "kind")
    now, skipped = BEFORE.iloc[:1], BEFORE.iloc[1:2]
    found = refit(value, now, 5, skipped)
    assert sorted(found.annotations.images["a"]) == [(0, 1), (0, 2)]
    assert (found.moved, found.lost) == (0, 1)
    elsewhere = cells([2, 9], [(200, 200), (91, 10)])  # its id was given to another
    found = refit(value, now, 5, elsewhere)
    assert sorted(found.annotations.images["a"]) == [(0, 1)]
    assert found.lost == 2


def test_the_class_of_a_skipped_point_stays_with_it_by_its_new_id() -> None:
    value = Annotations((KIND,)).set(BEFORE, "kind")
    now, skipped = BEFORE.iloc[[2]].assign(label=2), BEFORE.iloc[[1]].assign(label=1)
    found = refit(value, now, SAME_PX, skipped)
    assert sorted(found.annotations.images["a"]) == [(0, 1), (0, 2)]
    assert (found.moved, found.lost) == (2, 1)
