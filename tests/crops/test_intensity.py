import dask.array
import numpy as np
import pytest

from napari_disentangle.crops import intensity
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.intensity import find_limits, normalize
from napari_disentangle.crops.planes import Planes
from napari_disentangle.errors import DataError

RNG = np.random.default_rng(0)


def limits_of(image, config=None, *, is_rgb=False):
    return find_limits(Planes(image), config or CropConfig(), is_rgb=is_rgb)


def test_8_bit_color_keeps_its_colors():
    image = RNG.integers(90, 200, (1, 1, 3, 20, 20), np.uint8)
    assert limits_of(image, is_rgb=True).tolist() == [[0, 255]] * 3


def test_channels_get_percentiles_of_their_own():
    image = RNG.normal([[[[[100]], [[1000]]]]], 10, (2, 1, 2, 50, 50))
    expected = np.percentile(image, [0.1, 99.9], axis=(0, 1, 3, 4)).T
    np.testing.assert_allclose(limits_of(image.astype(np.float32)), expected, rtol=1e-4)


def test_16_bit_color_shares_one_pair():
    image = RNG.integers(100, 4000, (1, 1, 3, 40, 40), np.uint16)
    image[:, :, 1] //= 4
    first, second, third = limits_of(image, is_rgb=True).tolist()
    assert first == second == third == np.percentile(image, [0.1, 99.9]).tolist()


def test_full_range_is_that_of_the_type():
    config = CropConfig(intensity="full")
    image = RNG.integers(0, 9, (1, 1, 1, 5, 5))
    assert limits_of(image.astype(np.int16), config).tolist() == [[-32768, 32767]]
    assert limits_of(image.astype(np.float32), config).tolist() == [[0, 1]]


def test_missing_values_do_not_count():
    image = RNG.random((1, 1, 1, 30, 30))
    expected = limits_of(image)
    spoilt = np.concatenate([image, np.full((1, 1, 1, 30, 30), np.nan)])
    spoilt[1, 0, 0, 0, :2] = np.inf, -np.inf
    np.testing.assert_allclose(limits_of(spoilt), expected)
    window = np.array([[[np.nan, np.inf, -np.inf, 0.5, 2.0, -3.0]]])
    values = normalize(window, np.array([[0.0, 1.0]]))
    assert values.dtype == np.float32
    assert values.tolist() == [[[0, 0, 0, 0.5, 1, 0]]]


@pytest.mark.parametrize("value", [0, 7])
def test_a_constant_image_is_refused(value):
    with pytest.raises(DataError, match=rf"constant \(every pixel is {value}\)"):
        limits_of(np.full((2, 1, 3, 9, 9), value, np.uint8), is_rgb=True)


def test_an_image_without_numbers_is_refused():
    with pytest.raises(DataError, match="NaN or infinite"):
        limits_of(np.full((1, 1, 1, 9, 9), np.nan))


def test_one_empty_channel_among_others_is_black():
    image = RNG.random((1, 1, 2, 20, 20))
    image[:, :, 1] = 3.0
    values = normalize(image[0, 0], limits_of(image))
    assert values[0].max() == 1
    assert (values[1] == 0).all()


def test_a_few_bright_pixels_still_show():
    image = np.zeros((1, 1, 1, 100, 100), np.uint16)
    image[..., 5, 5] = 900
    assert limits_of(image).tolist() == [[0, 900]]


def test_16_bit_values_do_not_overflow():
    window = np.array([[[0, 100, 300, 65535]]], np.uint16)
    values = normalize(window, np.array([[100.0, 300.0]]))
    assert values.tolist() == [[[0, 0, 1, 1]]]


def test_big_images_are_sampled(monkeypatch):
    monkeypatch.setattr(intensity, "READ_PX", 4 * 64 * 64)
    monkeypatch.setattr(intensity, "KEPT_PX", 2000)
    reads = []

    def note(block):
        reads.append(block.shape)
        return block

    image = RNG.random((40, 1, 1, 64, 64))
    lazy = dask.array.from_array(image, chunks=(1, 1, 1, 64, 64))
    lazy = lazy.map_blocks(note, dtype=image.dtype, meta=np.array(()))
    low, high = limits_of(lazy)[0]
    assert len(reads) == 4
    assert low < 0.05
    assert high > 0.95


def test_a_yes_no_image_goes_from_black_to_white():
    image = RNG.random((1, 1, 1, 20, 20)) > 0.5
    limits = limits_of(image)
    assert limits.tolist() == [[0, 1]]
    np.testing.assert_array_equal(normalize(image[0, 0], limits), image[0, 0])
