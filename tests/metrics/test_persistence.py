"""Persistence sees what was kept, mirrored, swapped, silenced and moved."""

from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.persistence import persistence

CODES = np.random.default_rng(0).normal(size=(400, 4))


def test_unchanged_codes_are_kept_without_drift() -> None:
    same = persistence(CODES, CODES)
    np.testing.assert_allclose(same.kept, 1)
    np.testing.assert_allclose(same.drift, 0)
    assert same.matching == (0, 1, 2, 3)
    assert (same.swapped, same.dead) == ((), ())


def test_a_shift_is_drift_in_sd_and_no_loss_of_agreement() -> None:
    moved = persistence(CODES, CODES + 3 * CODES.std(axis=0))
    np.testing.assert_allclose(moved.kept, 1)
    np.testing.assert_allclose(moved.drift, 3)


def test_a_mirrored_dimension_is_told_apart_and_not_swapped() -> None:
    mirrored = persistence(CODES, CODES * [1, -1, 1, 1])
    np.testing.assert_allclose(mirrored.kept, [1, -1, 1, 1])
    assert mirrored.swapped == ()


def test_swapped_dimensions_are_found_even_in_a_new_dimension() -> None:
    swapped = persistence(CODES, CODES[:, [1, 0, 2, 3]])
    assert swapped.matching == (1, 0, 2, 3)
    assert swapped.swapped == (0, 1)
    noise = np.random.default_rng(1).normal(size=(400, 1))
    moved = np.hstack([CODES[:, :3], noise, CODES[:, 3:]])
    assert persistence(CODES, moved).swapped == (3,)


def test_a_dimension_that_falls_silent_is_dead_and_one_that_was_silent_is_not() -> None:
    after = CODES * [1, 0, 1, 1]
    gone = persistence(CODES, after)
    assert gone.dead == (1,)
    assert gone.kept[1] == 0
    assert persistence(after, after).dead == ()


@pytest.mark.parametrize(
    "after", [CODES[:100], CODES[:, :3], np.full((400, 4), np.nan)]
)
def test_codes_that_cannot_be_compared_are_refused(after) -> None:
    with pytest.raises(DataError):
        persistence(CODES, after)
