"""Crops of one gray channel have no color, and neither have equal channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.crops.gray import ColorWatch
from napari_disentangle.recipes.encode import encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model


@pytest.mark.parametrize(
    ("change", "axes", "gray"),
    [
        (lambda image: image, "yxc", False),
        (lambda image: image[..., 0], "yx", True),
        (lambda image: np.repeat(image[..., :1], 3, axis=-1), "yxc", True),
    ],
)
def test_codes_tell_whether_the_cells_have_color(
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]],
    pixel_model: Model,
    change: object,
    axes: str,
    gray: bool,
) -> None:
    image, labels = painted_cells
    pixels = to_tzcyx(change(image), axes)  # type: ignore[operator]
    crops = plan_crops(pixels, to_tzyx(labels, "yx"), CropConfig())
    assert encode(crops, pixel_model).is_gray is gray


def test_one_colored_cell_of_many_is_enough(
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]],
) -> None:
    image, labels = painted_cells
    image = np.repeat(image[..., :1], 3, axis=-1)
    image[labels == 40] = (200, 10, 10)
    crops = plan_crops(to_tzcyx(image, "yxc"), to_tzyx(labels, "yx"), CropConfig())
    watch = ColorWatch(crops)
    rows = np.flatnonzero(crops.table["label"] != 40)
    watch.cut(rows, 32)
    assert not watch.has_color
    watch.cut(np.flatnonzero(crops.table["label"] == 40), 32)
    watch.cut(rows, 32)
    assert watch.has_color
