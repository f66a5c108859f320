from __future__ import annotations

import numpy as np
import pandas as pd

from napari_disentangle.annotations.refit import SAME_PX
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.crops.joined import JoinedCrops
from napari_disentangle.crops.places import reach_px, skipped_places
from napari_disentangle.crops.windows import plan_boxes, plan_windows

IMAGE = np.random.default_rng(0).random((2, 1, 1, 40, 60))


def test_skipped_labels_lie_at_their_centroid_in_each_frame() -> None:
    labels = np.zeros((2, 1, 40, 60), np.int32)
    labels[:, 0, 2:22, 2:22] = 3
    labels[0, 0, 30:32, 40:43] = 7
    labels[1, 0, 35:37, 50:53] = 7
    crops = plan_crops(IMAGE, labels, CropConfig(min_area_px=20), roi_id="a")
    expected = pd.DataFrame(
        {
            **{"roi_id": "a", "frame": [0, 1], "label": 7},
            **{"pos_y": [30.5, 35.5], "pos_x": [41.0, 51.0]},
        }
    )
    found = skipped_places(crops)
    pd.testing.assert_frame_equal(found[list(expected)], expected)


def test_skipped_points_and_boxes_lie_where_they_are() -> None:
    centers = np.array([[0, 5.0, 5.0], [0, 99.0, 5.0]])
    found = skipped_places(plan_windows(IMAGE, centers, 10, CropConfig()))
    assert found[["label", "pos_y", "pos_x"]].values.tolist() == [[2, 99, 5]]
    boxes = np.array([[4.0, 4, 5, 6], [10, 10, 30, 34]])
    found = skipped_places(plan_boxes(IMAGE, boxes, CropConfig()))
    assert found[["label", "pos_y", "pos_x"]].values.tolist() == [[1, 4.5, 5]]


def test_points_and_boxes_stay_in_place_and_labels_within_their_border() -> None:
    labels = np.zeros((2, 1, 40, 60), np.int32)
    labels[:, 0, 2:26, 2:30] = 3
    labels[0, 0, 30:32, 40:56] = 7
    cells = plan_crops(IMAGE, labels, CropConfig(min_area_px=1), roi_id="a")
    side = cells.window_px
    assert reach_px(cells).tolist() == [side / 4, 1.0, side / 4]
    points = plan_windows(IMAGE, np.array([[5.0, 5], [9, 9]]), 40, CropConfig())
    assert reach_px(points).tolist() == [SAME_PX, SAME_PX]
    joined = JoinedCrops([points, cells])
    of_a = (joined.table["roi_id"] == "a").tolist()
    assert of_a == [True, True, True, False, False]
    assert reach_px(joined).tolist() == [side / 4, 1.0, side / 4, SAME_PX, SAME_PX]


def test_without_skipped_objects_there_are_no_places() -> None:
    found = skipped_places(
        plan_windows(IMAGE, np.array([[5.0, 5.0]]), 10, CropConfig())
    )
    assert len(found) == 0
