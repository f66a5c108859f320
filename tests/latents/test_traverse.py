"""Walks move one dimension over the range of the cells and leave the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.errors import ConfigError, DataError, ModelError
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.traverse import TraversalConfig, traverse

NAMES = ("texture", "color", "residual_1")
CODES = np.random.default_rng(1).normal(1, (0.2, 1, 4), (50, 3)).astype(np.float32)
REFERENCE = reference_of(CODES)


@given(
    row=st.integers(0, 49),
    dims=st.lists(st.sampled_from(NAMES), unique=True, min_size=1),
    steps=st.integers(2, 12),
)
def test_only_the_walked_dimension_moves(row: int, dims: list[str], steps: int) -> None:
    walk = traverse(CODES[row], REFERENCE, NAMES, dims, TraversalConfig(steps=steps))
    assert walk.codes.shape == (len(dims), steps, 3)
    for codes, dim in zip(walk.codes, walk.dims, strict=True):
        others = np.delete(codes, dim, axis=1)
        np.testing.assert_array_equal(others, [np.delete(CODES[row], dim)] * steps)


def test_a_step_means_the_same_for_every_cell() -> None:
    walks = [traverse(CODES[row], REFERENCE, NAMES, ["color"]) for row in (0, 1)]
    expected = REFERENCE.mean[1] + np.linspace(-2.5, 2.5, 11) * REFERENCE.sd[1]
    for walk in walks:
        np.testing.assert_allclose(walk.codes[0, :, 1], expected, rtol=1e-5)
        assert walk.factors == ("color",)
        assert walk.from_prior == (False,)


def test_without_factors_all_dimensions_are_walked() -> None:
    assert traverse(CODES[0], REFERENCE, NAMES).factors == NAMES


def test_a_single_cell_is_walked_over_the_prior_and_says_so() -> None:
    walk = traverse(CODES[0], reference_of(CODES[:1]), NAMES, ["texture"])
    assert walk.from_prior == (True,)
    np.testing.assert_allclose(np.ptp(walk.codes[0, :, 0]), 5.0, rtol=1e-6)


def test_an_unknown_factor_lists_the_known() -> None:
    with pytest.raises(ModelError, match="no factor 'size'; it has texture, color"):
        traverse(CODES[0], REFERENCE, NAMES, ["size"])


def test_a_range_upside_down_is_refused() -> None:
    with pytest.raises(ConfigError, match="low_sd must be below high_sd"):
        TraversalConfig().replace(low_sd=3)


PERCENTILES = TraversalConfig(unit="percentiles", steps=5)


def test_a_walk_of_percentiles_ends_at_those_of_the_cells() -> None:
    walk = traverse(CODES[0], REFERENCE, NAMES, config=PERCENTILES, cells=CODES)
    assert walk.percentiles == (2, 26, 50, 74, 98)
    for dim in range(3):
        expected = np.percentile(CODES[:, dim], walk.percentiles)
        np.testing.assert_allclose(walk.codes[dim, :, dim], expected, rtol=1e-4)
        positions = REFERENCE.to_sd(walk.codes[dim, :, dim], dim)
        np.testing.assert_allclose(walk.positions_sd[dim], positions, atol=1e-4)


def test_percentiles_of_a_dimension_without_spread_are_those_of_the_prior() -> None:
    cells = CODES.copy()
    cells[:, 1] = 3
    walk = traverse(
        cells[0], reference_of(cells), NAMES, ["color"], PERCENTILES, cells=cells
    )
    np.testing.assert_allclose(walk.positions_sd[0, [0, 2, 4]], [-2.05, 0, 2.05], 1e-2)


def test_percentiles_of_a_single_cell_are_refused() -> None:
    with pytest.raises(DataError, match="at least 2 cells, and there are 1"):
        traverse(CODES[0], REFERENCE, NAMES, config=PERCENTILES, cells=CODES[:1])


def test_percentiles_upside_down_are_refused() -> None:
    with pytest.raises(ConfigError, match="low_percentile must be below"):
        TraversalConfig().replace(low_percentile=99)
