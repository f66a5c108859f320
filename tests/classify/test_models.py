from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from napari_disentangle.classify.boosting import BoostedTrees
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.classify.models import fit, iter_fit
from napari_disentangle.errors import DataError

KINDS = ("gbt", "mlp", "linear")


def samples(n_classes: int = 3, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    x, y = make_classification(
        n,
        6,
        n_informative=4,
        n_classes=n_classes,
        n_clusters_per_class=1,
        class_sep=1.5,
        random_state=1,
    )
    return x.astype(np.float32), y.astype(np.int64)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_trees_give_the_probabilities_of_sklearn(n_classes):
    x, y = samples(n_classes)
    x = x[:, :1]  # without ties between dimensions
    theirs = GradientBoostingClassifier(max_depth=4, n_estimators=30).fit(x, y)
    ours = BoostedTrees(30).fit(x, y)
    np.testing.assert_allclose(
        ours.predict_proba(x), theirs.predict_proba(x), atol=2e-3
    )
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(x))


def test_tree_importances_are_those_of_sklearn_but_for_ties():
    x, y = samples()
    theirs = GradientBoostingClassifier(max_depth=4, random_state=0).fit(x, y)
    ours = BoostedTrees().fit(x, y)
    np.testing.assert_allclose(
        ours.feature_importances_, theirs.feature_importances_, atol=0.03
    )
    assert ours.feature_importances_.sum() == pytest.approx(1)


def test_the_network_in_steps_is_that_of_sklearn_but_for_the_order_of_samples():
    x, y = samples()
    config = ClassifierConfig(kind="mlp", hidden=(16,), mlp_epochs=6)
    ours = fit(x, y, config, np.random.default_rng(3))
    seed = int(np.random.default_rng(3).integers(2**31))
    theirs = MLPClassifier((16,), max_iter=6, random_state=seed)
    scaled = StandardScaler().fit_transform(x)
    with pytest.warns(match="Maximum iterations"):
        theirs.fit(scaled, y)
    np.testing.assert_allclose(
        ours.probabilities(x), theirs.predict_proba(scaled), atol=0.02
    )


def test_the_linear_model_is_logistic_regression_of_standardized_codes():
    x, y = samples()
    ours = fit(x, y, ClassifierConfig(kind="linear"), np.random.default_rng(0))
    scaled = StandardScaler().fit_transform(x.astype(np.float64))
    theirs = LogisticRegression().fit(scaled, y)
    np.testing.assert_allclose(
        ours.probabilities(x), theirs.predict_proba(scaled), atol=1e-3
    )


@pytest.mark.parametrize("kind", KINDS)
def test_units_of_a_column_do_not_matter_and_the_seed_fixes_all(kind):
    x, y = samples()
    config = ClassifierConfig(kind=kind, trees=10, hidden=(16,), mlp_epochs=5)
    one = fit(x, y, config, np.random.default_rng(0)).probabilities(x)
    two = fit(x * 1024, y, config, np.random.default_rng(0)).probabilities(x * 1024)
    np.testing.assert_allclose(one, two, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_without_cells_gets_no_probability_and_nan_codes_none_at_all(kind):
    x, y = samples()
    config = ClassifierConfig(kind=kind, trees=5, hidden=(8,), mlp_epochs=3)
    fitted = fit(x, y * 2, config, np.random.default_rng(0), n_classes=6)
    x[4, 1] = np.nan
    chance = fitted.probabilities(x)
    assert chance.shape == (len(x), 6)
    assert np.isnan(chance[4]).all()
    known = np.delete(chance, 4, axis=0)
    np.testing.assert_array_equal(known[:, [1, 3, 5]], 0)
    np.testing.assert_allclose(known.sum(axis=1), 1)


def test_balancing_divides_by_class_shares():
    x, y = samples(2)
    x = x + np.random.default_rng(0).normal(size=x.shape)
    keep = (y == 0) | (np.arange(len(y)) % 10 == 0)
    x, y = x[keep], y[keep]
    config = ClassifierConfig(kind="linear")
    plain = fit(x, y, config, np.random.default_rng(0))
    balanced = fit(x, y, config.replace(balanced=True), np.random.default_rng(0))
    wanted = plain.probabilities(x) / (np.bincount(y) / len(y))
    wanted /= wanted.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(balanced.probabilities(x), wanted)
    rare = y == 1
    found = [(f.probabilities(x)[rare, 1] > 0.5).mean() for f in (plain, balanced)]
    assert found[1] > found[0]


@pytest.mark.parametrize(("kind", "steps"), [("gbt", 40), ("mlp", 40), ("linear", 2)])
def test_training_can_be_stopped_between_small_steps(kind, steps):
    x, y = samples()
    config = ClassifierConfig(kind=kind, trees=40, hidden=(8,), mlp_epochs=40)
    events = list(iter_fit(x, y, config, np.random.default_rng(0)))
    assert len(events) == steps
    assert events[-1].done == events[-1].total


def test_a_network_that_stalls_stops():
    x, y = samples()
    config = ClassifierConfig(kind="mlp", hidden=(8,), mlp_rate=1e-9, mlp_epochs=100)
    assert len(list(iter_fit(x, y, config, np.random.default_rng(0)))) < 20


def test_only_trees_have_an_impurity():
    x, y = samples()
    config = ClassifierConfig(trees=5)
    assert fit(x, y, config, np.random.default_rng(0)).impurity.shape == (6,)
    linear = fit(x, y, config.replace(kind="linear"), np.random.default_rng(0))
    assert linear.impurity is None


def test_what_cannot_be_learned_is_said():
    x, y = samples()
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match="of one class"):
        fit(x, np.zeros(len(x), np.int64), ClassifierConfig(), rng)
    with pytest.raises(DataError, match="300 cells need as many class positions"):
        fit(x, y[:-1], ClassifierConfig(), rng)
    with pytest.raises(DataError, match="start at 0; got -1"):
        fit(x, y - 1, ClassifierConfig(), rng)
    x[0, 0] = np.nan
    with pytest.raises(DataError, match="NaN or infinity in 1 of 300"):
        fit(x, y, ClassifierConfig(), rng)
