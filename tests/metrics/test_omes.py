from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.omes import (
    Omes,
    association,
    omes,
    omes_of_matrix,
    omes_of_pairs,
    ordinal_reference,
)
from napari_disentangle.metrics.pairs import CodePairs

TEXTURE_DSPRITES = (5, 7, 3, 6, 40, 32, 32)


def changed(S: np.ndarray, row: int, column: int) -> np.ndarray:
    S = S.copy()
    S[row, column] = 1.0
    return S


EYE = np.eye(10, 7)
MODULAR = np.fromfunction(lambda i, j: ((7 * i + j) % 11) / 10, (10, 7))
ORDINAL = np.zeros((10, 7))
np.fill_diagonal(ORDINAL, 1 - 1 / (np.array(TEXTURE_DSPRITES) - 1))

UNIT_TABLE = [  # S, avg at alpha 0 / .5 / 1, max at alpha 0 / .5 / 1
    (EYE, (1, 1, 1), (1, 1, 1)),
    (np.ones((10, 7)), (0.1, 0.1214, 0.1429), (0.1, 0.1214, 0.1429)),
    (np.full((10, 7), 0.5), (0.25, 0.25, 0.25), (0.25, 0.25, 0.25)),
    (MODULAR, (0.3973, 0.3936, 0.3899), (0.6081, 0.6131, 0.618)),
    (changed(EYE, 7, 0), (0.9857, 0.9929, 1), (0.9857, 0.9929, 1)),
    (changed(EYE, 0, 1), (0.9857, 0.9776, 0.9694), (0.9857, 0.9827, 0.9796)),
    (0.8 * EYE + 0.1, (0.442, 0.4412, 0.4405), (0.81, 0.81, 0.81)),
    (ORDINAL, (0.8158, 0.8133, 0.8108), (0.8158, 0.8133, 0.8108)),
]

GOLDEN_S = """
0.8702 0.0000 0.0010 0.0017 0.0007 0.0001
0.0000 0.9135 0.0007 0.0006 0.0001 0.0001
0.0002 0.0003 0.8779 0.0190 0.0011 0.0003
0.0002 0.0006 0.9517 0.4545 0.0019 0.0007
0.0005 0.0011 0.6010 0.0338 0.5268 0.0013
0.0001 0.0003 0.0008 0.0004 0.0003 0.8978
0.0560 0.0035 0.3670 0.5919 0.0401 0.0135
0.0096 0.0099 0.9686 0.1770 0.0579 0.0044
0.8018 0.0191 0.0355 0.2051 0.0356 0.0103
0.0020 0.9670 0.0530 0.0395 0.0090 0.0034
"""


def record(S: np.ndarray, sizes: tuple[int, ...] | None = None) -> Omes:
    n_dimensions, n_factors = S.shape
    return Omes(
        S,
        tuple(range(n_dimensions)),
        (),
        tuple("abcdefghij"[:n_factors]),
        sizes or (5,) * n_factors,
        (100,) * n_factors,
    )


@pytest.mark.parametrize(("S", "avg", "maximum"), UNIT_TABLE)
def test_hand_made_matrices_score_as_the_official_code(S, avg, maximum):
    made = record(S)
    for alpha, mean, best in zip((0, 0.5, 1), avg, maximum, strict=True):
        assert made.score(alpha) == pytest.approx(mean, abs=6e-5)
        assert made.score(alpha, "max") == pytest.approx(best, abs=6e-5)


def test_per_factor_and_association_of_a_hand_made_matrix():
    official = [0.425211, 0.412143, 0.399561, 0.38844, 0.379837, 0.374901, 0.374881]
    made = record(MODULAR)
    np.testing.assert_allclose(made.per_factor(), official, atol=6e-7)
    assert made.association == (3, 6, 9, 0, 0, 0, 0)


def test_given_pairs_reproduce_the_official_matrix_and_scores(golden):
    scores = omes(
        golden.mean,
        golden.factors,
        np.random.default_rng(0),
        names=golden.names,
        pairs=golden.pairs,
    )
    official = np.array([line.split() for line in GOLDEN_S.split("\n") if line], float)
    np.testing.assert_array_equal(scores.S, official)
    assert scores.avg == pytest.approx(0.63744, abs=6e-6)
    assert scores.max == pytest.approx(0.73052, abs=6e-6)
    assert scores.association == (0, 1, 2, 6, 4, 5)
    assert scores.inactive == ()
    per_factor = [0.7426, 0.8675, 0.6520, 0.3426, 0.3682, 0.8518]
    np.testing.assert_allclose(scores.per_factor(), per_factor, atol=6e-5)
    per_factor = [0.8170, 0.9083, 0.8038, 0.5084, 0.4617, 0.8839]
    np.testing.assert_allclose(scores.per_factor(0.5, "max"), per_factor, atol=6e-5)
    modular = [0.7650, 0.9063, 0.7480, 0.3329, 0.3419, 0.8502]
    np.testing.assert_allclose(scores.per_factor(1), modular, atol=6e-5)
    compact = [0.7203, 0.8288, 0.5560, 0.3522, 0.3944, 0.8534]
    np.testing.assert_allclose(scores.per_factor(0), compact, atol=6e-5)


@pytest.mark.parametrize("seed", range(5))
def test_own_pairs_agree_with_the_official_within_its_spread(golden, seed):
    rng = np.random.default_rng(seed)
    scores = omes(golden.mean, golden.factors, rng)
    assert scores.avg == pytest.approx(0.637, abs=0.005)
    assert scores.max == pytest.approx(0.731, abs=0.007)
    noisy = omes(golden.sampled, golden.factors, rng)
    assert noisy.avg == pytest.approx(0.6101, abs=0.005)
    assert noisy.max == pytest.approx(0.7296, abs=0.007)


def test_association_is_one_minus_absolute_pearson():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    y = x * [1.0, -1.0, 0.3] + rng.normal(size=(200, 3)) * [0.5, 0.5, 1.0]
    slow = [1 - abs(np.corrcoef(x[:, j], y[:, j])[0, 1]) for j in range(3)]
    np.testing.assert_allclose(association(x, y), slow, atol=5.1e-5)


def test_association_without_variation_is_defined():
    x = np.tile([1.0, 1.0, 2.0], (5, 1))
    y = x.copy()
    y[:, 1] = np.arange(5)  # moves although its partner stands still
    assert association(x, y).tolist() == [0.0, 1.0, 0.0]


def test_a_factor_that_no_dimension_encodes_scores_zero():
    S = changed(np.zeros((3, 2)), 0, 0)
    made = record(S)
    assert made.per_factor()[1] == 0
    assert made.per_factor(0.5, "max")[1] == 0
    assert record(np.zeros((3, 2))).avg == 0


def test_an_exactly_duplicated_dimension_is_hardly_noticed():
    assert record(changed(EYE, 7, 0)).avg > 0.99


def pairs_of(positions: np.ndarray, partner: np.ndarray, extra: np.ndarray):
    x = np.hstack([positions, np.broadcast_to(extra, (len(positions), len(extra)))])
    y = np.hstack([partner, np.broadcast_to(extra, (len(partner), len(extra)))])
    return x.astype(float), y.astype(float)


def exact_pairs(sizes, rng, n=20_000, extra=()) -> CodePairs:
    """Return pairs of the ideal code: one dimension a factor, then constants."""
    sides = []
    for k, size in enumerate(sizes):
        one = rng.integers(0, sizes, (n, len(sizes)))
        two = one.copy()
        two[:, k] = (one[:, k] + rng.integers(1, size, n)) % size
        sides.append(pairs_of(one, two, np.array(extra)))
    names = tuple(f"f{k}" for k in range(len(sizes)))
    return CodePairs(names, *map(tuple, zip(*sides, strict=True)))


def test_the_ideal_ordinal_code_scores_its_reference():
    sizes = TEXTURE_DSPRITES
    pairs = exact_pairs(sizes, np.random.default_rng(0))
    scores = omes_of_pairs(pairs, np.ones(7), sizes)
    assert scores.avg == pytest.approx(scores.ordinal_reference, abs=0.01)
    assert np.diag(scores.S) == pytest.approx(1 - 1 / (np.array(sizes) - 1), abs=0.02)


@pytest.mark.parametrize(
    ("sizes", "n_dimensions", "reference"),
    [
        (TEXTURE_DSPRITES, 10, 0.8133),
        ((5, 7, 3, 6, 40), 10, 0.749),
        ((5, 7, 3, 6, 40), 5, 0.741),
        ((5, 7, 3, 6, 10), 5, 0.721),
        ((5, 7, 3, 6, 10), 2, 0.721),
        ((2, 2), 4, 0.0),
    ],
)
def test_ordinal_references(sizes, n_dimensions, reference):
    assert ordinal_reference(sizes, n_dimensions) == pytest.approx(reference, abs=6e-4)


def test_constant_dimensions_are_left_out_and_numbering_stays():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 4, (3_000, 2))
    noise = 3 + 1e-12 * rng.normal(size=3_000)
    codes = np.column_stack([np.full(3_000, 0.1), factors[:, 1], noise, factors[:, 0]])
    scores = omes(codes, factors, np.random.default_rng(1))
    assert scores.inactive == (0, 2)
    assert scores.active == (1, 3)
    assert scores.S.shape == (2, 2)
    assert scores.association == (3, 1)
    alone = omes(codes[:, [1, 3]], factors, np.random.default_rng(1))
    np.testing.assert_array_equal(scores.S, alone.S)


def test_codes_without_an_active_dimension_score_zero():
    factors = np.random.default_rng(0).integers(0, 4, (500, 2))
    scores = omes(np.zeros((500, 3)), factors, np.random.default_rng(1))
    assert scores.avg == scores.max == 0
    assert scores.association == (None, None)
    assert scores.inactive == (0, 1, 2)


def test_a_factor_nobody_encodes_cleanly_has_no_dimension():
    assert record(np.array([[0.0, 1.0]])).association == (None, 0)


def test_restricted_scores_are_those_of_the_dimensions_alone():
    S = MODULAR[:, :4]
    part = record(S).restrict([2, 5, 6])
    assert part.active == (2, 5, 6)
    np.testing.assert_array_equal(part.S, S[[2, 5, 6]])
    assert part.avg == record(S[[2, 5, 6]]).avg


@pytest.mark.parametrize(("alpha", "pooling"), [(1.2, "avg"), (0.5, "mean")])
def test_unknown_alpha_or_pooling_is_refused(alpha, pooling):
    with pytest.raises(DataError, match=r"alpha in .0, 1. and a pooling"):
        omes_of_matrix(EYE, alpha, pooling)


def test_pairs_of_another_width_are_refused():
    pairs = exact_pairs((3, 4), np.random.default_rng(0), n=10)
    with pytest.raises(DataError, match="pairs have 2 dimensions, the codes 3"):
        omes_of_pairs(pairs, np.ones(3), (3, 4))
