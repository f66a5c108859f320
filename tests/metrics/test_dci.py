from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.dci import Dci, dci, disentanglement, iter_dci
from napari_disentangle.tasks import run

TOY = np.array([[0.9, 0.1, 0], [0.1, 0.8, 0.3], [0, 0.1, 0.7], [0, 0, 0]])


def test_toy_importances():
    assert disentanglement(TOY) == pytest.approx(0.50991198, abs=5e-9)
    assert disentanglement(TOY.T) == pytest.approx(0.62129757, abs=5e-9)


@pytest.mark.parametrize(
    ("importance", "score"),
    [
        (np.eye(3), 1),
        (np.ones((3, 3)) / 3, 0),
        (np.zeros((3, 3)), 0),
        (np.ones((4, 1)) / 4, 1),
        (np.ones((1, 4)), 0),
    ],
)
def test_extreme_importances(importance, score):
    assert disentanglement(importance) == pytest.approx(score, abs=1e-8)


def random_factors(n: int = 600) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 3, (n, 2))


def test_one_dimension_a_factor_scores_one_and_noise_is_ignored():
    factors = random_factors()
    noise = np.random.default_rng(1).normal(size=(600, 1))
    scores = dci(np.hstack([factors, noise]), factors, np.random.default_rng(0))
    assert scores.disentanglement > 0.99
    assert scores.completeness > 0.99
    assert scores.informativeness == 1
    np.testing.assert_allclose(scores.importance.sum(axis=0), 1)


def test_mixed_dimensions_score_low():
    factors = random_factors()
    mixed = factors @ np.array([[1.0, 1.0], [1.0, -1.0]])
    assert dci(mixed, factors, np.random.default_rng(0)).disentanglement < 0.3


def test_an_event_a_factor_then_the_end():
    events = []
    factors = random_factors(90)
    run(iter_dci(factors, factors, np.random.default_rng(0)), events.append)
    assert [(event.done, event.total) for event in events] == [(0, 2), (1, 2), (2, 2)]


def test_the_first_two_thirds_rounded_up_are_learned_from():
    factors = random_factors(100)[:, :1]
    codes = factors.astype(float)
    codes[67:] = 5  # the other third says nothing
    scores = dci(codes, factors, np.random.default_rng(0))
    assert scores.train_accuracy.tolist() == [1.0]
    assert scores.test_accuracy[0] < 0.6


def test_some_factors_alone():
    scores = Dci(TOY, np.ones(3), np.array([1.0, 0.5, 0.2]), ("a", "b", "c"))
    part = scores.restrict(["c", "a"])
    np.testing.assert_array_equal(part.importance, TOY[:, [2, 0]])
    assert part.informativeness == pytest.approx(0.6)
    assert part.factors == ("c", "a")


def test_sorted_rows_are_refused():
    factors = np.repeat(np.arange(3), 50)[:, None]
    with pytest.raises(DataError, match="rows are sorted by factor 'size'"):
        dci(factors, factors, np.random.default_rng(0), names=("size",))
    factors = np.r_[np.zeros(70, int), np.ones(5, int)][:, None]
    with pytest.raises(DataError, match="single value in the first two thirds"):
        dci(factors, factors, np.random.default_rng(0))


@pytest.mark.slow
def test_golden_values(golden):
    scores = dci(golden.mean, golden.factors, np.random.default_rng(0))
    assert scores.disentanglement == pytest.approx(0.936, abs=0.006)
    assert scores.completeness == pytest.approx(0.848, abs=0.008)
    assert scores.informativeness == pytest.approx(0.99747, abs=0.0005)
    assert scores.train_accuracy.mean() == 1.0
    official = [0.961, 0.859, 0.806, 0.973, 0.805, 0.990]
    np.testing.assert_allclose(np.diag(scores.importance), official, atol=0.02)


def test_dimensions_of_one_group_count_as_one():
    split = np.array([[0.5, 0.0], [0.0, 1.0], [0.5, 0.0]])
    scores = Dci(split, np.ones(2), np.ones(2), ("a", "b"))
    merged = scores.merged((0, 1, 0))
    np.testing.assert_array_equal(merged.importance, [[1, 0], [0, 1], [0, 0]])
    assert scores.completeness < merged.completeness == pytest.approx(1)
