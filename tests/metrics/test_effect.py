"""Effects: against their definitions, and intervals that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.effect import effect, image_means


def test_delta_counts_pairs_and_d_is_the_distance_in_sd() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, 40), rng.normal(1, 1, 30)
    found = effect(a, b, rng)
    above = (b[:, None] > a).mean() - (b[:, None] < a).mean()
    assert found.delta == pytest.approx(above)
    pooled = np.sqrt((39 * a.var(ddof=1) + 29 * b.var(ddof=1)) / 68)
    assert found.d == pytest.approx((b.mean() - a.mean()) / pooled)
    assert found.delta_low < found.delta < found.delta_high
    assert found.d_low < found.d < found.d_high
    assert found.gap == pytest.approx(b.mean() - a.mean())
    assert found.gap_low < found.gap < found.gap_high
    assert found.is_clear
    assert (found.n_a, found.n_b, found.unit) == (40, 30, "cell")


def test_equal_groups_are_seldom_told_apart() -> None:
    rng = np.random.default_rng(1)
    clear = [effect(*rng.normal(size=(2, 25)), rng).is_clear for _ in range(60)]
    assert np.mean(clear) < 0.15


def test_swapping_groups_turns_the_sign() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=20), rng.normal(size=12)
    assert effect(a, b, rng).delta == pytest.approx(-effect(b, a, rng).delta)


def test_groups_without_spread_have_no_distance_in_sd() -> None:
    found = effect(np.zeros(5), np.ones(5), np.random.default_rng(0))
    assert found.delta == 1
    assert (found.gap, found.gap_low, found.gap_high) == (1, 1, 1)
    assert np.isnan([found.d, found.d_low, found.d_high]).all()


def test_resamples_without_spread_leave_the_interval_of_the_others() -> None:
    found = effect([0.0, 0, 1], [5.0, 5, 5], np.random.default_rng(0))
    assert 0 < found.d_low <= found.d <= found.d_high


@pytest.mark.parametrize("bad", [[1.0, 2.0], [1.0, np.nan, 2.0, 3.0]])
def test_too_few_or_missing_samples_are_refused(bad: list[float]) -> None:
    with pytest.raises(DataError):
        effect(bad, np.arange(9.0), np.random.default_rng(0))


def test_means_of_images_weigh_each_image_once() -> None:
    values = np.array([[1.0, 0.0], [3.0, 0.0], [10.0, 5.0]])
    found = image_means(values, ["b", "b", "a"])
    np.testing.assert_allclose(found, [[10, 5], [2, 0]])


@pytest.mark.parametrize("n", [3, 4, 6])
def test_chance_makes_few_small_groups_clear(n: int) -> None:
    rng = np.random.default_rng(2)
    clear = [effect(*rng.normal(size=(2, n)), rng).is_clear for _ in range(100)]
    assert np.mean(clear) <= 0.12
    far = effect(np.zeros(n) + rng.normal(size=n), 99 + rng.normal(size=n), rng)
    assert far.is_clear == (n > 3)
