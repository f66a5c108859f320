import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.windows import plan_boxes, plan_windows
from napari_disentangle.errors import CropError

IMAGE = np.random.default_rng(0).integers(50, 250, (1, 1, 3, 60, 80), np.uint8)


def everything(crops, size):
    return crops.cut(np.arange(len(crops)), size)


def test_a_window_is_centered_on_its_point():
    crops = plan_windows(IMAGE, np.array([[20.0, 30.0]]), 21, CropConfig())
    crop = everything(crops, 21)[0]
    np.testing.assert_allclose(crop, IMAGE[0, 0, :, 10:31, 20:41] / 255, atol=1e-6)
    assert crops.window_px == 21
    assert crops.table["frame"].dtype == np.int64
    assert crops.table[["label", "index", "frame"]].to_numpy().tolist() == [[1, 1, 0]]


def test_points_keep_background_and_mirror_at_the_border():
    points = np.array([[0.0, 0.0], [59, 79], [30, 0]])
    crops = everything(plan_windows(IMAGE, points, 300, CropConfig()), 32)
    assert crops.min() > 49 / 255


def test_points_outside_are_skipped_and_ids_stay():
    points = np.array([[20, 20], [-9, 20], [20, np.nan], [30, 79.4]])
    crops = plan_windows(IMAGE, points, 20, CropConfig(), ids=np.array([8, 3, 4, 2]))
    assert crops.table["label"].tolist() == [2, 8]
    assert crops.table["pos_x"].tolist() == [79.4, 20]
    assert crops.skipped[["label", "reason"]].to_numpy().tolist() == [
        [3, "outside the image"],
        [4, "outside the image"],
    ]


def test_the_third_coordinate_is_the_time_point_or_the_plane():
    stack = np.arange(4, dtype=np.uint8)[:, None, None] * np.ones((60, 80), np.uint8)
    points = np.array([[2.0, 20, 20], [3, 20, 20]])
    config = CropConfig(intensity="full")
    movie = plan_windows(stack[:, None, None], points, 9, config)
    assert movie.table["frame"].tolist() == [2, 3]
    volume = plan_windows(stack[None, :, None], points, 9, config)
    assert volume.table["frame"].tolist() == [0, 0]
    assert volume.table["pos_z"].tolist() == [2, 3]
    for crops in (movie, volume):
        values = everything(crops, 9)[:, 0, 4, 4] * 255
        np.testing.assert_allclose(values, [2, 3], atol=1e-5)
    both = plan_windows(stack[None, :, None], np.array([[0, 1.0, 20, 20]]), 9, config)
    assert both.table["pos_z"].tolist() == [1]
    top = config.replace(projection="max")
    crop = everything(plan_windows(stack[None, :, None], points[:1], 9, top), 9)
    assert crop.max() * 255 == pytest.approx(3)


def test_a_box_is_cut_by_its_center_and_its_outside_is_0():
    box = np.array([[9.5, 19.5, 29.5, 49.5]])  # rows 10..29, columns 20..49
    crops = plan_boxes(IMAGE, box, CropConfig(window_px=40))
    crop = everything(crops, 40)[0]
    inside = crop[:, 10:30, 5:35]
    np.testing.assert_allclose(inside, IMAGE[0, 0, :, 10:30, 20:50] / 255, atol=1e-6)
    assert crop.sum() == pytest.approx(inside.sum(), rel=1e-5)
    kept = plan_boxes(IMAGE, box, CropConfig(window_px=40, background="keep"))
    assert everything(kept, 40).min() > 49 / 255


def test_boxes_share_a_window_or_fit():
    boxes = np.array([[10, 10, 20, 30], [20, 20, 50, 60.0]])
    common = plan_boxes(IMAGE, boxes, CropConfig())
    assert common.window_px == pytest.approx(1.5 * np.percentile([20, 40], 99))
    fit = plan_boxes(IMAGE, boxes, CropConfig(window="fit"))
    assert [fit.side_px(row) for row in (0, 1)] == [30, 60]
    assert np.isnan(fit.window_px)


def test_boxes_are_skipped_with_reasons():
    boxes = np.array([[0, 0, 3, 3], [-9, 5, 30, 40], [5, 5, 40, 40], [9, 9, 5, 5.0]])
    crops = plan_boxes(IMAGE, boxes, CropConfig(clear_border=True))
    assert crops.table["label"].tolist() == [3]
    assert crops.skipped["reason"].tolist() == [
        "smaller than 16 px",
        "cut by the image border",
        "smaller than 16 px",
    ]
    np.testing.assert_array_equal(crops.boxes, boxes[2:3])


def test_boxes_can_be_of_time_points():
    movie = np.concatenate([IMAGE, IMAGE // 2])
    boxes = np.array([[10, 10, 30, 30], [10, 10, 30, 30.0]])
    crops = plan_boxes(movie, boxes, CropConfig(), frames=np.array([1, 0]))
    assert crops.table[["frame", "label"]].to_numpy().tolist() == [[0, 2], [1, 1]]
    first, second = everything(crops, 20).mean((1, 2, 3))
    assert first == pytest.approx(2 * second, rel=0.02)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plan_windows(IMAGE, np.zeros((0, 2)), 9, CropConfig()), "no points"),
        (lambda: plan_windows(IMAGE, np.zeros((3, 5)), 9, CropConfig()), "2 or 3 or 4"),
        (lambda: plan_windows(IMAGE, np.zeros((3, 2)), 0, CropConfig()), "above 0 px"),
        (lambda: plan_boxes(IMAGE, np.zeros((3, 2)), CropConfig()), "4 columns"),
        (
            lambda: plan_boxes(IMAGE, np.full((1, 4), 900.0), CropConfig()),
            "1 outside the image",
        ),
        (
            lambda: plan_windows(
                IMAGE, np.zeros((2, 2)), 9, CropConfig(), ids=np.array([1, 1])
            ),
            "different ids",
        ),
    ],
)
def test_what_cannot_be_cut_is_refused(call, message):
    with pytest.raises(CropError, match=message):
        call()
