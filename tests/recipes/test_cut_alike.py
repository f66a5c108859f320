from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.cut_alike import unlike_text
from napari_disentangle.recipes.image_cells import ImageCells

LIMITS = np.array([[0.0, 255.0], [3.0, 80.0]])
ONE = replace(
    ImageCells.without_cells("a", "1"),
    window_px=43.2,
    crop=CropConfig(),
    limits=LIMITS,
)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"window_px": 60.0}, "windows of 43, 60 px, so Scale does not compare"),
        ({"limits": LIMITS * 1.1}, "brightness, so Color and Texture do not compare"),
        ({"limits": LIMITS[:1]}, "other limits of brightness"),
        ({"crop": CropConfig(background="keep")}, "another background, so no factor"),
        ({"crop": CropConfig(channels=(2,))}, "another channels, so no factor"),
        (
            {"crop": CropConfig(window="fit"), "window_px": np.nan},
            "another kind of window, so no factor",
        ),
    ],
)
def test_what_does_not_compare_is_told(change: dict[str, object], told: str) -> None:
    assert told in unlike_text([ONE, replace(ONE, key="2", **change)])  # type: ignore[arg-type]


def test_images_that_compare_give_no_warning() -> None:
    empty = ImageCells.without_cells("b", "3")
    folder = replace(ONE, roi_id="folder/", limits=None)
    same = replace(ONE, limits=LIMITS * 1.0001, window_px=43.3)
    assert unlike_text([ONE, same, empty, folder]) == ""
    assert unlike_text([ONE]) == ""
    assert unlike_text([]) == ""
