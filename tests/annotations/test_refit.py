from __future__ import annotations

import numpy as np
import pandas as pd

from napari_disentangle.annotations.refit import refit
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
    found = refit(value, cells([1], [(11, 10)]), 5)
    assert len(found.annotations) == 1
    assert (found.moved, found.lost) == (1, 1)


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
