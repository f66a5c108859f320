from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import ConfigError
from napari_disentangle.factors import FactorSpace
from napari_disentangle.synthetic.pairs import (
    draw_pairs,
    draw_stars,
    intervention_pairs,
)

SPACE = FactorSpace(("texture", "color", "shape"), (5, 7, 3))


@pytest.mark.parametrize("seed", range(3))
def test_pairs_differ_in_the_named_factor_and_in_no_other(seed: int) -> None:
    pairs = draw_pairs(SPACE, np.random.default_rng(seed), 500)
    changed = pairs.first != pairs.second
    assert len(pairs) == 500
    np.testing.assert_array_equal(changed.sum(axis=1), 1)
    np.testing.assert_array_equal(changed.argmax(axis=1), pairs.factor)


def test_the_papers_pairs_coincide_as_often_as_chance() -> None:
    pairs = draw_pairs(SPACE, np.random.default_rng(0), 60_000, differ=False)
    same = (pairs.first == pairs.second).all(axis=1)
    for column, size in enumerate(SPACE.sizes):
        assert same[pairs.factor == column].mean() == pytest.approx(1 / size, abs=0.01)


def test_factors_and_first_images_are_uniform() -> None:
    pairs = draw_pairs(SPACE, np.random.default_rng(0), 60_000)
    np.testing.assert_allclose(np.bincount(pairs.factor) / 60_000, 1 / 3, atol=0.01)
    combinations = np.bincount(SPACE.to_index(pairs.first), minlength=105)
    np.testing.assert_allclose(combinations / 60_000, 1 / 105, atol=0.002)


def test_equal_seeds_give_equal_pairs() -> None:
    one, other = (draw_pairs(SPACE, np.random.default_rng(4), 50) for _ in range(2))
    np.testing.assert_array_equal(one.first, other.first)
    np.testing.assert_array_equal(one.second, other.second)
    np.testing.assert_array_equal(one.factor, other.factor)


def test_a_factor_with_one_value_is_never_drawn() -> None:
    space = FactorSpace(("fixed", "free"), (1, 3))
    pairs = draw_pairs(space, np.random.default_rng(0), 100)
    assert (pairs.factor == 1).all()


def test_no_pair_can_differ_when_nothing_varies() -> None:
    space = FactorSpace(("fixed",), (1,))
    with pytest.raises(ConfigError, match="fixed"):
        draw_pairs(space, np.random.default_rng(0), 1)
    with pytest.raises(ConfigError, match="'fixed' has one value"):
        intervention_pairs(space, np.random.default_rng(0), 1, "fixed")


@pytest.mark.parametrize("factor", SPACE.names)
def test_an_intervention_changes_its_factor_alone(factor: str) -> None:
    pairs = intervention_pairs(SPACE, np.random.default_rng(0), 300, factor)
    changed = pairs.first != pairs.second
    column = SPACE.column(factor)
    assert (pairs.factor == column).all()
    assert changed[:, column].all()
    assert changed.sum() == 300


def test_an_unknown_factor_is_named() -> None:
    with pytest.raises(ConfigError, match=r"'colour'.*texture, color, shape"):
        intervention_pairs(SPACE, np.random.default_rng(0), 1, "colour")


def test_a_star_has_one_ray_a_factor_that_differs_in_it_alone() -> None:
    center, *rays = draw_stars(SPACE, np.random.default_rng(0), 100)
    assert len(rays) == SPACE.n_factors
    for column, ray in enumerate(rays):
        changed = ray != center
        assert changed[:, column].all()
        assert changed.sum() == 100
