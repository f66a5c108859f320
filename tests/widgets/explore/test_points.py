"""The picture of a scatter: what is marked, faint, outside or near."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from napari_disentangle.widgets._explore.points import Points, draw, nearest

LIMITS = (0.0, 10.0), (0.0, 10.0)
SHAPE = 100, 100
PLAIN = np.array([10, 20, 30, 255], np.uint8)
ORANGE = [0xFF, 0x9F, 0x1C, 255]


def points(x: list[float], y: list[float]) -> Points:
    none = np.zeros(len(x), bool)
    return Points(np.array(x), np.array(y), None, PLAIN, none, none)


def test_cells_are_drawn_at_their_places_and_those_outside_are_not() -> None:
    picture = draw(points([2, 50, np.nan], [7, 5, 5]), LIMITS, SHAPE, 1)
    assert picture[70, 20].tolist() == PLAIN.tolist()
    assert (picture[:, 40:, 3] == 0).all()


def test_selected_cells_have_the_color_or_a_ring_and_faint_ones_neither() -> None:
    both = points([2, 8], [5, 5])
    chosen = replace(both, selected=np.array([True, False]))
    assert draw(chosen, LIMITS, SHAPE, 1)[50, 20].tolist() == ORANGE
    colors = np.tile(np.array([0, 255, 0, 255], np.uint8), (2, 1))
    ringed = draw(replace(chosen, colors=colors), LIMITS, SHAPE, 1)
    assert ringed[50, 20].tolist() == [0, 255, 0, 255]
    assert ringed[50, 24].tolist() == ORANGE
    faint = draw(replace(both, faint=np.array([True, False])), LIMITS, SHAPE, 1)
    assert faint[50, 20, 0] > PLAIN[0]
    assert faint[50, 80].tolist() == PLAIN.tolist()


def test_the_nearest_cell_is_told_in_pixels_and_only_if_it_is_near() -> None:
    x, y = np.array([1.0, 2.0, np.nan]), np.array([0.0, 0.0, 0.0])
    pixel = np.array([0.1, 1.0])
    assert nearest(x, y, (1.7, 0.0), pixel) == 1
    assert nearest(x, y, (1.2, 7.0), pixel) == 0
    assert nearest(x, y, (1.0, 9.0), pixel) == -1
    assert nearest(x[2:], y[2:], (0.0, 0.0), pixel) == -1
