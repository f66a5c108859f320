from __future__ import annotations

import numpy as np

from napari_disentangle.metrics.matching import match_dimensions


def test_the_sum_decides_not_each_factor_alone():
    strength = np.array([[0.9, 0.8], [0.7, 0.1], [0.0, 0.2]])
    assert match_dimensions(strength) == (1, 0)


def test_a_factor_without_a_dimension_has_none():
    assert match_dimensions(np.array([[0.2, 0.9, 0.1]])) == (None, 0, None)
    assert match_dimensions(np.array([[0.0, 0.9], [0.0, 0.1]])) == (None, 0)
