"""Cells that count are all but the excluded ones, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.annotations.exclusions import exclude, include
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.counted import counted_cells, left_out_text
from napari_disentangle.crops.cut import LabelCrops, plan_crops
from napari_disentangle.errors import DataError
from napari_disentangle.tables import Embedding

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.fixture
def crops(painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]]) -> LabelCrops:
    """Cells 1, 5, 10, 11, 40, 41, 300."""
    image, labels = painted_cells
    return plan_crops(to_tzcyx(image, "yxc"), to_tzyx(labels, "yx"), CropConfig())


@pytest.fixture
def value(crops: LabelCrops) -> Annotations:
    """Cells 5 and 300 are debris."""
    return exclude(Annotations(), crops.table.iloc[[1, 6]], "debris")


def test_crops_and_codes_of_the_rest_stay_row_by_row(
    crops: LabelCrops, value: Annotations
) -> None:
    codes = np.arange(14, dtype=np.float32).reshape(7, 2)
    embedding = Embedding(codes, codes + 100, ("a", "b"), "m-1", crops.table)
    found = counted_cells(crops, value)
    kept = found.codes(embedding)
    assert found.rows.tolist() == [0, 2, 3, 4, 5]
    assert found.crops.table["label"].tolist() == [1, 10, 11, 40, 41]
    assert kept.table["label"].tolist() == [1, 10, 11, 40, 41]
    np.testing.assert_array_equal(kept.mean, codes[found.rows])
    np.testing.assert_array_equal(kept.sd, codes[found.rows] + 100)
    cut = found.crops.cut(np.array([1]), 32)
    np.testing.assert_array_equal(cut, crops.cut(np.array([2]), 32))


def test_how_many_were_left_out_is_told(crops: LabelCrops, value: Annotations) -> None:
    found = counted_cells(crops, value)
    assert found.note == "2 excluded cells left out."
    assert found.describe("of image") == "5 cells of image (2 excluded)"
    assert left_out_text(1) == "1 excluded cell left out."


def test_without_exclusions_the_very_crops_are_returned(
    crops: LabelCrops, value: Annotations
) -> None:
    elsewhere = exclude(Annotations(), crops.table.assign(roi_id="other"), "debris")
    none_left = include(value, crops.table)
    for known in (None, Annotations(), elsewhere, none_left):
        found = counted_cells(crops, known)
        assert found.crops is crops
        assert found.note == ""
        assert found.describe("of image") == "7 cells of image"


def test_if_all_are_excluded_it_says_what_to_do(crops: LabelCrops) -> None:
    value = exclude(Annotations(), crops.table, "debris")
    with pytest.raises(DataError, match="All 7 cells are excluded; include some"):
        counted_cells(crops, value)
