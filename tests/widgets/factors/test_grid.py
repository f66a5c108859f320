from __future__ import annotations

import pytest

from napari_disentangle.widgets._factors.grid import EDGE_PX, best_layout


@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("n", [1, 2, 5, 7, 30])
@pytest.mark.parametrize(("width", "height"), [(1600, 900), (2400, 800), (1000, 1500)])
def test_pictures_fit_the_area_and_no_other_number_abreast_is_larger(
    n: int, width: int, height: int, aspect: float
) -> None:
    wide, columns = best_layout(n, width, height, aspect)
    if wide == 80:
        pytest.skip("too small an area for so many")

    def fits(wide: int, columns: int) -> bool:
        rows = -(-n // columns)
        across = wide + EDGE_PX <= width // columns
        return across and wide * aspect + 48 + EDGE_PX <= height // rows

    assert fits(wide, columns)
    assert not any(fits(wide + 1, each) for each in range(1, n + 1))


def test_a_picture_is_never_too_small_to_be_seen() -> None:
    assert best_layout(30, 300, 200, 1.0)[0] == 80


def test_high_pictures_stand_abreast_and_wide_ones_below_each_other() -> None:
    assert best_layout(3, 900, 900, aspect=3.0)[1] == 3
    assert best_layout(3, 900, 900, aspect=0.25)[1] == 1
