from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.factors import FactorSpace
from napari_disentangle.recipes.score_images import MAX_GRID, plan_images

SMALL = FactorSpace(("a", "b", "c"), (3, 4, 5))
LARGE = FactorSpace(("a", "b", "c"), (40, 40, 40))


def plan(space=SMALL, unseen=None, n_images=100, n_pairs=500):
    rng = np.random.default_rng(0)
    return plan_images(space, rng, unseen=unseen, n_images=n_images, n_pairs=n_pairs)


@pytest.mark.parametrize("space", [SMALL, LARGE])
def test_pairs_differ_in_their_factor_alone(space):
    images = plan(space)
    for column, rows in enumerate(images.pairs):
        one, two = images.positions[rows[:, 0]], images.positions[rows[:, 1]]
        assert (one[:, column] != two[:, column]).all()
        np.testing.assert_array_equal(
            np.delete(one, column, 1), np.delete(two, column, 1)
        )


def test_of_a_small_space_every_combination_is_drawn_equally_often():
    images = plan()
    counts = np.bincount(SMALL.to_index(images.positions), minlength=60)
    assert counts.tolist() == [2] * 60  # 100 images asked for
    assert sorted(images.scored.tolist()) == list(range(120))
    assert [len(rows) for rows in images.pairs] == [500] * 3


def test_only_unseen_combinations_are_scored_and_start_pairs():
    unseen = SMALL.to_positions(np.array([3, 17, 40]))
    images = plan(unseen=unseen)
    wanted = {3, 17, 40}
    assert len(images.scored) >= 100
    assert set(SMALL.to_index(images.positions[images.scored])) == wanted
    for rows in images.pairs:
        assert set(SMALL.to_index(images.positions[rows[:, 0]])) <= wanted
    assert len(images.positions) == 60 + 3 * 33


def test_of_a_large_space_random_images_are_drawn_and_all_scored():
    assert LARGE.n_combinations > MAX_GRID
    images = plan(LARGE, n_images=10_000)
    assert len(images.positions) == len(images.scored) == 10_000
    assert [len(rows) for rows in images.pairs] == [2_500] * 3


def test_scored_images_come_in_random_order():
    images = plan(n_images=1)
    assert images.scored.tolist() != sorted(images.scored.tolist())


def test_pairs_of_codes_follow_the_rows():
    images = plan()
    codes = images.positions.astype(np.float32)
    pairs = images.code_pairs(codes)
    assert pairs.factors == SMALL.names
    np.testing.assert_array_equal(pairs.first[1], codes[images.pairs[1][:, 0]])
    np.testing.assert_array_equal(pairs.second[1], codes[images.pairs[1][:, 1]])
