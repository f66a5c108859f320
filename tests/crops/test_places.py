from __future__ import annotations

import numpy as np
import pandas as pd

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.crops.places import skipped_places
from napari_disentangle.crops.windows import plan_windows

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


def test_where_points_outside_lie_is_not_told() -> None:
    centers = np.array([[0, 5.0, 5.0], [0, 99.0, 5.0]])
    found = skipped_places(plan_windows(IMAGE, centers, 10, CropConfig()))
    assert found["label"].tolist() == [2]
    assert found[["pos_y", "pos_x"]].isna().all(axis=None)


def test_without_skipped_objects_there_are_no_places() -> None:
    found = skipped_places(
        plan_windows(IMAGE, np.array([[5.0, 5.0]]), 10, CropConfig())
    )
    assert len(found) == 0
