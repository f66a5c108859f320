"""How far a code is from the cells, on the scale of the cells themselves."""

from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.latents.nearest import nearest
from napari_disentangle.latents.neighbors import Neighbors
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.traverse import traverse

CELLS = np.random.default_rng(0).normal(0, (1, 10, 0.1), (80, 3)).astype(np.float32)


def test_a_cell_is_its_own_nearest_at_no_distance() -> None:
    rows, distance = Neighbors(CELLS).nearest(CELLS[[5, 70]])
    assert rows.tolist() == [5, 70]
    np.testing.assert_allclose(distance, 0, atol=1e-6)


def test_distance_is_root_mean_square_in_sd() -> None:
    moved = CELLS[[3]] + CELLS.std(0) * [0, 50, 0]
    rows, distance = Neighbors(CELLS).nearest(moved.astype(np.float32))
    gap = (moved - CELLS[rows]) / CELLS.std(0)
    assert distance[0] == pytest.approx(np.sqrt(np.mean(gap**2)), rel=1e-4)
    assert Neighbors(CELLS).is_far(distance[0])


def test_the_usual_distance_is_that_of_neighbors() -> None:
    apart = np.sqrt((((CELLS[:, None] - CELLS) / CELLS.std(0)) ** 2).mean(-1))
    np.fill_diagonal(apart, np.inf)
    expected = np.median(apart.min(1))
    assert Neighbors(CELLS).usual == pytest.approx(expected, rel=1e-4)


def test_nothing_is_far_from_a_single_cell() -> None:
    single = Neighbors(CELLS[:1])
    assert single.usual == np.inf
    assert not single.is_far(1e9)
    with pytest.raises(DataError, match="no cells"):
        Neighbors(CELLS[:0])


def test_a_walk_is_matched_as_nearest_cells_are() -> None:
    reference = reference_of(CELLS)
    walk = traverse(CELLS[9], reference, ("a", "b", "c"), ["b"])
    expected = nearest(walk, CELLS, reference).rows[0]
    found = Neighbors(CELLS).matched(walk.codes[0], [1])
    np.testing.assert_array_equal(found, expected)
