"""The ruler of walks: spread of codes over cells, or the prior where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.latents.reference import reference_of


def test_center_and_spread_are_those_of_the_cells() -> None:
    codes = np.random.default_rng(0).normal((1, -2), (0.5, 3), (4000, 2))
    reference = reference_of(codes.astype(np.float32))
    np.testing.assert_allclose(reference.mean, codes.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(reference.sd, codes.std(axis=0), rtol=1e-5)
    assert not reference.from_prior.any()


@pytest.mark.parametrize("n_cells", [1, 3])
def test_cells_all_alike_fall_back_to_the_prior_and_say_so(n_cells: int) -> None:
    codes = np.tile(np.array([[0.5, -4.0]], np.float32), (n_cells, 1))
    reference = reference_of(codes)
    np.testing.assert_array_equal(reference.mean, codes[0])
    assert reference.sd.tolist() == [1, 1]
    assert reference.from_prior.all()


def test_only_the_dead_dimension_falls_back() -> None:
    codes = np.array([[0.0, 7.0], [2.0, 7.0]], np.float32)
    reference = reference_of(codes)
    assert reference.from_prior.tolist() == [False, True]
    assert reference.sd.tolist() == [1, 1]


def test_no_cell_is_the_prior() -> None:
    reference = reference_of(np.zeros((0, 3), np.float32))
    assert reference.mean.tolist() == [0, 0, 0]
    assert reference.sd.tolist() == [1, 1, 1]
    assert reference.n_cells == 0


def test_values_are_told_in_sd() -> None:
    reference = reference_of(np.array([[1.0], [5.0]], np.float32))
    values = np.array([1, 3, 5], np.float32)
    assert reference.to_sd(values, 0).tolist() == [-1, 0, 1]
