from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_disentangle.errors import DataError
from napari_disentangle.synthetic.kernels import HEART_LIFT, HEART_SIDE
from napari_disentangle.synthetic.shapes import SCALES, SHAPES, shape_mask

SQUARE, ELLIPSE, HEART = range(3)
AREAS = {SQUARE: 2.0, ELLIPSE: 0.6 * pi, HEART: HEART_SIDE**2 * (1 + pi / 4)}


def one_mask(
    shape: int, reach: float, angle: float, center: tuple[float, float], size: int
) -> np.ndarray:
    return shape_mask([shape], [reach], [angle], [center], size)[0]


def inside(shape: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Tell which points lie in a shape of reach 1, from its definition."""
    if shape == SQUARE:
        return (abs(x) <= sqrt(0.5)) & (abs(y) <= sqrt(0.5))
    if shape == ELLIPSE:
        return x**2 + (y / 0.6) ** 2 <= 1
    side, y = HEART_SIDE, y + HEART_LIFT
    body = abs(x) + abs(y) <= side / sqrt(2)
    lobe = (abs(x) - side / sqrt(8)) ** 2 + (y - side / sqrt(8)) ** 2 <= side**2 / 4
    return body | lobe


def supersampled(
    shape: int, reach: float, angle: float, center: tuple[float, float], size: int
) -> np.ndarray:
    """Count hits of a fine grid in each pixel: the slow, plain way."""
    fine = 16
    grid = (np.arange(size * fine) + 0.5) / fine - 0.5
    right, up = np.meshgrid(grid - center[1], center[0] - grid)
    x = (np.cos(angle) * right + np.sin(angle) * up) / reach
    y = (-np.sin(angle) * right + np.cos(angle) * up) / reach
    hits = inside(shape, x, y).reshape(size, fine, size, fine)
    return hits.mean(axis=(1, 3))


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(range(3)),
    st.floats(4, 18),
    st.floats(0, 2 * pi),
    st.tuples(st.floats(15, 25), st.floats(15, 25)),
)
def test_coverage_is_the_supersampled_geometry(
    shape: int, reach: float, angle: float, center: tuple[float, float]
) -> None:
    mask = one_mask(shape, reach, angle, center, 40)
    truth = supersampled(shape, reach, angle, center, 40)
    assert abs(mask - truth).max() < 0.1


@pytest.mark.parametrize("shape", range(3))
@pytest.mark.parametrize("scale", SCALES)
def test_area_is_the_closed_form_and_grows_with_scale_squared(
    shape: int, scale: float
) -> None:
    reach = 40 * scale
    mask = one_mask(shape, reach, 0.3, (50, 50), 101)
    assert mask.sum() == pytest.approx(AREAS[shape] * reach**2, rel=2e-3)


@pytest.mark.parametrize("shape", range(3))
def test_reach_is_the_farthest_point_in_any_orientation(shape: int) -> None:
    angles = np.linspace(0, 2 * pi, 17)
    n = len(angles)
    masks = shape_mask(np.full(n, shape), np.full(n, 40.0), angles, [(50, 50)] * n, 101)
    distance = np.hypot(*(np.indices((101, 101)) - 50))
    farthest = np.where(masks > 0.05, distance, 0).max(axis=(1, 2))
    assert (abs(farthest - 40) < 1.5).all()


@pytest.mark.parametrize(
    ("shape", "symmetry"), [(SQUARE, pi / 2), (ELLIPSE, pi), (HEART, 2 * pi)]
)
def test_symmetries_are_those_of_dsprites(shape: int, symmetry: float) -> None:
    start, turned = (
        one_mask(shape, 30, a, (40, 40), 81) for a in (0.2, 0.2 + symmetry)
    )
    half = one_mask(shape, 30, 0.2 + symmetry / 2, (40, 40), 81)
    np.testing.assert_allclose(start, turned, atol=1e-5)
    assert abs(start - half).mean() > 0.02


def test_mean_over_all_combinations_is_dsprites() -> None:
    """0.042494 is the published mean of the 737,280 images of 64 x 64 pixels."""
    shape, scale = (a.ravel() for a in np.meshgrid(range(3), SCALES))
    masks = shape_mask(shape, 12 * scale, 0.1 * shape, [(31.5, 31.5)] * 18, 64)
    assert masks.mean() == pytest.approx(0.042494, rel=0.01)


def test_heart_stands_on_its_tip_with_a_notch_above() -> None:
    heart = one_mask(HEART, 40, 0, (50, 50), 101) > 0.5
    np.testing.assert_array_equal(heart, heart[:, ::-1])
    widths = heart.sum(axis=1)
    rows = np.flatnonzero(widths)
    assert widths[rows[-1]] <= 3
    assert not heart[rows[0] + 3, 50]
    assert heart[rows[0] + 3].any()


def test_angles_turn_counter_clockwise() -> None:
    tip_right = one_mask(HEART, 30, pi / 2, (40, 40), 81)
    assert tip_right[40, 69] > 0.5
    assert tip_right[40, 11] < 0.5


def test_a_shape_is_cut_at_the_border() -> None:
    whole = one_mask(SQUARE, 10, 0, (20, 20), 41)
    corner = one_mask(SQUARE, 10, 0, (0, 0), 41)
    np.testing.assert_array_equal(corner[:21, :21], whole[20:, 20:])


def test_no_shapes_give_no_masks() -> None:
    assert shape_mask([], [], [], np.empty((0, 2)), 8).shape == (0, 8, 8)


def test_wrong_shapes_and_sizes_are_named() -> None:
    with pytest.raises(DataError, match=f"{', '.join(SHAPES)}.*got 3"):
        shape_mask([3], [1], [0], [(0, 0)], 8)
    with pytest.raises(DataError, match="above 0; got 0"):
        shape_mask([0], [0], [0], [(0, 0)], 8)
