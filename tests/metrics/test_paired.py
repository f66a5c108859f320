"""Pairs and descriptions: as they are defined, and never surer than they may be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.paired import describe, paired_effect


def test_delta_counts_images_and_its_interval_is_that_of_the_sign_test() -> None:
    a = np.arange(10.0)
    b = a + np.array([1, 1, 1, 1, 1, 1, 1, 1, -1, 0])
    found = paired_effect(a, b)
    assert found.delta == pytest.approx(0.7)
    exact = binomtest(8, 9).proportion_ci(0.95, method="exact")
    assert found.delta_low == pytest.approx((2 * exact.low - 1) * 0.9)
    assert found.delta_high == pytest.approx((2 * exact.high - 1) * 0.9)
    assert (found.n_a, found.n_b, found.unit, found.paired) == (10, 10, "image", True)


def test_mean_difference_and_g_av_are_those_of_an_example_worked_by_hand() -> None:
    """Differences 1, 2, 1, 2: mean 1.5, sd 1/sqrt(3); t of 3 degrees is 3.182446.

    The variances 5/3 and 8/3 average to 13/6; J = 1 - 3/11.
    """
    found = paired_effect([1.0, 2, 3, 4], [2.0, 4, 4, 6], unit="day")
    half = 3.182446 / np.sqrt(3) / 2
    assert found.gap == 1.5
    assert found.gap_low == pytest.approx(1.5 - half)
    assert found.gap_high == pytest.approx(1.5 + half)
    assert found.d == pytest.approx(0.7411268)  # 1.5 * 8 / 11 / 1.4719601
    assert found.d_low == pytest.approx((1.5 - half) * 8 / 11 / 1.4719601)
    assert found.d_high == pytest.approx((1.5 + half) * 8 / 11 / 1.4719601)


def test_what_days_share_leaves_the_difference_and_shrinks_g_av() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=8)
    b, days = a + rng.normal(0.5, 0.3, 8), 10 * np.arange(8)
    alike, apart = paired_effect(a, b), paired_effect(a + days, b + days)
    t = ttest_1samp(b - a, 0).confidence_interval(0.95)
    for found in (alike, apart):
        assert found.gap == pytest.approx((b - a).mean())
        assert (found.gap_low, found.gap_high) == pytest.approx((t.low, t.high))
    assert 0 < apart.d < alike.d / 5


def test_without_any_spread_g_av_is_unknown_and_not_zero() -> None:
    found = paired_effect(np.zeros(4), np.ones(4))
    assert (found.gap, found.gap_low, found.gap_high) == (1, 1, 1)
    assert np.isnan([found.d, found.d_low, found.d_high]).all()


@pytest.mark.parametrize(("n", "clear"), [(3, False), (5, False), (6, True)])
def test_few_images_are_never_clear_however_much_they_agree(
    n: int, clear: bool
) -> None:
    a = np.arange(float(n))
    assert paired_effect(a, a + 100).is_clear == clear
    assert paired_effect(a, a - 100).is_clear == clear
    assert paired_effect(a, a + 100).delta == 1


def test_chance_makes_few_pairs_clear() -> None:
    rng = np.random.default_rng(1)
    clear = [paired_effect(*rng.normal(size=(2, 9))).is_clear for _ in range(400)]
    assert 0 < np.mean(clear) <= 0.06


def test_images_that_differ_count_less_than_what_is_the_same_in_each() -> None:
    """A shift in every image is found where the images themselves lie far apart."""
    a = np.array([0.0, 10, 20, 30, 40, 50, 60])
    assert paired_effect(a, a + 1).is_clear


def test_equal_pairs_are_neither_higher_nor_lower() -> None:
    found = paired_effect(np.arange(7.0), np.arange(7.0))
    assert (found.delta, found.delta_low, found.delta_high) == (0, -1, 1)
    assert not found.is_clear


def test_a_description_has_no_interval_and_is_never_clear() -> None:
    found = describe(np.zeros(50) + np.arange(50), 1000 + np.arange(50.0))
    assert found.delta == 1
    assert found.gap == 1000
    ends = found.delta_low, found.delta_high, found.d_low, found.d_high
    ends = *ends, found.gap_low, found.gap_high
    assert np.isnan(ends).all()
    assert not found.is_tested
    assert not found.is_clear
    assert paired_effect(np.arange(3.0), np.ones(3)).is_tested


@pytest.mark.parametrize("bad", [[1.0, 2.0], [1.0, np.nan, 2.0], [1.0, 2.0, 3.0, 4.0]])
def test_pairs_that_cannot_be_compared_are_refused(bad: list[float]) -> None:
    with pytest.raises(DataError):
        paired_effect(bad, np.arange(3.0))


def test_too_few_cells_are_not_described() -> None:
    with pytest.raises(DataError, match="at least 3 cells"):
        describe([1.0, 2.0], np.arange(9.0))
