import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from napari_disentangle.crops.resize import axis_weights, resample


def resize(image, center, side, size, *, reflect=True):
    y, x = (
        axis_weights(at, side, size, length, reflect=reflect)
        for at, length in zip(center, image.shape[1:], strict=True)
    )
    return resample(image[:, y.span, x.span], y, x)


@pytest.mark.parametrize("size", [7, 40, 64, 91])
def test_inside_the_image_it_is_what_pillow_does(size):
    rng = np.random.default_rng(0)
    image = rng.random((2, 120, 120), dtype=np.float32)
    box = (21, 30, 85, 94)  # left, top, right, bottom
    expected = [
        np.asarray(
            Image.fromarray(plane).resize((size, size), Image.Resampling.BILINEAR, box)
        )
        for plane in image
    ]
    crop = resize(image, (61.5, 52.5), 64, size)
    np.testing.assert_allclose(crop, expected, atol=1e-5)


def test_a_window_of_its_own_size_is_copied():
    image = np.random.default_rng(0).random((3, 20, 30), dtype=np.float32)
    crop = resize(image, (9.5, 12.5), 10, 10)
    np.testing.assert_array_equal(crop, image[:, 5:15, 8:18])


@given(
    center=st.tuples(st.floats(-30, 50), st.floats(-30, 60)),
    side=st.floats(0.5, 200),
    size=st.integers(1, 40),
)
def test_mirrored_windows_of_a_flat_image_are_flat(center, side, size):
    image = np.full((1, 20, 30), 0.75, np.float32)
    np.testing.assert_allclose(resize(image, center, side, size), 0.75, atol=1e-5)


@given(
    center=st.tuples(st.floats(0, 19), st.floats(0, 29)),
    side=st.floats(1, 100),
    size=st.integers(1, 40),
)
def test_padding_mirrors_as_numpy_does(center, side, size):
    image = np.random.default_rng(1).random((1, 20, 30), dtype=np.float32)
    pad = 200
    padded = np.pad(image, ((0, 0), (pad, pad), (pad, pad)), mode="symmetric")
    away = (center[0] + pad, center[1] + pad)
    expected = resize(padded, away, side, size)
    np.testing.assert_allclose(resize(image, center, side, size), expected, atol=1e-5)


@given(side=st.floats(30, 120), size=st.integers(8, 64))
def test_zero_padding_conserves_the_light_of_an_object(side, size):
    image = np.ones((1, 10, 12), np.float32)
    crop = resize(image, (4.5, 5.5), side, size, reflect=False)
    light = crop.sum() * (side / size) ** 2
    assert light == pytest.approx(image.sum(), rel=0.12)
