from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from napari_disentangle.metrics.mig import mig

GOLDEN = [0.72118, 0.54432, 0.61870, 0.65956, 0.37974, 0.74129]
GOLDEN_SAMPLED = [0.74603, 0.59108, 0.60637, 0.65677, 0.43606, 0.70999]


def test_golden_values(golden):
    scores = mig(golden.mean, golden.factors, names=golden.names)
    assert scores.value == pytest.approx(0.6107976110571803, abs=1e-9)
    np.testing.assert_allclose(scores.per_factor, GOLDEN, atol=6e-6)
    scores = mig(golden.sampled, golden.factors)
    assert scores.value == pytest.approx(0.6243825129885878, abs=1e-9)
    np.testing.assert_allclose(scores.per_factor, GOLDEN_SAMPLED, atol=6e-6)


def test_toy_value():
    x = np.linspace(0, 1, 1000)
    codes = np.stack([x, x**2, np.cos(20 * x)], axis=1)
    steps = [np.minimum(np.floor(5 * x), 4), np.minimum(np.floor(3 * x), 2)]
    assert mig(codes, np.stack(steps, axis=1)).value == pytest.approx(
        0.04872208, abs=5e-9
    )


def test_information_is_that_of_the_binned_codes():
    rng = np.random.default_rng(0)
    factors = rng.integers(0, 4, (500, 2))
    codes = factors @ rng.normal(size=(2, 3)) + 0.3 * rng.normal(size=(500, 3))
    scores = mig(codes, factors)
    for j in range(3):
        edges = np.histogram(codes[:, j], 20)[1]
        bins = np.digitize(codes[:, j], edges[:-1])
        for k in range(2):
            slow = mutual_info_score(bins, factors[:, k])
            assert scores.information[j, k] == pytest.approx(slow, abs=1e-12)


def test_one_clean_dimension_a_factor_scores_one_and_a_copy_zero():
    factors = np.random.default_rng(0).integers(0, 4, (2_000, 2))
    assert mig(factors, factors).value == pytest.approx(1, abs=0.01)
    assert mig(np.hstack([factors, factors]), factors).value == pytest.approx(0)


@pytest.mark.parametrize("constant", [0.0, 7.3, 1e20, -1e-30])
def test_a_constant_dimension_carries_nothing(constant):
    factors = np.random.default_rng(0).integers(0, 4, (200, 2))
    column = np.full((200, 1), constant, np.float32)
    column[0] = np.nextafter(column[0], np.float32(np.inf))
    scores = mig(np.hstack([factors.astype(np.float32), column]), factors)
    assert scores.information[2].tolist() == [0.0, 0.0]


def test_with_one_dimension_the_gap_is_the_information():
    factors = np.random.default_rng(0).integers(0, 4, (200, 1))
    assert mig(factors, factors).value == pytest.approx(1)


def test_some_factors_alone():
    factors = np.random.default_rng(0).integers(0, 4, (200, 3))
    scores = mig(factors, factors, names=("a", "b", "c"))
    part = scores.restrict(["c", "a"])
    assert part.factors == ("c", "a")
    np.testing.assert_array_equal(part.per_factor, scores.per_factor[[2, 0]])
    np.testing.assert_array_equal(part.information, scores.information[:, [2, 0]])
