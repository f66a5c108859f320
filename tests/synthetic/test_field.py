from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import label as connected
from skimage.measure import regionprops

from napari_disentangle.errors import ConfigError
from napari_disentangle.synthetic.field import FieldConfig, SampleField, sample_field
from napari_disentangle.synthetic.shapes import SCALES
from napari_disentangle.synthetic.textures import COLORS
from napari_disentangle.tables import ID_COLUMNS, sort_rows

CLEAN = FieldConfig(
    width_px=640, height_px=480, n_objects=80, noise_sd=0, blur_px=0, background=0
)


@cache
def clean_field() -> SampleField:
    return sample_field(CLEAN)


@settings(deadline=None, max_examples=12)
@given(
    st.integers(0, 10_000),
    st.integers(0, 25),
    st.integers(250, 400),
    st.integers(250, 400),
    st.floats(8, 20),
)
def test_labels_match_the_table_and_do_not_touch(
    seed: int, n: int, width: int, height: int, reach: float
) -> None:
    config = FieldConfig(
        width_px=width, height_px=height, n_objects=n, reach_px=reach, seed=seed
    )
    field = sample_field(config)
    assert field.image.shape == (height, width, 3)
    assert field.image.dtype == np.uint8
    assert field.labels.shape == (height, width)
    assert field.labels.dtype == np.int32
    assert field.labels.flags.c_contiguous
    ids = np.unique(field.labels)
    assert ids[ids > 0].tolist() == field.table["label"].tolist() == [*range(1, n + 1)]
    assert connected(field.labels > 0, connectivity=2).max() == n


def test_the_table_keeps_the_columns_contract() -> None:
    table = clean_field().table
    assert tuple(table.columns) == (
        *ID_COLUMNS,
        "true_texture",
        "true_color",
        "true_shape",
        "true_scale",
        "true_orientation",
        "pos_y",
        "pos_x",
    )
    assert (table["index"] == table["label"]).all()
    assert table["true_orientation"].between(0, 360, inclusive="left").all()
    assert set(table["true_scale"]) <= set(SCALES)
    pd.testing.assert_frame_equal(table, sort_rows(table))


def test_positions_are_the_centroids() -> None:
    field = clean_field()
    centroids = [region.centroid for region in regionprops(field.labels)]
    np.testing.assert_allclose(field.table[["pos_y", "pos_x"]], centroids)


def test_areas_are_those_of_the_true_shape_and_scale() -> None:
    field = clean_field()
    areas = np.array([region.area for region in regionprops(field.labels)])
    per_reach = np.array([2.0, 0.6 * np.pi, 2.245])[field.table["true_shape"]]
    expected = per_reach * (28 * field.table["true_scale"]) ** 2
    np.testing.assert_allclose(areas, expected, rtol=0.08)  # an upright square's edges
    assert areas.sum() == pytest.approx(expected.sum(), rel=0.01)


def test_objects_have_their_true_color_and_nothing_else_shines() -> None:
    field = clean_field()
    for region in regionprops(field.labels, field.image):
        mean = region.image_intensity[region.image].mean(axis=0)
        color = COLORS[field.table["true_color"][region.label - 1]]
        np.testing.assert_allclose(mean / mean.max(), color / color.max(), atol=0.02)
    outline = field.image.max(axis=-1) > 128  # only pixels covered by half or more
    assert not (outline & (field.labels == 0)).any()


def test_orientation_is_the_truth() -> None:
    """An ellipse's long axis lies at its angle, counter-clockwise from the right."""
    field = clean_field()
    regions = regionprops(field.labels)
    ellipses = field.table.index[field.table["true_shape"] == 1]
    assert len(ellipses) > 10
    for row in ellipses:
        measured = np.rad2deg(regions[row].orientation) - 90
        off = (measured - field.table["true_orientation"][row]) % 180
        assert min(off, 180 - off) < 3


def test_a_quarter_turn_can_be_asked_for() -> None:
    table = sample_field(CLEAN.replace(orientation="quarter")).table
    assert set(table["true_orientation"]) <= set(range(0, 90, 9))


def test_equal_seeds_give_equal_fields() -> None:
    config = FieldConfig(width_px=300, height_px=300, n_objects=10)
    one, same = sample_field(config), sample_field(config)
    other = sample_field(config.replace(seed=1))
    np.testing.assert_array_equal(one.image, same.image)
    np.testing.assert_array_equal(one.labels, same.labels)
    pd.testing.assert_frame_equal(one.table, same.table)
    assert not np.array_equal(one.labels, other.labels)


def test_noise_blur_and_background_are_those_asked_for() -> None:
    plain = {"width_px": 300, "height_px": 200, "n_objects": 0}
    flat = sample_field(
        FieldConfig(**plain, noise_sd=0.02, background=0.5, unevenness=0)
    ).image
    assert flat.mean() / 255 == pytest.approx(0.5, abs=0.002)
    assert flat.std() / 255 == pytest.approx(0.02, rel=0.03)
    uneven = sample_field(
        FieldConfig(**plain, noise_sd=0, background=0.5, unevenness=0.4)
    ).image
    assert (uneven.min() / 255, uneven.max() / 255) == pytest.approx(
        (0.3, 0.7), abs=0.01
    )
    blurred = sample_field(CLEAN.replace(blur_px=2)).image
    sharp = clean_field().image
    assert blurred.mean() == pytest.approx(sharp.mean(), rel=0.01)
    assert (
        np.diff(blurred.astype(int), axis=0).std()
        < 0.4 * np.diff(sharp.astype(int), axis=0).std()
    )


def test_too_many_objects_are_refused() -> None:
    with pytest.raises(ConfigError, match="fewer or smaller"):
        sample_field(FieldConfig(width_px=128, height_px=128, n_objects=50))
