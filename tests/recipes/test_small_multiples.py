"""Small images of the cells: each pixel has the color of its own cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.image_objects import ImageObjects
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.recipes.small_multiples import small_multiples
from napari_disentangle.tasks import run

SHADES = np.repeat(np.arange(1, 256, dtype=np.uint8)[:, None], 3, axis=1)


def _given(labels: np.ndarray) -> ImageObjects:
    return ImageObjects((labels % 50).astype(np.float32)[:, :, None], labels, "labels")


def _table(**values: Any) -> pd.DataFrame:
    labels = values["label"]
    return pd.DataFrame({"roi_id": "image", "frame": 0, "index": labels} | values)


@pytest.fixture
def labels() -> np.ndarray:
    labels = np.zeros((1, 1, 40, 60), np.int64)
    for label, column in ((9, 2), (4, 22), (30, 42)):
        labels[0, 0, 5:25, column : column + 15] = label
    return labels


def test_each_cell_has_its_own_value_in_any_order_of_ids(labels: np.ndarray) -> None:
    given = _given(labels)
    crops = run(iter_plan_objects(given, CropConfig()))
    table = _table(
        label=[4, 9, 30], z_scale=[0.0, 1.0, np.nan], z_shape=[5.0, 5.0, 7.0]
    )
    limits = {"z_scale": (0.0, 1.0), "z_shape": (5.0, 7.0)}
    scale, shape = small_multiples(given, crops, table, limits, SHADES)
    assert scale.picture.shape == (40, 60, 3)
    assert scale.picture[10, 30].tolist() == [1] * 3
    assert scale.picture[10, 10].tolist() == [255] * 3
    assert scale.picture[10, 50].tolist() == [140] * 3, "no value is gray"
    assert shape.picture[10, 50].tolist() == [255] * 3
    assert scale.picture[39, 59].tolist() == [0] * 3


def test_a_large_plane_is_thinned_out_and_no_cell_is_lost() -> None:
    labels = np.zeros((1, 1, 900, 1200), np.int64)
    labels[0, 0, 101:105, 101:105] = 3
    labels[0, 0, 300:700, 300:700] = 8
    given = _given(labels)
    crops = run(iter_plan_objects(given, CropConfig()))
    table = _table(label=[3, 8], z_scale=[1.0, 0.0])
    (found,) = small_multiples(
        given, crops, table, {"z_scale": (0.0, 1.0)}, SHADES, most_px=100
    )
    assert found.picture.shape == (75, 100, 3)
    assert (found.picture[..., 0] == 255).sum() == 1
    assert found.picture[40, 40].tolist() == [1] * 3


def test_a_stack_shows_the_cells_of_all_planes_of_the_frame() -> None:
    labels = np.zeros((2, 3, 30, 30), np.int64)
    labels[1, 0, 5:10, 5:10] = 1
    labels[1, 2, 20:25, 20:25] = 2
    labels[0, 0, 12:18, 12:18] = 3
    given = ImageObjects((labels * 9.0)[:, :, None], labels, "labels", n_frames=2)
    crops = run(iter_plan_objects(given, CropConfig()))
    table = _table(label=[1, 2, 3], z_scale=[1.0, 1.0, 1.0], frame=[1, 1, 0])
    (found,) = small_multiples(
        given, crops, table, {"z_scale": (0.0, 1.0)}, SHADES, frame=1
    )
    assert found.picture[7, 7, 0] == found.picture[22, 22, 0] == 255
    assert found.picture[15, 15, 0] == 0


def test_points_are_squares_at_their_places() -> None:
    image = np.random.default_rng(0).random((1, 1, 1, 60, 60))
    points = np.array([[0, 0, 15.0, 15.0], [0, 0, 40.0, 45.0]])
    given = ImageObjects(image, points, "points")
    crops = run(iter_plan_objects(given, CropConfig(window_px=20)))
    table = _table(label=[1, 2], z_scale=[0.0, 1.0])
    (found,) = small_multiples(given, crops, table, {"z_scale": (0.0, 1.0)}, SHADES)
    assert found.picture[15, 15, 0] == 1
    assert found.picture[40, 45, 0] == 255
    assert (found.picture[..., 0] == 255).sum() == pytest.approx(100, abs=25)
