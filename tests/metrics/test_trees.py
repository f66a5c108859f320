from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_disentangle.metrics.trees import TreeGrower

IN_ORDER = np.tile(np.arange(3), (3, 1))


def slow_gain(x: np.ndarray, target: np.ndarray) -> float:
    """Return the largest fall of squared error over all cuts of all dimensions."""

    def error(part):
        return ((part - part.mean()) ** 2).sum() if len(part) else 0.0

    falls = [
        error(target) - error(target[row <= cut]) - error(target[row > cut])
        for row in x
        for cut in np.unique(row)
    ]
    return max(falls)


@settings(deadline=None)  # the first call compiles
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.booleans())
def test_every_split_is_the_best_there_is(seed, n, tied):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(3, n)).astype(np.float32)
    if tied:
        x = x.round()
    target = rng.normal(size=n)
    tree = TreeGrower(x, 3).grow(target, IN_ORDER)
    nodes = {1: np.arange(n)}
    while nodes:
        at, rows = nodes.popitem()
        j = tree.feature[at]
        if j < 0:
            assert (tree.leaf[rows] == at).all()
            continue
        np.testing.assert_allclose(
            tree.gain[at], slow_gain(x[:, rows], target[rows]), rtol=1e-8, atol=1e-12
        )
        up = x[j, rows] > tree.cut[at]
        nodes |= {2 * at: rows[~up], 2 * at + 1: rows[up]}


def test_new_samples_follow_the_cuts():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 200)).astype(np.float32)
    tree = TreeGrower(x, 3).grow(rng.normal(size=200), IN_ORDER)
    np.testing.assert_array_equal(tree.leaves(x), tree.leaf)
    assert len(np.unique(tree.leaf)) > 4


def test_a_pure_node_and_equal_values_stay_leaves():
    x = np.zeros((3, 10), np.float32)
    grower = TreeGrower(x, 3)
    assert (grower.grow(np.arange(10.0), IN_ORDER).feature == -1).all()
    x = np.arange(30, dtype=np.float32).reshape(3, 10)
    tree = TreeGrower(x, 3).grow(np.repeat([0.0, 1.0], 5), IN_ORDER)
    assert tree.feature.tolist()[1:4] == [0, -1, -1]
    assert tree.cut[1] == 4.5


def test_a_grower_grows_the_same_tree_again():
    rng = np.random.default_rng(0)
    grower = TreeGrower(rng.normal(size=(3, 50)).astype(np.float32), 3)
    target = rng.normal(size=50)
    first = grower.grow(target, IN_ORDER)
    grower.grow(rng.normal(size=50), IN_ORDER)
    np.testing.assert_array_equal(grower.grow(target, IN_ORDER).leaf, first.leaf)
