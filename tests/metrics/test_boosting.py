from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier

from napari_disentangle.metrics.boosting import boost


def samples(n_classes: int, n_dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """Return codes and a factor that two of the dimensions explain, with noise."""
    rng = np.random.default_rng(n_classes)
    x = rng.normal(size=(450, n_dimensions)).astype(np.float32)
    score = x[:, 0] + 0.5 * x[:, -1] ** 2 + 0.3 * rng.normal(size=450)
    edges = np.quantile(score, np.linspace(0, 1, n_classes + 1)[1:-1])
    return x, np.searchsorted(edges, score)


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_without_ties_between_dimensions_predictions_are_those_of_sklearn(n_classes):
    x, y = samples(n_classes, 1)
    theirs = GradientBoostingClassifier(n_estimators=40).fit(x[:300], y[:300])
    ours = boost(x[:300], y[:300], x[300:], np.random.default_rng(0), n_rounds=40)
    np.testing.assert_array_equal(ours.train, theirs.predict(x[:300]))
    np.testing.assert_array_equal(ours.test, theirs.predict(x[300:]))


@pytest.mark.parametrize("n_classes", [2, 4])
def test_importances_are_those_of_sklearn_but_for_the_order_of_ties(n_classes):
    x, y = samples(n_classes, 4)
    theirs = [
        GradientBoostingClassifier(n_estimators=40, random_state=seed)
        .fit(x[:300], y[:300])
        .feature_importances_
        for seed in range(3)
    ]
    ours = boost(x[:300], y[:300], x[300:], np.random.default_rng(0), n_rounds=40)
    spread = np.ptp(theirs, axis=0).max()
    assert spread < 0.01
    np.testing.assert_allclose(ours.importance, np.mean(theirs, axis=0), atol=0.01)
    assert ours.importance.sum() == pytest.approx(1)


def test_confident_wrong_scores_do_not_overflow():
    x = np.repeat([[0.0], [1.0]], 20, axis=0).astype(np.float32)
    y = np.repeat([0, 1], 20)
    fit = boost(x, y, x, np.random.default_rng(0), n_rounds=400, learning_rate=1.0)
    np.testing.assert_array_equal(fit.train, y)


def test_constant_codes_have_no_importance_and_predict_the_commonest_class():
    x = np.ones((30, 2), np.float32)
    y = np.repeat([3, 5, 9], [6, 14, 10])
    fit = boost(x, y, x[:4], np.random.default_rng(0))
    assert fit.importance.tolist() == [0.0, 0.0]
    assert fit.test.tolist() == [5] * 4


def test_the_seed_fixes_the_result():
    x, y = samples(3, 4)
    one, two = (
        boost(x, y, x[:5], np.random.default_rng(3), n_rounds=10) for _ in range(2)
    )
    np.testing.assert_array_equal(one.importance, two.importance)
