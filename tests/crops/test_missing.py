"""Cells with pixels that have no value are skipped, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.crops.missing import LACKING, MISSING
from napari_disentangle.crops.windows import plan_boxes, plan_windows
from napari_disentangle.errors import CropError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def image_of(n_z: int = 1, n_channels: int = 1) -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    return rng.uniform(size=(1, n_z, n_channels, 60, 90)).astype(np.float32)


@pytest.fixture
def labels() -> NDArray[np.int32]:
    """Cells 1, 2 and 3 from left to right, in one plane."""
    found = np.zeros((1, 1, 60, 90), np.int32)
    for label, left in enumerate((5, 35, 65), 1):
        found[..., 20:40, left : left + 20] = label
    return found


def planned(crops: Any) -> tuple[list[int], dict[int, str]]:
    skipped = dict(zip(crops.skipped["label"], crops.skipped["reason"], strict=True))
    return crops.table["label"].tolist(), skipped


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("lazy", [False, True])
def test_one_pixel_without_a_value_is_enough(
    labels: NDArray[np.int32], value: float, lazy: bool
) -> None:
    image = image_of()
    image[..., 30, 40] = value
    given = da.from_array(image, chunks=(1, 1, 1, 32, 32)) if lazy else image
    assert planned(plan_crops(given, labels, CropConfig())) == ([1, 3], {2: MISSING})


def test_pixels_beside_a_cell_are_of_no_account(labels: NDArray[np.int32]) -> None:
    image = image_of()
    image[..., labels[0, 0] == 0] = np.nan
    assert planned(plan_crops(image, labels, CropConfig())) == ([1, 2, 3], {})


def test_only_channels_that_crops_show_count(labels: NDArray[np.int32]) -> None:
    image = image_of(n_channels=4)
    image[:, :, 3, 30, 40] = np.nan
    shown = plan_crops(image, labels, CropConfig(channels=(0, 3)))
    assert planned(shown) == ([1, 3], {2: MISSING})
    hidden = plan_crops(image, labels, CropConfig(channels=(0, 1)))
    assert planned(hidden) == ([1, 2, 3], {})


def test_only_planes_that_crops_show_count(labels: NDArray[np.int32]) -> None:
    image, labels = image_of(n_z=5), np.tile(labels, (1, 5, 1, 1))
    image[:, 0, :, 30, 40] = np.nan
    central = plan_crops(image, labels, CropConfig(projection="central"))
    assert planned(central) == ([1, 2, 3], {})
    highest = plan_crops(image, labels, CropConfig(projection="max"))
    assert planned(highest) == ([1, 3], {2: MISSING})


def test_another_reason_is_not_written_over(labels: NDArray[np.int32]) -> None:
    image = image_of()
    image[..., 30, 40] = np.nan
    labels[labels == 2] = 0
    labels[..., 30, 40] = 2
    _, skipped = planned(plan_crops(image, labels, CropConfig()))
    assert skipped == {2: "smaller than 16 px"}


def test_points_and_boxes_are_looked_at_in_their_center() -> None:
    image = image_of()
    image[..., 30, 40] = np.nan
    points = np.array([[30.0, 15], [30.4, 39.6], [30, 42]])
    crops: Any = plan_windows(image, points, 12, CropConfig())
    assert planned(crops) == ([1, 3], {2: LACKING})
    boxes = np.array([[20.0, 5, 40, 25], [20, 30, 40, 50]])
    crops = plan_boxes(image, boxes, CropConfig())
    assert planned(crops) == ([1], {2: LACKING})


def test_a_point_outside_keeps_its_reason() -> None:
    points = np.array([[30.0, 15], [-5, 15]])
    crops: Any = plan_windows(image_of(), points, 12, CropConfig())
    assert planned(crops) == ([1], {2: "outside the image"})


def test_where_no_cell_has_values_it_is_said_why(labels: NDArray[np.int32]) -> None:
    image = image_of()
    image[..., 20:40, :] = np.nan
    with pytest.raises(CropError, match="3 with pixels that have no value"):
        plan_crops(image, labels, CropConfig())


def test_images_of_whole_numbers_are_not_looked_at(labels: NDArray[np.int32]) -> None:
    image = (255 * image_of()).astype(np.uint8)
    assert planned(plan_crops(image, labels, CropConfig())) == ([1, 2, 3], {})
