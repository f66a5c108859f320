import time

import dask.array
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import regionprops_table

from napari_disentangle.crops.measure import SHAPE_COLUMNS, measure, roughness
from napari_disentangle.errors import CropError
from napari_disentangle.tables import ID_COLUMNS

GRID_Y, GRID_X = np.mgrid[:60, :80]


def ellipse(y, x, a, b, angle=0.0):
    """Return a mask, (Y, X), with semi-axes a, b; a turned by `angle` from the rows."""
    v = (GRID_Y - y) * np.cos(angle) + (GRID_X - x) * np.sin(angle)
    u = (GRID_X - x) * np.cos(angle) - (GRID_Y - y) * np.sin(angle)
    return (v / a) ** 2 + (u / b) ** 2 <= 1


LABELS = np.zeros((60, 80), np.int64)
LABELS[ellipse(20, 20, 16, 8)] = 10
LABELS[ellipse(35, 55, 14, 7, 0.6)] = 1
LABELS[50:52, 5:9] = 10**9
IMAGE = np.random.default_rng(0).integers(0, 5000, (2, 60, 80)).astype(np.uint16)


def canonical(image=IMAGE, labels=LABELS):
    return image[None, None], labels[None, None]


def test_values_are_scikit_images():
    table = measure(*canonical(), roi_id="a")
    dense = np.searchsorted([0, 1, 10, 10**9], LABELS)
    expected = regionprops_table(
        dense,
        np.moveaxis(IMAGE, 0, -1),
        properties=("area", "centroid", *SHAPE_COLUMNS, "mean_intensity"),
    )
    assert table["label"].tolist() == table["index"].tolist() == [1, 10, 10**9]
    for name in ("area", *SHAPE_COLUMNS):
        np.testing.assert_allclose(table[name], expected[name], err_msg=name)
    np.testing.assert_allclose(table["pos_y"], expected["centroid-0"])
    np.testing.assert_allclose(table["pos_x"], expected["centroid-1"])
    for channel in (0, 1):
        np.testing.assert_allclose(
            table[f"intensity_mean_{channel}"], expected[f"mean_intensity-{channel}"]
        )
        inside = IMAGE[channel][LABELS == 10]
        assert table[f"intensity_std_{channel}"][1] == pytest.approx(inside.std())


def test_columns_are_plain_names_of_numbers():
    table = measure(*canonical())
    assert list(table.columns[:5]) == [*ID_COLUMNS, "area"]
    assert all(name.isidentifier() and name == name.lower() for name in table)
    assert not {"z", "area_um2", "area_projected", "pos_z"} & set(table)
    assert table.drop(columns="roi_id").notna().all(axis=None)


def test_spacing_gives_micrometers():
    table = measure(*canonical(), spacing_um=(0.5, 0.25))
    np.testing.assert_allclose(table["area_um2"], table["area"] / 8)
    np.testing.assert_allclose(table["pos_y_um"], table["pos_y"] / 2)
    np.testing.assert_allclose(table["pos_x_um"], table["pos_x"] / 4)


def test_time_points_have_rows_of_their_own():
    labels = np.stack([LABELS, np.where(LABELS == 10, 10, 0)])[:, None]
    image = np.stack([IMAGE, IMAGE // 2])[:, None]
    table = measure(image, labels)
    assert table[["frame", "label"]].to_numpy().tolist() == [
        [0, 1],
        [0, 10],
        [0, 10**9],
        [1, 10],
    ]
    mean = table["intensity_mean_0"]
    assert mean[3] == pytest.approx(mean[1] / 2, rel=0.01)


def test_a_stack_has_volumes_and_the_shape_of_the_projection():
    labels = np.zeros((1, 4, 60, 80), int)
    labels[0, 1, ellipse(20, 20, 10, 10)] = 3
    labels[0, 2, ellipse(20, 20, 16, 8)] = 3
    image = np.zeros((1, 4, 1, 60, 80))
    image[0, 2] = 6
    table = measure(image, labels, spacing_um=(5, 2, 2))
    both = ellipse(20, 20, 10, 10) | ellipse(20, 20, 16, 8)
    assert table["area"].item() == (labels == 3).sum()
    assert table["area_projected"].item() == both.sum()
    assert table["area_um2"].item() == 4 * both.sum()
    assert table["pos_z"].item() == pytest.approx(np.nonzero(labels)[1].mean())
    assert table["pos_z_um"].item() == 5 * table["pos_z"].item()
    expected = regionprops_table(both.astype(int), properties=("eccentricity",))
    assert table["eccentricity"].item() == pytest.approx(expected["eccentricity"][0])
    assert table["intensity_mean_0"].item() == pytest.approx(
        image[:, :, 0][labels == 3].mean()
    )


def test_one_pixel_cells_have_no_warnings_and_no_texture():
    labels = np.zeros((60, 80), int)
    labels[3, 3], labels[9, 9:11] = 5, 6
    table = measure(*canonical(labels=labels))
    assert table["area"].tolist() == [1, 2]
    assert np.isnan(table["texture_roughness"][0])
    assert table.drop(columns=["roi_id", "texture_roughness"]).notna().all(axis=None)


def test_missing_pixels_are_left_out():
    image = IMAGE.astype(float)
    image[0, 20, 20] = np.nan
    image[1, LABELS == 1] = np.inf
    table = measure(*canonical(image))
    inside = (LABELS == 10) & np.isfinite(image[0])
    assert table["intensity_mean_0"][1] == pytest.approx(image[0][inside].mean())
    assert np.isnan(table["intensity_mean_1"][0])
    assert np.isnan(table["intensity_std_1"][0])
    assert np.isfinite(table["texture_roughness"][1])


def test_labels_without_cells_give_an_empty_table():
    table = measure(*canonical(labels=np.zeros((60, 80), int)), spacing_um=(1, 1))
    assert table.empty
    assert {"intensity_mean_1", "area_um2", "solidity"} < set(table)


def test_chunked_arrays_are_the_same():
    image, labels = canonical()
    lazy = dask.array.from_array(image, chunks=25)
    table = measure(lazy, dask.array.from_array(labels, chunks=25))
    assert table.equals(measure(image, labels))


def test_labels_of_another_shape_are_refused():
    with pytest.raises(CropError, match=r"\(60, 70\).*\(60, 80\)"):
        measure(*canonical(labels=LABELS[:, :70]))


@settings(deadline=None)
@given(gain=st.floats(0.01, 100), offset=st.floats(-100, 100))
def test_roughness_ignores_brightness_and_contrast(gain, offset):
    mask = ellipse(20, 20, 16, 8)
    values = IMAGE[0] / 5000
    expected = roughness(values, mask)
    assert roughness(gain * values + offset, mask) == pytest.approx(expected, rel=1e-4)


def test_roughness_tells_gradients_from_noise():
    mask = ellipse(30, 40, 25, 25)
    noise = np.random.default_rng(0).normal(size=(60, 80))
    assert roughness(noise, mask) == pytest.approx(1, abs=0.05)
    assert roughness(GRID_Y + 0.0, mask) < 0.1
    assert np.isnan(roughness(np.ones((60, 80)), mask))
    # the outside does not matter, however it differs
    assert roughness(np.where(mask, noise, 1e6), mask) == pytest.approx(
        roughness(noise, mask)
    )


@pytest.mark.slow
def test_two_thousand_cells_take_seconds():
    labels = np.zeros((2000, 2000), np.int32)
    mask = ellipse(19, 19, 16, 13)[:40, :40]
    for i in range(2000):
        y, x = 40 * (i // 50), 40 * (i % 50)
        labels[y : y + 40, x : x + 40][mask] = i + 1
    image = np.random.default_rng(0).integers(0, 255, (3, 2000, 2000), np.uint8)
    start = time.process_time()
    assert len(measure(*canonical(image, labels))) == 2000
    assert time.process_time() - start < 20
