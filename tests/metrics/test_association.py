"""Associations: against scipy, closed forms, and what chance gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from napari_disentangle.metrics.association import (
    circular_correlation,
    ordered_correlation,
    rank_correlation,
    turned_correlation,
)


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_rank_correlation_is_spearmans_and_leaves_out_missing_values() -> None:
    rng = _rng()
    x = rng.normal(size=50)
    y = x + rng.normal(size=50)
    holes = y.copy()
    holes[:5] = np.nan
    found = rank_correlation(x, holes)
    assert found is not None
    assert found.value == pytest.approx(spearmanr(x[5:], y[5:]).statistic)
    assert found.n == 45
    assert found.low < found.value < found.high


def test_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng, n, r = _rng(1), 60, 0.6
    rho = 6 / np.pi * np.arcsin(r / 2)  # of a bivariate normal
    covered = 0
    for _ in range(400):
        x = rng.normal(size=n)
        y = r * x + np.sqrt(1 - r**2) * rng.normal(size=n)
        found = rank_correlation(x, y)
        assert found is not None
        covered += found.low <= rho <= found.high
    assert 0.92 < covered / 400 < 0.98


@pytest.mark.parametrize("x", [np.zeros(20), np.arange(5.0), np.full(20, np.nan)])
def test_nothing_is_told_of_constant_few_or_missing_samples(x: np.ndarray) -> None:
    assert rank_correlation(x, np.arange(len(x))) is None
    assert circular_correlation(x, np.arange(len(x)), _rng()) is None


def test_weakest_end_is_zero_where_the_interval_crosses_zero() -> None:
    rng = _rng(2)
    found = rank_correlation(rng.normal(size=30), rng.normal(size=30))
    assert found is not None
    assert found.weakest == 0
    strong = rank_correlation(np.arange(30), -np.arange(30.0))
    assert strong is not None
    assert strong.value == pytest.approx(-1)
    assert strong.weakest > 0.99


def test_an_axis_is_followed_through_its_half_turn() -> None:
    rng = _rng(3)
    axis = rng.uniform(0, np.pi, 200)
    code = np.cos(2 * axis - 0.7) + 0.05 * rng.normal(size=200)
    found = circular_correlation(code, axis, rng)
    assert found is not None
    assert found.value > 0.95
    turned = circular_correlation(code, axis + np.pi, _rng(3))
    assert turned is not None
    assert turned.value == pytest.approx(found.value)
    assert abs(spearmanr(code, axis).statistic) < found.value


def test_chance_angles_give_about_nothing() -> None:
    rng = _rng(4)
    values = [
        found.value
        for _ in range(40)
        if (found := circular_correlation(rng.normal(size=30), rng.random(30), rng))
    ]
    assert np.mean(values) < 0.2


def test_groups_are_ordered_where_the_order_is_not_tested() -> None:
    rng = _rng(5)
    group = rng.integers(0, 5, 300)
    code = np.array([2, -1, 0, 1, -2])[group] + 0.1 * rng.normal(size=300)
    found = ordered_correlation(code, group, rng)
    assert found is not None
    assert found > 0.95
    chance = [ordered_correlation(rng.normal(size=300), group, rng) for _ in range(30)]
    assert abs(np.mean([each for each in chance if each is not None])) < 0.1


def test_a_turn_counts_up_to_the_symmetry_of_each_kind_of_object() -> None:
    rng = _rng(6)
    angle, kind = rng.uniform(0, 2 * np.pi, 300), rng.integers(0, 2, 300)
    code = np.where(kind == 0, np.cos(4 * angle), np.sin(2 * angle))
    found = turned_correlation(code, angle, kind, rng)
    assert found is not None
    assert found > 0.9
    none = turned_correlation(rng.normal(size=300), angle, kind, rng)
    assert none is not None
    assert abs(none) < 0.25
