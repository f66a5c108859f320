from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.classify.columns import read_values
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.classify.models import fit
from napari_disentangle.classify.splits import split_folds
from napari_disentangle.classify.validate import cross_validate, iter_cross_validate

LINEAR = ClassifierConfig(kind="linear")


@pytest.fixture
def task(cells):
    values = read_values(cells, ["z_scale", "z_color", "z_shape"])
    y = np.arange(len(cells)) % 3
    splits = split_folds(y, cells["roi_id"], folds=3, repeats=2, seed=0)
    return values, y, splits


def test_each_cell_is_judged_by_a_classifier_that_did_not_see_it(task):
    values, y, splits = task
    found = cross_validate(
        values, y, LINEAR, splits, np.random.default_rng(0), classes="abc"
    )
    assert found.probabilities.shape == (2, len(y), 3)
    for split in splits:
        alone = fit(
            values[split.train], y[split.train], LINEAR, np.random.default_rng(9)
        )
        np.testing.assert_allclose(
            found.probabilities[split.repeat, split.test],
            alone.probabilities(values[split.test]),
        )


def test_mean_is_over_repeats_and_spread_over_folds(task):
    values, y, splits = task
    found = cross_validate(
        values, y, LINEAR, splits, np.random.default_rng(0), classes="abc"
    )
    right = [p.argmax(axis=1) == y for p in found.probabilities]
    accuracy = found.spread(lambda scores: scores.accuracy)
    assert accuracy.mean == pytest.approx(np.mean(right))
    folds = [right[split.repeat][split.test].mean() for split in splits]
    assert accuracy.sd == pytest.approx(np.std(folds))
    assert 0.8 < found.balanced_accuracy.mean < 1
    assert found.scores.n == len(y)


def test_codes_that_know_nothing_score_chance():
    rng = np.random.default_rng(0)
    values, y = rng.normal(size=(900, 4)), rng.integers(0, 3, 900)
    splits = split_folds(y, folds=3)
    found = cross_validate(
        values, y, LINEAR, splits, np.random.default_rng(0), classes="abc"
    )
    assert found.balanced_accuracy.mean == pytest.approx(1 / 3, abs=0.05)


def test_training_tells_its_progress_and_can_stop_within_a_fold(task):
    values, y, splits = task
    config = ClassifierConfig(trees=5)
    events = list(
        iter_cross_validate(
            values, y, config, splits, np.random.default_rng(0), classes="abc"
        )
    )
    assert len(events) == 6 * (1 + 5) + 1
    done = [event.done for event in events]
    assert done == sorted(done)
    assert (done[-1], events[-1].total) == (6, 6)
