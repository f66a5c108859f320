from __future__ import annotations

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from napari_disentangle.classify.suggest import (
    boundary_value,
    diverse,
    near,
    typical,
    uncertain,
)
from napari_disentangle.errors import DataError


def test_uncertain_cells_have_two_close_classes():
    chance = [[0.9, 0.1, 0], [0.4, 0.35, 0.25], [np.nan] * 3, [0.45, 0.1, 0.45]]
    assert uncertain(chance, 2).tolist() == [3, 1]
    assert uncertain(chance, 9).tolist() == [3, 1, 0]


def test_diverse_cells_are_far_from_annotated_ones_and_each_other():
    line = np.array([[0.0], [1.0], [9.0], [10.0], [np.nan]])
    assert diverse(line, [[0.0]], 2).tolist() == [3, 1]
    assert diverse(line, np.empty((0, 1)), 3)[0] in (1, 2)  # near the middle
    assert sorted(diverse(line, np.empty((0, 1)), 9).tolist()) == [0, 1, 2, 3]
    assert diverse(line[4:], [[0.0]], 2).tolist() == []


def test_typical_cells_are_one_of_each_kind_from_its_middle():
    rng = np.random.default_rng(0)
    kinds = [rng.normal(at, 1, (n, 2)) for at, n in ((0, 100), (40, 60), (80, 30))]
    codes = np.concatenate(kinds)
    chosen = typical(codes, 3, rng)
    assert [int(np.searchsorted([100, 160], row, "right")) for row in chosen] == [
        0,
        1,
        2,
    ]
    for row, own in zip(chosen, kinds, strict=True):
        assert np.linalg.norm(codes[row] - own.mean(axis=0)) < 1


def test_fewer_cells_than_wanted_are_all_typical():
    assert sorted(typical([[1.0], [2.0]], 5, np.random.default_rng(0))) == [0, 1]


def test_the_boundary_is_that_of_a_stump():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    x = rng.normal(size=90) + np.array([0, 1, 4])[y]
    stump = DecisionTreeClassifier(max_depth=1).fit(x[:, None], y)
    assert boundary_value(x, y) == pytest.approx(stump.tree_.threshold[0])
    x[3] = np.nan
    assert np.isfinite(boundary_value(x, y))


def test_cells_near_a_boundary():
    assert near([0.0, 2.0, np.nan, 1.1], 1.0, 2).tolist() == [3, 0]
    with pytest.raises(DataError, match="two classes with different values"):
        boundary_value([1.0, 1.0], [0, 1])
    with pytest.raises(DataError, match="two classes with different values"):
        boundary_value([1.0, 2.0], [1, 1])
