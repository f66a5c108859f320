"""Likeness of pictures: 1 and 0 where they are equal, and of the cell alone."""

from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.pictures import likeness

RNG = np.random.default_rng(0)
REAL = RNG.random((4, 16, 16, 3)).astype(np.float32)
MASKS = np.zeros((4, 16, 16), np.bool_)
MASKS[:, 4:12, 4:12] = True


def test_equal_pictures_are_alike_and_found_again() -> None:
    found = likeness(REAL, REAL, MASKS)
    assert found.error == 0
    assert found.ssim == pytest.approx(1)
    assert found.ssim_cell == pytest.approx(1)
    assert (found.found, found.n) == (1, 4)


def test_an_error_in_the_cell_counts_more_there_than_in_the_picture() -> None:
    drawn = REAL.copy()
    drawn[:, 6:10, 6:10] = 0.5
    found = likeness(drawn, REAL, MASKS)
    assert found.error > 0
    assert found.ssim_cell < found.ssim < 1


def test_one_picture_for_all_finds_one_of_them() -> None:
    mean = np.tile(REAL.mean(axis=0), (4, 1, 1, 1))
    assert likeness(mean, REAL, MASKS).found == 0.25


def test_without_a_mask_the_whole_picture_counts() -> None:
    drawn = np.clip(REAL + 0.1, 0, 1)
    found = likeness(drawn, REAL, np.zeros_like(MASKS))
    assert found.ssim_cell == pytest.approx(found.ssim)


def test_pictures_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="one to one"):
        likeness(REAL[:2], REAL, MASKS)
