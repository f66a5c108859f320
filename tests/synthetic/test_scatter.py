from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from napari_disentangle.errors import ConfigError
from napari_disentangle.synthetic.scatter import GAP_PX, scatter_discs


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 999), st.lists(st.floats(2, 20), max_size=25))
def test_discs_touch_neither_each_other_nor_the_border(
    seed: int, radii: list[float]
) -> None:
    radius = np.array(radii)
    centers = scatter_discs(np.random.default_rng(seed), radius, (300, 400))
    distance = np.hypot(*np.moveaxis(centers[:, None] - centers, -1, 0))
    apart = distance - radius[:, None] - radius
    np.fill_diagonal(apart, np.inf)
    assert (apart >= GAP_PX - 1e-9).all()
    assert (centers - radius[:, None] >= GAP_PX - 1e-9).all()
    assert (centers + radius[:, None] <= np.array([299, 399]) - GAP_PX + 1e-9).all()


def test_two_fifths_of_a_field_can_be_filled() -> None:
    radius = np.full(130, 17.5)
    centers = scatter_discs(np.random.default_rng(0), radius, (560, 560))
    assert centers.shape == (130, 2)


@pytest.mark.parametrize("radius", [30.0, 80.0])
def test_a_crowded_field_says_what_to_do(radius: float) -> None:
    with pytest.raises(
        ConfigError, match=r"of 50 objects.*200 x 100.*fewer or smaller"
    ):
        scatter_discs(np.random.default_rng(0), np.full(50, radius), (100, 200))
