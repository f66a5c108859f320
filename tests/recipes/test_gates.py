"""Gates hold what a slow, independent test says they hold."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.measure import points_in_poly

from napari_disentangle.recipes.gates import combine, in_polygon, in_range


@pytest.mark.parametrize("seed", range(5))
def test_a_lasso_holds_what_scikit_image_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, 500))
    corners = rng.normal(size=(30, 2))  # crosses itself
    inside = in_polygon(x, y, corners)
    expected = points_in_poly(np.stack([x, y], axis=1), corners)
    np.testing.assert_array_equal(inside, expected)
    assert 0 < inside.sum() < 500


def test_cells_without_a_value_lie_in_no_gate() -> None:
    x, y = np.array([0.5, np.nan, 0.5]), np.array([0.5, 0.5, np.nan])
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
    assert in_polygon(x, y, square).tolist() == [True, False, False]
    assert in_range(x, 0, 1).tolist() == [True, False, True]


@pytest.mark.parametrize("n", range(3))
def test_a_click_is_no_outline(n: int) -> None:
    assert not in_polygon(np.zeros(4), np.zeros(4), np.zeros((n, 2))).any()


def test_gates_replace_add_and_subtract() -> None:
    before, drawn = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    assert combine(before, drawn, "replace").tolist() == drawn.tolist()
    assert combine(before, drawn, "add").tolist() == [True, True, True, False]
    assert combine(before, drawn, "subtract").tolist() == [False, True, False, False]
