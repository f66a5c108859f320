from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, kstest
from sklearn.metrics import roc_auc_score

from napari_disentangle.classify.novelty import (
    Mahalanobis,
    auroc,
    fit_detector,
    fit_novelty,
    unusual,
)
from napari_disentangle.classify.open_set import iter_open_set, open_set
from napari_disentangle.errors import DataError

RNG = np.random.default_rng
KINDS = ["mahalanobis", "neighbors"]


@pytest.fixture(scope="module")
def known():
    """Return codes of two correlated classes with different units, and their class."""
    rng = RNG(0)
    y = np.arange(2000) % 2
    mix = np.array([[1.0, 0.8, 0.0], [0.0, 0.6, 0.0], [0.0, 0.0, 1.0]])
    codes = rng.normal(size=(2000, 3)) @ mix + 5.0 * y[:, None]
    return codes * [1.0, 10.0, 0.1], y


def test_the_squared_distance_of_normal_codes_is_chi_squared(known):
    codes, y = known
    detector = fit_detector(codes, y, "mahalanobis")
    own = detector.distances(codes)[np.arange(len(y)), y]
    assert kstest(own**2, chi2(3).cdf).pvalue > 0.01


def test_the_distance_is_that_of_the_covariance_within_classes(known):
    codes, y = known
    detector = fit_detector(codes, y, "mahalanobis")
    centers = np.stack([codes[y == k].mean(axis=0) for k in (0, 1)])
    covariance = np.cov((codes - centers[y]).T)
    gap = codes[0] - centers[0]
    exact = np.sqrt(gap @ np.linalg.solve(covariance, gap))
    assert detector.distances(codes[:1])[0, 0] == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_far_from_all_is_novel_and_p_values_of_known_cells_are_uniform(
    known, kind
):
    codes, y = known
    novelty = fit_novelty(codes[:1000], y[:1000], RNG(0), kind=kind)
    usual = novelty.p_value(novelty.score(codes[1000:]))
    assert kstest(usual, "uniform").pvalue > 0.001
    far = novelty.score([[2.5, 25.0, 2.0]])
    assert far > novelty.threshold(0.01)
    assert novelty.p_value(far)[0] == pytest.approx(1 / 1001)
    share = (novelty.score(codes[1000:]) > novelty.threshold(0.05)).mean()
    assert share == pytest.approx(0.05, abs=0.03)


@pytest.mark.parametrize("kind", KINDS)
def test_units_and_constant_columns_do_not_matter(known, kind):
    codes, y = known
    codes, y = codes[:100], y[:100]
    one = fit_novelty(codes, y, RNG(0), kind=kind).score(codes)
    constant = np.column_stack([codes * [7.0, 0.01, 3.0], np.full(100, 4.0)])
    two = fit_novelty(constant, y, RNG(0), kind=kind).score(constant)
    np.testing.assert_allclose(one, two, rtol=1e-6)


def test_few_cells_in_many_dimensions_are_no_trouble():
    codes = RNG(0).normal(size=(12, 40))
    novelty = fit_novelty(codes, np.arange(12) % 2, RNG(0))
    assert np.isfinite(novelty.score(codes)).all()


def test_nan_gets_no_novelty(known):
    codes, y = known
    novelty = fit_novelty(codes, y, RNG(0))
    scores = novelty.score([[np.nan, 0, 0], [0, 0, 0]])
    assert np.isnan(scores).tolist() == [True, False]
    assert np.isnan(novelty.p_value(scores)).tolist() == [True, False]
    told = unusual(novelty.detector, [[np.nan, 0, 0]])
    assert told.nearest.tolist() == [-1]
    assert np.isnan(told.offset).all()


def test_what_is_unusual_about_a_cell(known):
    codes, y = known
    detector = fit_detector(codes, y, "mahalanobis")
    assert isinstance(detector, Mahalanobis)
    cell = detector.centers[1] + [0, 0, 0.6]
    told = unusual(detector, [cell])
    assert told.nearest.tolist() == [1]
    np.testing.assert_allclose(told.offset, [[0, 0, 0.6]], atol=1e-9)
    np.testing.assert_allclose(told.offset_sd, [[0, 0, 6]], atol=0.3)


def test_auroc_is_that_of_sklearn():
    rng = RNG(0)
    low, high = rng.integers(0, 9, 50), rng.integers(3, 12, 30)
    truth = np.repeat([0, 1], [50, 30])
    assert auroc(low, high) == pytest.approx(
        roc_auc_score(truth, np.concatenate([low, high]))
    )


def test_too_few_known_cells_are_told():
    with pytest.raises(DataError, match="at least four known cells; there are 3"):
        fit_novelty(np.zeros((3, 2)), np.zeros(3), RNG(0))


def test_a_class_apart_is_noticed_and_one_amid_the_others_is_not():
    rng = RNG(0)
    y = np.arange(300) % 3
    codes = rng.normal(size=(300, 2))
    codes[y == 1] += [12, 12]
    codes[y == 2] *= 0.5  # within class 0
    found = open_set(codes, y, ("a", "b", "c"), folds=4)
    assert found.counts.tolist() == [100, 100, 100]
    for kind in KINDS:
        assert found.auroc[kind].shape == (3, 4)
        assert found.mean(kind)[1] == 1
        assert found.mean(kind)[2] < 0.5
        assert found.sd(kind).shape == (3,)


def test_of_two_classes_one_is_known():
    y = np.arange(60) % 2
    codes = RNG(0).normal(size=(60, 2)) + 9 * y[:, None]
    groups = np.arange(60) // 6
    found = open_set(codes, y, "ab", groups=groups, folds=3)
    assert found.mean("neighbors").tolist() == [1, 1]
    with pytest.raises(DataError, match="two classes"):
        next(iter_open_set(codes, y * 0, "a"))
    with pytest.raises(DataError, match="12 folds need as many images"):
        list(iter_open_set(codes, y, "ab", groups=groups, folds=12))
