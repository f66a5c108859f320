"""Images that are encoded together compare: channel by channel, cell by cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import dask.array as da
import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import CropError
from napari_disentangle.recipes.aligned import aligned_with, channel_order, why_unlike
from napari_disentangle.recipes.encode_images import iter_encode_images
from napari_disentangle.recipes.image_objects import ImageObjects
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model

KEEP = CropConfig(background="keep", window_px=24)
CENTERS = np.array([[0, 0, 20.0, 20], [0, 0, 20, 60]])


@pytest.fixture
def labels() -> NDArray[np.int32]:
    labels = np.zeros((1, 1, 40, 80), np.int32)
    for label, (_, _, y, x) in enumerate(CENTERS.astype(int), start=1):
        labels[0, 0, y - 6 : y + 7, x - 6 : x + 7] = label
    return labels


@pytest.fixture
def shown(labels: NDArray[np.int32]) -> ImageObjects:
    """DAPI is 100 and 110 in the cells, GFP 200 and 240."""
    ramp = np.tile(np.arange(80), (40, 1))
    dapi = np.where(labels[0, 0] > 0, 90 + 10 * labels[0, 0], ramp % 50)
    gfp = np.where(labels[0, 0] > 0, 160 + 40 * labels[0, 0], ramp % 70)
    image = np.stack([dapi, gfp])[None, None].astype(np.uint16)
    return ImageObjects(image, labels, roi_id="a", channels=("DAPI", "GFP"))


def other(
    shown: ImageObjects, channels: tuple[str, ...], order: list[int]
) -> ImageObjects:
    image = shown.image[:, :, order]
    return replace(shown, image=image, channels=channels, roi_id="b")


def test_channels_in_another_order_are_matched_by_name(
    shown: ImageObjects, pixel_model: Model
) -> None:
    crops = run(iter_plan_objects(shown, CropConfig()))
    swapped = other(shown, ("gfp", "BF", "dapi"), [1, 0, 0])
    (found,) = run(iter_encode_images([swapped], shown, crops, pixel_model))
    assert found.problem == ""
    assert found.source is swapped
    assert found.codes is not None
    table = found.codes.table
    np.testing.assert_allclose(table["intensity_mean_0"], [100, 110])
    np.testing.assert_allclose(table["intensity_mean_1"], [200, 240])
    assert "intensity_mean_2" not in table
    assert found.crops is not None
    rows = np.arange(2)
    np.testing.assert_allclose(found.crops.cut(rows, 16), crops.cut(rows, 16))


def test_an_image_without_a_channel_of_the_crops_is_left_out_with_reason_and_remedy(
    shown: ImageObjects, pixel_model: Model
) -> None:
    crops = run(iter_plan_objects(shown, CropConfig()))
    foreign = other(shown, ("DAPI", "Cy5"), [0, 1])
    (found,) = run(iter_encode_images([foreign], shown, crops, pixel_model))
    assert found.codes is None
    assert found.problem == (
        "b: It has no channel 'GFP' like a (its channels are DAPI, Cy5); name its "
        "channels alike, or cut anew without that channel."
    )
    one = CropConfig(channels=(0,))
    crops = run(iter_plan_objects(shown, one))
    (found,) = run(iter_encode_images([foreign], shown, crops, pixel_model))
    assert found.codes is not None
    assert "intensity_mean_1" not in found.codes.table


def test_without_names_channels_are_matched_by_order(shown: ImageObjects) -> None:
    for nameless in (other(shown, (), [1, 0]), shown):
        assert aligned_with(nameless, replace(shown, channels=()), KEEP) is nameless
    same = other(shown, ("dapi", "gfp"), [0, 1])
    assert aligned_with(same, shown, KEEP) is same


def test_lazy_images_stay_lazy(shown: ImageObjects) -> None:
    lazy = replace(shown, image=da.from_array(shown.image), channels=("GFP", "DAPI"))
    image = aligned_with(lazy, shown, KEEP).image
    assert isinstance(image, da.Array)
    np.testing.assert_array_equal(image, shown.image[:, :, [1, 0]])


def test_order_ends_at_the_first_channel_that_is_lacking() -> None:
    assert channel_order(["c", "a", "b"], ["a", "b", "c"]) == [1, 2, 0]
    assert channel_order(["c", "a"], ["a", "b", "c"]) == [1]


@pytest.mark.parametrize("kind", ["points", "shapes"])
def test_points_and_rectangles_compare_with_labels_where_the_background_is_kept(
    shown: ImageObjects, pixel_model: Model, kind: Literal["points", "shapes"]
) -> None:
    objects = CENTERS
    if kind == "shapes":
        objects = np.column_stack(
            [CENTERS[:, :2], CENTERS[:, 2:] - 6, CENTERS[:, 2:] + 6]
        )
    marks = replace(shown, objects=objects, kind=kind, roi_id="b")
    crops = run(iter_plan_objects(shown, KEEP))
    (found,) = run(iter_encode_images([marks], shown, crops, pixel_model))
    assert found.problem == ""
    assert found.crops is not None
    rows = np.arange(2)
    np.testing.assert_allclose(found.crops.cut(rows, 16), crops.cut(rows, 16))
    back = run(iter_plan_objects(marks, KEEP))
    (found,) = run(iter_encode_images([shown], marks, back, pixel_model))
    assert found.problem == ""
    assert found.crops is not None
    np.testing.assert_allclose(found.crops.cut(rows, 16), crops.cut(rows, 16))


def test_why_an_image_cannot_be_cut_alike_is_known_before_it_is_cut(
    shown: ImageObjects,
) -> None:
    crops = run(iter_plan_objects(shown, CropConfig()))
    assert why_unlike(shown, shown, crops) == ""
    nameless = replace(shown, channels=(), roi_id="b")
    one = replace(nameless, image=shown.image[:, :, :1])
    assert "The image has 1 channels, the one that is encoded 2" in why_unlike(
        one, shown, crops
    )
    deep = replace(nameless, image=shown.image.astype(np.float32))
    assert "The pixels are float32, those of a uint16" in why_unlike(deep, shown, crops)
    foreign = other(shown, ("DAPI", "Cy5"), [0, 1])
    assert "It has no channel 'GFP'" in why_unlike(foreign, shown, crops)
    marks = replace(nameless, objects=CENTERS, kind="points")
    assert "The cells are points" in why_unlike(marks, shown, crops)


@pytest.mark.parametrize(
    "config", [CropConfig(window_px=24), KEEP.replace(window="fit", window_px=0)]
)
def test_else_they_are_left_out_with_reason_and_remedy(
    shown: ImageObjects, config: CropConfig
) -> None:
    marks = replace(shown, objects=CENTERS, kind="points", roi_id="b")
    with pytest.raises(CropError, match=r"cells are points, those of a labels.*keep"):
        aligned_with(marks, shown, config)
