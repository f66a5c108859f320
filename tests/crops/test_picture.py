"""Pictures of one object are measured alike, drawn or real."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.crops.measure import measure
from napari_disentangle.crops.picture import (
    PICTURE_COLUMNS,
    measure_crops,
    measure_picture,
    segment_crop,
    segment_picture,
)
from napari_disentangle.synthetic.field import FieldConfig, sample_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

Y, X = np.mgrid[:64, :64]
ELLIPSE = ((Y - 30) / 12) ** 2 + ((X - 33) / 20) ** 2 < 1


def _picture(background: float = 0.0) -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    picture = np.full((64, 64, 3), background, np.float32)
    picture += rng.normal(0, 0.01, picture.shape).astype(np.float32)
    picture[ELLIPSE] = rng.normal((0.7, 0.4, 0.5), 0.05, (ELLIPSE.sum(), 3))
    return np.clip(picture, 0, 1)


@pytest.mark.parametrize("background", [0.0, 0.05, 0.9])
def test_object_is_found_on_dark_and_light(background: float) -> None:
    found = segment_picture(_picture(background))
    assert (found & ELLIPSE).sum() / (found | ELLIPSE).sum() > 0.97


def test_dark_pixels_within_a_suppressed_background_stay_in_the_cell() -> None:
    crop = np.where(ELLIPSE[..., None], _picture(), 0).astype(np.float32)
    crop[28:32, 30:34] = 0  # a black granule
    crop[20:24, 26:40] *= 0.01
    np.testing.assert_array_equal(segment_crop(crop), ELLIPSE)


def test_a_piece_at_the_border_is_another_cell() -> None:
    picture = _picture()
    picture[:10, :20] = 0.9
    assert not segment_picture(picture)[:10, :20].any()


def test_an_empty_picture_has_no_measures() -> None:
    found = measure_picture(np.zeros((64, 64, 3), np.float32))
    assert tuple(found) == PICTURE_COLUMNS
    assert np.isnan(list(found.values())).all()


def test_measures_are_in_the_pictures_units() -> None:
    found = measure_picture(_picture())
    assert found["area"] == pytest.approx(ELLIPSE.sum(), rel=0.03)
    assert found["eccentricity"] == pytest.approx(0.8, abs=0.03)
    assert abs(found["orientation"]) == pytest.approx(np.pi / 2, abs=0.1)
    assert found["intensity_mean_0"] == pytest.approx(0.7, abs=0.03)
    assert found["color_red"] == pytest.approx(0.7 / 1.6, abs=0.01)


def test_crops_agree_with_the_labels_they_were_cut_by() -> None:
    field = sample_field(FieldConfig(width_px=400, height_px=300, n_objects=24))
    image, labels = to_tzcyx(field.image, "yxc"), to_tzyx(field.labels, "yx")
    crops = plan_crops(image, labels, CropConfig(), is_rgb=True)
    found, known = measure_crops(crops), measure(image, labels)
    pd.testing.assert_frame_equal(
        found[["roi_id", "frame", "label", "index"]],
        known[["roi_id", "frame", "label", "index"]],
    )
    np.testing.assert_allclose(found["area"], known["area"], rtol=0.12)
    np.testing.assert_allclose(found["solidity"], known["solidity"], atol=0.09)
    flat, known_flat = (1 - np.sqrt(1 - t["eccentricity"] ** 2) for t in (found, known))
    np.testing.assert_allclose(flat, known_flat, atol=0.06)
    some = measure_crops(crops, np.array([5, 2]))
    assert some["label"].tolist() == known["label"].iloc[[5, 2]].tolist()
    np.testing.assert_allclose(some["area"], found["area"].iloc[[5, 2]])
