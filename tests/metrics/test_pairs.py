from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.pairs import (
    MAX_PAIRS,
    CodePairs,
    given_pairs,
    pairs_among,
    sample_pairs,
)

SMALL_TABLES = st.integers(1, 40).flatmap(
    lambda n: arrays(np.int64, (n, 3), elements=st.integers(0, 3))
)


def slow_count(positions: np.ndarray, factor: int) -> int:
    """Count official pairs by the letter of the definition."""
    distinct = sorted({tuple(row) for row in positions.tolist()})
    rows = 0
    for one in distinct:
        group = [
            other
            for other in distinct
            if all(one[k] == other[k] for k in range(len(one)) if k != factor)
        ]
        rows += len(group) // 2
    return rows


@given(SMALL_TABLES, st.integers(0, 2), st.integers(0, 2**32 - 1))
def test_pairs_are_as_many_as_defined_and_differ_in_the_factor_alone(
    positions, factor, seed
):
    pairs = sample_pairs(positions, factor, np.random.default_rng(seed))
    assert len(pairs) == slow_count(positions, factor)
    differs = positions[pairs[:, 0]] != positions[pairs[:, 1]]
    assert differs[:, factor].all()
    assert not np.delete(differs, factor, axis=1).any()


@given(SMALL_TABLES, st.integers(0, 2))
def test_the_first_of_equal_samples_stands_for_all(positions, factor):
    pairs = sample_pairs(positions, factor, np.random.default_rng(0))
    firsts = np.unique(positions, axis=0, return_index=True)[1]
    assert np.isin(pairs, firsts).all()


def test_a_full_group_is_visited_once_for_each_member_in_disjoint_pairs():
    pairs = sample_pairs(np.arange(5)[:, None], 0, np.random.default_rng(0))
    assert len(pairs) == 5 * 2
    for visit in pairs.reshape(5, 4):
        assert len(set(visit.tolist())) == 4


def test_partners_are_drawn_evenly():
    rng = np.random.default_rng(0)
    pairs = np.concatenate(
        [sample_pairs(np.arange(4)[:, None], 0, rng) for _ in range(2_000)]
    )
    seen = np.bincount(pairs[:, 0] * 4 + pairs[:, 1], minlength=16).reshape(4, 4)
    expected = len(pairs) / 12
    off = seen[~np.eye(4, dtype=bool)]
    assert np.abs(off - expected).max() < 5 * np.sqrt(expected)


def test_more_pairs_than_the_limit_are_cut_to_it():
    positions = np.random.default_rng(0).permutation(3_000)[:, None]
    rng = np.random.default_rng(0)
    assert len(sample_pairs(positions, 0, rng)) == MAX_PAIRS
    assert len(sample_pairs(positions, 0, rng, max_pairs=70)) == 70


def test_official_numbers_of_pairs(golden):
    codes = golden.mean
    positions = golden.factors.astype(np.int64)
    pairs = pairs_among(codes, positions, golden.names, np.random.default_rng(0))
    assert pairs.counts == (6601, 6669, 6615, 5459, 892, 5077)
    assert pairs.counts == golden.pairs.counts


def test_codes_follow_their_pairs_and_the_seed_fixes_them():
    positions = np.random.default_rng(0).integers(0, 3, (50, 2))
    codes = positions.astype(float)
    one, two = (
        pairs_among(codes, positions, ("a", "b"), np.random.default_rng(7))
        for _ in range(2)
    )
    for k in range(2):
        assert (one.first[k][:, k] != one.second[k][:, k]).all()
        assert (one.first[k][:, 1 - k] == one.second[k][:, 1 - k]).all()
        np.testing.assert_array_equal(one.first[k], two.first[k])


def test_too_few_distinct_pairs_are_refused_naming_the_factor():
    positions = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    with pytest.raises(DataError, match="'a' has 2 intervention pairs"):
        pairs_among(np.eye(4), positions, ("a", "b"), np.random.default_rng(0))
    with pytest.raises(DataError, match="'a' has 0 intervention pairs"):
        pairs_among(np.eye(2), positions[:2], ("a", "b"), np.random.default_rng(0))


def test_given_pairs_are_ordered_by_factor():
    x = {"b": np.zeros((3, 2)), "a": np.ones((4, 2))}
    pairs = given_pairs(x, x, ("a", "b"))
    assert pairs.factors == ("a", "b")
    assert pairs.counts == (4, 3)


@pytest.mark.parametrize(
    ("y", "said"),
    [
        ({"b": np.ones((4, 2))}, "no pairs for factor 'a'; given: b"),
        ({"a": np.ones((5, 2)), "b": np.ones((4, 2))}, "'a' must have equal shapes"),
        ({"a": np.full((4, 2), np.nan), "b": np.ones((4, 2))}, "Pairs of 'a' hold NaN"),
    ],
)
def test_pairs_that_do_not_fit_are_refused(y, said):
    x = {"a": np.ones((4, 2)), "b": np.ones((4, 2))}
    with pytest.raises(DataError, match=said):
        given_pairs(x, y, ("a", "b"))


def test_factors_with_other_widths_are_refused():
    a, b = np.ones((4, 2)), np.ones((4, 3))
    with pytest.raises(DataError, match="'b' must have equal shapes"):
        CodePairs(("a", "b"), (a, b), (a, b))
