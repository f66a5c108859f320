"""Nearest real cells follow the walk and match the rest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_disentangle.errors import DataError
from napari_disentangle.latents.nearest import nearest
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.traverse import TraversalConfig, traverse

NAMES = tuple("abcd")


def _codes(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(0, (0.1, 1, 2, 5), (n, 4)).astype(np.float32)


@settings(deadline=None)
@given(n=st.integers(1, 40), seed=st.integers(0, 99), weight=st.floats(0, 10))
def test_no_cell_is_nearer(n: int, seed: int, weight: float) -> None:
    codes = _codes(n, seed)
    reference = reference_of(codes)
    walk = traverse(codes[0], reference, NAMES, ["b", "d"], TraversalConfig(steps=5))
    found = nearest(walk, codes, reference, match_weight=weight)
    assert found.rows.shape == (2, 5)
    for f, dim in enumerate(walk.dims):
        for t in range(5):
            gap = (codes - walk.codes[f, t]) / reference.sd
            weights = np.full(4, weight / 3)
            weights[dim] = 1
            cost = (gap**2 * weights).sum(axis=1)
            assert cost[found.rows[f, t]] <= cost.min() * (1 + 1e-3) + 1e-4


def test_cells_along_the_walk_grow_in_the_walked_factor() -> None:
    codes = _codes(400)
    reference = reference_of(codes)
    found = nearest(traverse(codes[3], reference, NAMES), codes, reference)
    assert np.all(found.walked_sd[:, -1] - found.walked_sd[:, 0] > 2)
    walked = np.take_along_axis(codes.T, found.rows, axis=1)
    expected = (walked - reference.mean[:, None]) / reference.sd[:, None]
    np.testing.assert_allclose(found.walked_sd, expected, atol=1e-5)


def test_at_its_own_place_a_cell_is_its_own_nearest() -> None:
    codes = np.array([[0, 0], [2, 2], [4, 0], [2, 2.1]], np.float32)
    reference = reference_of(codes)
    walk = traverse(codes[1], reference, ("a", "b"), ["a"], TraversalConfig(steps=3))
    assert nearest(walk, codes, reference).rows[0, 1] == 1


def test_one_cell_stands_for_all_steps() -> None:
    codes = _codes(1)
    reference = reference_of(codes)
    found = nearest(traverse(codes[0], reference, NAMES), codes, reference)
    assert not found.rows.any()
    assert not found.walked_sd.any()


def test_without_cells_one_sentence() -> None:
    codes = _codes(0)
    reference = reference_of(codes)
    walk = traverse(np.zeros(4, np.float32), reference, NAMES)
    with pytest.raises(DataError, match="no cells to show"):
        nearest(walk, codes, reference)
