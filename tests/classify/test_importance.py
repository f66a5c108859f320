from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.classify.importance import (
    importances,
    iter_importances,
    permutation_importance,
)
from napari_disentangle.classify.models import fit
from napari_disentangle.classify.splits import split_folds
from napari_disentangle.classify.validate import cross_validate
from napari_disentangle.errors import DataError
from napari_disentangle.tasks import run

RNG = np.random.default_rng


@pytest.fixture(scope="module")
def codes():
    rng = RNG(0)
    y = np.arange(240) % 2
    values = rng.normal(size=(240, 3))
    values[:, 1] += 4 * y
    return values, y


@pytest.mark.parametrize("kind", ["gbt", "linear"])
def test_the_column_that_tells_classes_apart_matters_and_others_do_not(codes, kind):
    values, y = codes
    config = ClassifierConfig(kind=kind, trees=10)
    found = cross_validate(
        values, y, config, split_folds(y, repeats=2), RNG(0), classes="ab"
    )
    told = importances(found, values, ("z_a", "z_b", "z_c"), RNG(0))
    # shuffled, the column is right half of the time
    assert told.permutation[1] == pytest.approx(0.48, abs=0.06)
    np.testing.assert_allclose(told.permutation[[0, 2]], 0, atol=0.02)
    assert 0 < told.permutation_sd[1] < 0.1
    if kind == "gbt":
        assert told.impurity.argmax() == 1
        assert told.impurity.sum() == pytest.approx(1)
        assert told.impurity_sd.shape == (3,)
    else:
        assert told.impurity is None
        assert told.impurity_sd is None


def test_codes_are_left_as_they_were_and_each_shuffle_counts(codes):
    values, y = codes
    fitted = fit(values, y, ClassifierConfig(kind="linear"), RNG(0))
    before = values.copy()
    fall = permutation_importance(fitted, values, y, RNG(0), repeats=4)
    assert fall.shape == (4, 3)
    np.testing.assert_array_equal(values, before)
    assert len(set(fall[:, 1])) > 1


def test_of_many_cells_some_tell_as_much():
    y = np.arange(9000) % 2
    values = RNG(0).normal(size=(9000, 2)) + 4 * np.outer(y, [1, 0])
    config = ClassifierConfig(kind="linear")
    splits = split_folds(y, folds=2)
    found = cross_validate(values, y, config, splits, RNG(0), classes="ab")
    task = iter_importances(found, values, "ab", RNG(0))
    told = run(task)
    assert told.permutation[0] == pytest.approx(0.48, abs=0.04)


def test_names_must_fit(codes):
    values, y = codes
    config = ClassifierConfig(kind="linear")
    found = cross_validate(values, y, config, split_folds(y), RNG(0), classes="ab")
    with pytest.raises(DataError, match="2 names were given for 3 columns"):
        next(iter_importances(found, values, "ab", RNG(0)))
