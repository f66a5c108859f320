from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import LabelCrops, plan_crops
from napari_disentangle.crops.joined import JoinedCrops
from napari_disentangle.errors import DataError

SIZE = 16


def crops_of(roi_id: str, seed: int, window_px: float = 20) -> LabelCrops:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, 255, (1, 1, 3, 60, 60), np.uint8)
    labels = np.zeros((1, 1, 60, 60), np.int32)
    for number in range(9):
        y, x = divmod(number, 3)
        labels[0, 0, 20 * y + 4 : 20 * y + 14, 20 * x + 4 : 20 * x + 14] = number + 1
    config = CropConfig(window_px=window_px)
    return plan_crops(image, labels, config, roi_id=roi_id, is_rgb=True)


PARTS = (crops_of("b", 0), crops_of("a", 1), crops_of("c", 2))


@given(st.lists(st.integers(0, 26), max_size=12))
def test_each_row_is_cut_from_its_own_image(chosen: list[int]) -> None:
    joined = JoinedCrops(PARTS)
    rows = np.array(chosen, np.int64)
    cut = joined.cut(rows, SIZE)
    assert cut.shape == (len(rows), 3, SIZE, SIZE)
    for row, crop in zip(rows, cut, strict=True):
        of = joined.table.iloc[row]
        part = next(p for p in PARTS if p.table["roi_id"].iloc[0] == of["roi_id"])
        own = np.flatnonzero(part.table["label"] == of["label"])
        np.testing.assert_array_equal(crop, part.cut(own, SIZE)[0])


def test_rows_are_sorted_by_image_and_label() -> None:
    table = JoinedCrops(PARTS).table
    assert table["roi_id"].tolist() == ["a"] * 9 + ["b"] * 9 + ["c"] * 9
    assert table["label"].tolist() == 3 * list(range(1, 10))
    assert list(table) == list(PARTS[0].table)


def test_the_window_is_known_if_all_share_it() -> None:
    assert JoinedCrops(PARTS).window_px == 20
    assert np.isnan(JoinedCrops([*PARTS, crops_of("d", 3, 30)]).window_px)


def test_two_images_of_one_name_are_refused() -> None:
    with pytest.raises(DataError, match="both called 'a'"):
        JoinedCrops([PARTS[1], crops_of("a", 7)])


def test_nothing_cannot_be_joined() -> None:
    with pytest.raises(DataError, match="no crops to join"):
        JoinedCrops([])
