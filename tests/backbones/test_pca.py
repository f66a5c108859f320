"""Principal components, checked against the singular value decomposition."""

import numpy as np
import pytest

from napari_disentangle.backbones.pca import principal


def decompose(rows, n_components, pieces=3):
    return principal(np.array_split(rows, pieces), rows.shape, n_components)


@pytest.mark.parametrize("shape", [(200, 12), (12, 200), (30, 30)])
def test_variances_and_directions_are_those_of_the_svd(shape):
    rows = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    rows *= np.linspace(1, 3, shape[1], dtype=np.float32)
    variances, directions = decompose(rows, 5)
    _, singular, right = np.linalg.svd(rows.astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(variances, singular[:5] ** 2 / len(rows), rtol=1e-4)
    overlap = np.abs(np.sum(directions.T * right[:5], axis=1))
    np.testing.assert_allclose(overlap, 1, atol=1e-4)


@pytest.mark.parametrize("shape", [(60, 20), (20, 60)])
def test_directions_are_orthonormal_with_a_fixed_sign(shape):
    rows = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    _, directions = decompose(rows, 10)
    np.testing.assert_allclose(directions.T @ directions, np.eye(10), atol=1e-5)
    peak = np.abs(directions).argmax(axis=0)
    assert (directions[peak, range(10)] > 0).all()


@pytest.mark.parametrize("shape", [(50, 20), (10, 40)])
def test_fewer_components_come_where_the_rows_span_fewer(shape):
    rng = np.random.default_rng(2)
    low_rank = rng.normal(size=(shape[0], 3)) @ rng.normal(size=(3, shape[1]))
    variances, directions = decompose(low_rank.astype(np.float32), 8)
    assert len(variances) == directions.shape[1] == 3


def test_pieces_do_not_matter():
    rows = np.random.default_rng(3).normal(size=(90, 10)).astype(np.float32)
    whole, split = decompose(rows, 4, 1), decompose(rows, 4, 7)
    np.testing.assert_allclose(whole[1], split[1], atol=1e-4)
