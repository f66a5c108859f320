import numpy as np
import pytest
from skimage.color import rgb2hsv

from napari_disentangle.crops.contrast import stand_out

COLOR = np.random.default_rng(0).integers(0, 255, (3, 20, 30), np.uint8)


def test_saturation_is_that_of_hsv():
    expected = rgb2hsv(COLOR, channel_axis=0)[1]
    np.testing.assert_allclose(stand_out(COLOR, "saturation"), expected, atol=1e-6)


def test_gray_is_the_mean_and_a_number_is_a_channel():
    np.testing.assert_allclose(stand_out(COLOR, "gray"), COLOR.mean(0), rtol=1e-6)
    np.testing.assert_array_equal(stand_out(COLOR, "2"), COLOR[2])


@pytest.mark.parametrize("n_channels", [1, 2, 3, 5])
def test_contrast_is_the_distance_from_the_most_frequent_color(n_channels):
    image = np.full((n_channels, 40, 40), 50.0)
    image[:, 5:15, 5:15] = 20
    image[0, 20:30, 20:30] = 90
    contrast = stand_out(image, "contrast")
    assert contrast[0, 0] == 0
    assert contrast[10, 10] == pytest.approx(30 * np.sqrt(n_channels))
    assert contrast[25, 25] == pytest.approx(40)
    assert stand_out(image, "contrast", "dark")[25, 25] == 0
    assert stand_out(image, "contrast", "bright")[10, 10] == 0
