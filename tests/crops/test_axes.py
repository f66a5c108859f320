import dask.array
import numpy as np
import pytest

from napari_disentangle.crops.axes import guess_axes, has_rgb, to_tzcyx, to_tzyx
from napari_disentangle.errors import DataError

SIZES = {"t": 2, "z": 3, "c": 4, "y": 5, "x": 6}


@pytest.mark.parametrize("axes", ["yx", "tyx", "zyx", "yxc", "cyx", "tzyx", "tczyx"])
def test_every_pixel_lands_on_its_canonical_place(axes):
    image = np.arange(np.prod([SIZES[a] for a in axes])).reshape(
        [SIZES[a] for a in axes]
    )
    view = to_tzcyx(image, axes)
    assert view.shape == tuple(SIZES[a] if a in axes else 1 for a in "tzcyx")
    assert np.shares_memory(view, image)
    last = {a: SIZES[a] - 1 for a in axes}
    assert view[-1, -1, -1, 1, 2] == image[tuple({**last, "y": 1, "x": 2}.values())]


def test_labels_have_no_channel_axis():
    assert to_tzyx(np.zeros((5, 6), int), "yx").shape == (1, 1, 5, 6)
    with pytest.raises(DataError, match="'cyx' do not describe labels"):
        to_tzyx(np.zeros((4, 5, 6), int), "cyx")


@pytest.mark.parametrize("axes", ["y", "yy", "qyx", "tzc"])
def test_axes_that_make_no_image_are_refused(axes):
    with pytest.raises(DataError, match="do not describe image"):
        to_tzcyx(np.zeros((5,) * len(axes)), axes)


def test_axes_of_another_number_are_refused():
    with pytest.raises(DataError, match=r"name 3 axes; the image have|shape \(5, 6\)"):
        to_tzcyx(np.zeros((5, 6)), "tyx")


def test_chunked_arrays_stay_lazy():
    zarr = pytest.importorskip("zarr")
    lazy = to_tzcyx(dask.array.zeros((2, 5, 6), chunks=(1, 5, 6)), "tyx")
    assert isinstance(lazy, dask.array.Array)
    stored = to_tzcyx(zarr.zeros((5, 6, 3), chunks=(2, 6, 3)), "yxc")
    assert isinstance(stored, dask.array.Array)
    assert stored.shape == (1, 1, 3, 5, 6)


@pytest.mark.parametrize(
    ("shape", "is_rgb", "stack", "expected"),
    [
        ((5, 6), False, "time", "yx"),
        ((2, 5, 6), False, "time", "tyx"),
        ((2, 5, 6), False, "z", "zyx"),
        ((2, 5, 6), False, "channel", "cyx"),
        ((5, 6, 3), True, "z", "yxc"),
        ((2, 5, 6, 3), True, "z", "zyxc"),
        ((2, 3, 5, 6), False, "time", "tzyx"),
        ((2, 3, 4, 5, 6), False, "time", "tczyx"),
    ],
)
def test_axes_are_guessed_as_napari_shows_them(shape, is_rgb, stack, expected):
    assert guess_axes(shape, is_rgb, stack) == expected


@pytest.mark.parametrize("shape", [(5,), (1, 2, 3, 4, 5, 6)])
def test_axes_of_odd_arrays_are_not_guessed(shape):
    with pytest.raises(DataError, match="Cannot tell the axes"):
        guess_axes(shape, is_rgb=False)


def test_color_is_the_last_axis_with_three_or_four_entries():
    assert has_rgb((5, 6, 3), "yxc")
    assert not has_rgb((3, 5, 6), "cyx")
    assert not has_rgb((5, 6, 2), "yxc")
