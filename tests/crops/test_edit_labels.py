"""Cells merged, deleted and split; all others stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.draw import disk
from skimage.measure import label

from napari_disentangle.crops.edit_labels import (
    LabelEdit,
    delete_cells,
    merge_cells,
    split_cell,
)
from napari_disentangle.errors import CropError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Labels = NDArray[np.integer]

IDS = (3, 7, 20, 21, 40)


def edited(labels: Labels, edit: LabelEdit) -> Labels:
    changed = labels.copy()
    changed[edit.places] = edit.ids
    return changed


@st.composite
def fields(draw: st.DrawFn) -> Labels:
    """Any blobs of five ids, in pieces or not, some hidden by others."""
    labels = np.zeros((40, 50), np.int32)
    for number in IDS:
        for _ in range(draw(st.integers(1, 2))):
            y, x = draw(st.integers(2, 37)), draw(st.integers(2, 47))
            radius = draw(st.integers(1, 9))
            labels[disk((y, x), radius, shape=labels.shape)] = number
    return labels


some_ids = st.lists(st.sampled_from(IDS), min_size=2, max_size=4, unique=True)


@given(fields(), some_ids)
def test_merging_makes_one_cell_of_all_pixels(labels: Labels, cells: list[int]) -> None:
    present = [cell for cell in cells if (labels == cell).any()]
    if len(present) < 2:
        with pytest.raises(CropError, match="two or more"):
            merge_cells(labels, cells)
        return
    merged = edited(labels, merge_cells(labels, cells))
    chosen = np.isin(labels, present)
    assert (merged[chosen] == min(present)).all()
    np.testing.assert_array_equal(merged[~chosen], labels[~chosen])


@given(fields(), some_ids)
def test_deleting_leaves_background_and_all_others(
    labels: Labels, cells: list[int]
) -> None:
    chosen = np.isin(labels, cells)
    if not chosen.any():
        with pytest.raises(CropError, match="None of the chosen"):
            delete_cells(labels, cells)
        return
    left = edited(labels, delete_cells(labels, cells))
    assert not left[chosen].any()
    np.testing.assert_array_equal(left[~chosen], labels[~chosen])


@given(fields(), st.sampled_from(IDS), st.integers(2, 4))
def test_parts_of_a_split_cell_are_connected_and_fill_it(
    labels: Labels, cell: int, n_parts: int
) -> None:
    try:
        edit = split_cell(labels, cell, n_parts)
    except CropError:
        return
    split = edited(labels, edit)
    inside = labels == cell
    np.testing.assert_array_equal(split[~inside], labels[~inside])
    assert split[inside].all()
    ids = np.unique(split[inside])
    assert len(ids) >= 2
    assert ids[0] == cell
    assert ids[1] > labels.max()
    sizes = [(split == number).sum() for number in ids]
    assert sizes[0] == max(sizes)
    for number in ids:
        assert label(split == number, connectivity=2).max() == 1


@given(st.integers(6, 12), st.integers(6, 12), st.integers(0, 3))
def test_two_touching_discs_come_apart_at_the_waist(a: int, b: int, turn: int) -> None:
    labels = np.zeros((70, 70), np.int32)
    at, gap = (30, 18), round(0.85 * (a + b))
    labels[disk(at, a, shape=labels.shape)] = 5
    labels[disk((at[0], at[1] + gap), b, shape=labels.shape)] = 5
    labels = np.rot90(labels, turn)
    split = edited(labels, split_cell(labels, 5))
    sizes = np.sort([(split == 5).sum(), (split == 6).sum()])
    discs = np.sort([np.pi * a**2, np.pi * b**2])
    np.testing.assert_allclose(sizes, discs, rtol=0.2)


def test_a_volume_is_split_as_well() -> None:
    z, y, x = np.indices((20, 20, 40))
    balls = [(z - 10) ** 2 + (y - 10) ** 2 + (x - c) ** 2 < 64 for c in (10, 23)]
    labels = np.where(balls[0] | balls[1], 2, 0).astype(np.uint16)
    split = edited(labels, split_cell(labels, 2))
    sizes = [(split == number).sum() for number in (2, 3)]
    assert sum(sizes) == (labels == 2).sum()
    assert min(sizes) > 0.8 * max(sizes)


def test_a_round_cell_has_no_waist() -> None:
    labels = np.zeros((40, 40), np.int32)
    labels[disk((20, 20), 12)] = 5
    with pytest.raises(CropError, match="no waist"):
        split_cell(labels, 5)


def test_a_cell_that_is_not_there_is_not_split() -> None:
    with pytest.raises(CropError, match="Cell 9 is not"):
        split_cell(np.ones((5, 5), np.int32), 9)
    with pytest.raises(CropError, match="Cell 0 is not"):
        split_cell(np.zeros((5, 5), np.int32), 0)


def test_ids_never_overflow() -> None:
    labels = np.zeros((10, 10), np.uint8)
    labels[0, 0], labels[9, 9], labels[5, 5] = 4, 4, 255
    with pytest.raises(CropError, match="no id left"):
        split_cell(labels, 4)
    labels[5, 5] = 254
    assert edited(labels, split_cell(labels, 4)).max() == 255


def test_new_ids_can_be_kept_clear_of_other_frames() -> None:
    labels = np.zeros((10, 10), np.int32)
    labels[0, 0], labels[9, 9] = 4, 4
    assert set(split_cell(labels, 4, first_id=100).ids) == {4, 100}
