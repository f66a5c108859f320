from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from napari_disentangle.classify.calibration import calibrate
from napari_disentangle.classify.scores import abstention, score
from napari_disentangle.errors import DataError


def predictions(n: int = 200, n_classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = rng.choice(n_classes, n, p=[0.6, 0.25, 0.1, 0.05])
    raw = rng.random((n, n_classes)) + np.eye(n_classes)[y]
    return y, raw / raw.sum(axis=1, keepdims=True)


def test_scores_are_those_of_sklearn():
    y, chance = predictions()
    predicted = chance.argmax(axis=1)
    scores = score(y, chance, ["a", "b", "c", "d"])
    assert scores.classes == ("a", "b", "c", "d")
    assert scores.balanced_accuracy == metrics.balanced_accuracy_score(y, predicted)
    assert scores.accuracy == metrics.accuracy_score(y, predicted)
    assert scores.macro_f1 == pytest.approx(
        metrics.f1_score(y, predicted, average="macro")
    )
    np.testing.assert_array_equal(
        scores.confusion, metrics.confusion_matrix(y, predicted)
    )
    np.testing.assert_allclose(
        scores.precision, metrics.precision_score(y, predicted, average=None)
    )
    np.testing.assert_array_equal(scores.counts, np.bincount(y))
    assert scores.n == 200
    assert scores.chance == 0.25


def test_a_class_without_cells_counts_in_no_mean():
    scores = score([0, 0, 1, 1], [[1, 0, 0], [1, 0, 0], [0, 1, 0], [1, 0, 0]])
    assert scores.balanced_accuracy == 0.75
    assert np.isnan(scores.recall[2])
    assert scores.chance == 0.5
    assert scores.macro_f1 == pytest.approx((4 / 5 + 2 / 3) / 2)


def test_calibration_has_the_closed_form():
    chance = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([1, 1, 1, 0, 1, 0], bool)
    calibration = calibrate(chance, right)
    assert calibration.counts.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 4]
    assert calibration.accuracy[[5, 9]].tolist() == [0.5, 0.75]
    assert calibration.ece == pytest.approx((4 * 0.2 + 2 * 0.05) / 6)
    assert np.isnan(calibration.probability[0])


def test_true_probabilities_are_calibrated_and_overconfident_ones_are_not():
    rng = np.random.default_rng(0)
    p = rng.uniform(0.5, 1, 20_000)
    right = rng.random(20_000) < p
    assert calibrate(p, right).ece < 0.01
    assert calibrate(np.ones_like(p), right).ece == pytest.approx(0.25, abs=0.01)


def test_abstaining_leaves_fewer_and_better():
    y, chance = predictions()
    left = abstention(y, chance, [0.0, 0.4, 1.1])
    assert left.coverage[0] == 1
    assert left.balanced_accuracy[0] == score(y, chance).balanced_accuracy
    kept = chance.max(axis=1) >= 0.4
    assert left.coverage[1] == kept.mean()
    assert left.balanced_accuracy[1] == score(y[kept], chance[kept]).balanced_accuracy
    assert left.coverage[2] == 0
    assert np.isnan(left.balanced_accuracy[2])


def test_what_cannot_be_scored_is_said():
    with pytest.raises(DataError, match="cannot be scored"):
        score([], np.zeros((0, 3)))
    with pytest.raises(DataError, match="cannot be scored"):
        score([0, 1], [[1.0, 0.0]])
    with pytest.raises(DataError, match="NaN"):
        score([0], [[np.nan, np.nan]])
