"""The share between groups: closed forms, chance by all permutations, false alarms."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.stats import f as f_distribution
from scipy.stats import f_oneway

from napari_disentangle.metrics.between import ERROR, between_groups


def test_it_is_the_share_of_the_analysis_of_variance() -> None:
    rng = np.random.default_rng(0)
    x, groups = rng.normal(size=12), list("aaaabbbbbccc")
    found = between_groups(x, groups)
    parts = [x[[g == name for g in groups]] for name in "abc"]
    ratio = f_oneway(*parts).statistic
    assert found.share / (1 - found.share) * 9 / 2 == pytest.approx(ratio)
    at_limit = found.limit / (1 - found.limit) * 9 / 2
    assert f_distribution.sf(at_limit, 2, 9) == pytest.approx(ERROR)


def test_chance_is_the_mean_over_all_ways_to_deal_the_groups_out() -> None:
    x, groups = np.array([0.0, 1.0, 5.0, 7.0, 50.0]), ["a", "a", "b", "b", "c"]
    shares = [between_groups(x, deal).share for deal in permutations(groups)]
    assert between_groups(x, groups).chance == pytest.approx(np.mean(shares))


def test_groups_that_are_apart_are_told_and_others_are_not() -> None:
    apart = between_groups([1, 1.1, 0.9, 5, 5.1, 4.9], list("aaabbb"), tests=25)
    assert apart.share > 0.99
    assert apart.is_mostly_between
    mixed = between_groups([1, 5, 3, 1.1, 4.9, 3.1], list("aaabbb"), tests=25)
    assert mixed.beyond < 0
    assert not mixed.is_mostly_between


@pytest.mark.parametrize("n", [3, 6, 12])
def test_chance_warns_in_few_sessions_however_many_shares_are_looked_at(n: int) -> None:
    rng, tests, sessions = np.random.default_rng(1), 10, 400
    groups = [str(i % 2) for i in range(n)]
    alarms = sum(
        any(
            between_groups(rng.normal(size=n), groups, tests=tests).is_mostly_between
            for _ in range(tests)
        )
        for _ in range(sessions)
    )
    assert alarms / sessions < 1.6 * ERROR


@pytest.mark.parametrize(
    ("values", "groups", "why"),
    [
        ([1, 2], ["a", "b"], "2 images are too few"),
        ([1, 2, np.nan], ["a", "b", "b"], "2 images are too few"),
        ([1, 2, 3], ["a", "a", None], "fewer than two groups"),
        ([1, 2, 3], ["a", "b", "c"], "a group of its own"),
        ([2, 2, 2], ["a", "b", "b"], "the same value"),
        ([], [], "fewer than two groups"),
    ],
)
def test_what_cannot_be_told_is_not_told(
    values: list[float], groups: list[str | None], why: str
) -> None:
    found = between_groups(values, groups)
    assert why in found.why_not
    assert np.isnan(found.share)
    assert not found.is_mostly_between
