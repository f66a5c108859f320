from __future__ import annotations

import numpy as np
import pytest
from napari.layers import Image

from napari_disentangle.errors import CropError
from napari_disentangle.widgets._layers.axes import axes_choices


def first_guess(shape: tuple[int, ...], **looks: object) -> str:
    return axes_choices(Image(np.zeros(shape), **looks))[0][1]


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((20, 30), "yx"),
        ((3, 20, 30), "cyx"),
        ((12, 20, 30), "tyx"),
        ((12, 3, 20, 30), "tcyx"),
        ((12, 40, 20, 30), "tzyx"),
    ],
)
def test_few_of_an_axis_are_channels_and_many_are_times(
    shape: tuple[int, ...], axes: str
) -> None:
    assert first_guess(shape) == axes


def test_the_name_of_an_axis_decides_whatever_its_length() -> None:
    names = ("channel", "y", "x")
    assert first_guess((12, 20, 30), axis_labels=names) == "cyx"
    assert first_guess((3, 20, 30), axis_labels=("Z", "y", "x")) == "zyx"


def test_colors_are_the_channels_of_a_color_image() -> None:
    found = axes_choices(Image(np.zeros((5, 20, 30, 3)), rgb=True))
    assert found == [("time, y, x", "tyxc"), ("z, y, x", "zyxc")]


def test_every_meaning_is_on_offer_once() -> None:
    found = [axes for _, axes in axes_choices(Image(np.zeros((5, 4, 20, 30))))]
    assert sorted(found) == sorted(["tzyx", "ztyx", "tcyx", "ctyx", "zcyx", "czyx"])


def test_more_dimensions_than_have_a_meaning_are_refused_in_a_sentence() -> None:
    with pytest.raises(CropError, match=r"has 6 dimensions; at most .* Split it"):
        axes_choices(Image(np.zeros((2, 2, 2, 2, 20, 30))))
