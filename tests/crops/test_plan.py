import numpy as np
import pandas as pd
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.plan import guess_rgb, split_skipped, window_sides
from napari_disentangle.errors import CropError


@pytest.mark.parametrize(
    ("n_channels", "dtype", "channels", "expected"),
    [
        (3, np.uint8, (), True),
        (3, np.uint16, (), True),
        (4, np.uint8, (), True),
        (4, np.uint16, (), False),  # fluorescence rather than opacity
        (1, np.uint8, (), False),
        (5, np.uint8, (0, 1, 2), False),
        (3, np.uint8, (0,), False),
    ],
)
def test_color_images_are_told_from_channels(n_channels, dtype, channels, expected):
    image = np.zeros((1, 1, n_channels, 4, 4), dtype)
    assert guess_rgb(image, CropConfig(channels=channels)) is expected


def test_a_common_window_ignores_the_largest_hundredth():
    sides = np.r_[np.full(500, 20.0), 400.0]
    assert (window_sides(sides, CropConfig()) == 30).all()
    fitted = window_sides(sides, CropConfig(window="fit", margin=2))
    np.testing.assert_array_equal(fitted, 2 * sides)


def test_objects_are_split_by_reason():
    objects = pd.DataFrame({"roi_id": "a", "frame": 0, "label": [4, 7]})
    kept, skipped = split_skipped(objects, pd.Series(["", "too odd"]))
    assert kept["label"].tolist() == [4]
    assert skipped["reason"].tolist() == ["too odd"]
    with pytest.raises(CropError, match="No cell is left to crop: 2 too odd"):
        split_skipped(objects, pd.Series(["too odd", "too odd"]))
