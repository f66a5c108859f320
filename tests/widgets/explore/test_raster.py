"""Many points as one picture."""

from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.widgets._explore.raster import draw_density, draw_points

RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 255)


def _colors(*colors: tuple[int, ...]) -> np.ndarray:
    return np.array(colors, np.uint8)


def test_a_disk_has_its_color_where_it_is_and_nothing_elsewhere() -> None:
    picture = draw_points(np.array([[5, 8]]), _colors(RED), (20, 30), 2)
    y, x = np.mgrid[:20, :30]
    inside = (y - 5) ** 2 + (x - 8) ** 2 <= 4
    assert (picture[inside] == RED).all()
    assert not picture[~inside].any()


def test_later_points_cover_earlier_ones() -> None:
    at = np.array([[5, 5], [5, 5]])
    assert tuple(draw_points(at, _colors(RED, BLUE), (9, 9), 1)[5, 5]) == BLUE


@pytest.mark.parametrize("at", [(-1, 4), (4, -1), (9, 4), (4, 9), (-50, 999)])
def test_a_point_outside_shows_only_what_reaches_in(at: tuple[int, int]) -> None:
    picture = draw_points(np.array([at]), _colors(RED), (9, 9), 2)
    y, x = np.mgrid[:9, :9]
    inside = (y - at[0]) ** 2 + (x - at[1]) ** 2 <= 4
    np.testing.assert_array_equal(picture[..., 0] > 0, inside)


def test_what_was_drawn_before_stays_beneath() -> None:
    below = draw_points(np.array([[2, 2]]), _colors(RED), (9, 9), 1)
    kept = below.copy()
    both = draw_points(np.array([[6, 6]]), _colors(BLUE), (9, 9), 1, below)
    assert tuple(both[2, 2]) == RED
    assert tuple(both[6, 6]) == BLUE
    np.testing.assert_array_equal(below, kept)


def test_no_points_draw_nothing() -> None:
    nowhere, none = np.zeros((0, 2), np.int64), np.zeros((0, 4), np.uint8)
    assert not draw_points(nowhere, none, (5, 7), 3).any()
    assert draw_density(nowhere, none, (5, 7)).shape == (5, 7, 4)
    assert not draw_density(nowhere, none, (5, 7)).any()


def test_a_density_is_more_opaque_where_there_is_more() -> None:
    at = np.array([[1, 1], [1, 1], [1, 1], [1, 10], [1, 99], [-1, 1]])
    picture = draw_density(at, np.tile(_colors(RED), (6, 1)), (6, 12))
    assert picture[1, 1, 3] == 255
    assert 0 < picture[1, 10, 3] < 255
    assert not picture[4:].any()
    assert (picture[:3, :3] == picture[1, 1]).all()  # one field


def test_a_density_has_the_mean_color_of_its_points() -> None:
    at = np.array([[1, 1], [2, 2]])
    picture = draw_density(at, _colors(RED, BLUE), (3, 3))
    assert tuple(picture[0, 0, :3]) == (128, 0, 128)
