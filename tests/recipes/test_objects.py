"""What a dock hands over: labels, points or boxes of an image in memory."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pytest

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import CropError
from napari_disentangle.recipes.image_objects import ImageObjects
from napari_disentangle.recipes.objects import iter_encode_objects, iter_plan_objects
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model

Painted: TypeAlias = "tuple[NDArray[np.uint8], NDArray[np.int32]]"

disks = partial(ImageObjects, is_rgb=True, roi_id="disks", spacing_um=(0.5, 0.25))


def test_labels_are_encoded_and_measured_by_their_ids(
    painted_cells: Painted, pixel_model: Model
) -> None:
    image, labels = painted_cells
    given = disks(to_tzcyx(image, "yxc"), to_tzyx(labels, "yx"), "labels")
    crops = run(iter_plan_objects(given, CropConfig()))
    found = run(iter_encode_objects(given, crops, pixel_model))
    assert found.table["label"].tolist() == [1, 5, 10, 11, 40, 41, 300]
    assert found.measured is not None
    assert found.table["z_scale"].notna().all()
    np.testing.assert_allclose(
        found.table["pos_x_um"], 0.25 * found.table["pos_x"], rtol=1e-6
    )


@pytest.mark.parametrize("kind", ["points", "shapes"])
def test_points_and_boxes_keep_their_places_in_both_units(
    painted_cells: Painted, pixel_model: Model, kind: Literal["points", "shapes"]
) -> None:
    objects = {
        "points": np.array([[0, 0, 25.0, 25.0], [0, 0, 72, 75]]),
        "shapes": np.array([[0, 0, 16.0, 16, 34, 34], [0, 0, 62, 65, 82, 85]]),
    }[kind]
    given = disks(to_tzcyx(painted_cells[0], "yxc"), objects, kind)
    crops = run(iter_plan_objects(given, CropConfig(window_px=30)))
    found = run(iter_encode_objects(given, crops, pixel_model))
    assert found.measured is None
    assert found.table["label"].tolist() == [1, 2]
    np.testing.assert_allclose(found.table["pos_y"], [25, 72], atol=1)
    np.testing.assert_allclose(found.table["pos_y_um"], 0.5 * found.table["pos_y"])
    np.testing.assert_allclose(found.table["pos_x_um"], 0.25 * found.table["pos_x"])


def test_points_without_a_window_are_refused(painted_cells: Painted) -> None:
    given = disks(to_tzcyx(painted_cells[0], "yxc"), np.zeros((1, 4)), "points")
    with pytest.raises(CropError, match="Window"):
        run(iter_plan_objects(given, CropConfig()))
