import dask.array
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import center_of_mass

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import cut_image, plan_crops
from napari_disentangle.errors import CropError, DataError
from napari_disentangle.tables import ID_COLUMNS

GRID_Y, GRID_X = np.mgrid[:120, :160]


def disk(y, x, radius):
    return (GRID_Y - y) ** 2 + (GRID_X - x) ** 2 <= radius**2


def scene(disks, dtype=np.uint8, channels=3):
    """Return an image, (1, 1, C, Y, X), of bright disks on gray, and their labels."""
    labels = np.zeros((1, 1, *GRID_Y.shape), np.int64)
    image = np.full((1, 1, channels, *GRID_Y.shape), 100, dtype)
    for label, (y, x, radius) in disks.items():
        labels[0, 0, disk(y, x, radius)] = label
        image[0, 0, :, disk(y, x, radius)] = 200
    return image, labels


def everything(crops, size=64):
    return crops.cut(np.arange(len(crops)), size)


@settings(max_examples=40, deadline=None)
@given(
    y=st.integers(12, 107),
    x=st.integers(12, 147),
    radius=st.floats(3, 10),
    size=st.sampled_from([16, 33, 64]),
    window=st.sampled_from(["common", "fit"]),
)
def test_a_painted_disk_is_in_the_middle(y, x, radius, size, window):
    image, labels = scene({7: (y, x, radius)})
    crops = plan_crops(image, labels, CropConfig(window=window))
    crop = everything(crops, size)[0]
    middle = (size - 1) / 2
    np.testing.assert_allclose(center_of_mass(crop[0]), middle, atol=0.02)
    light = crop[0].sum() / (200 / 255) * (crops.side_px(0) / size) ** 2
    assert light == pytest.approx((labels == 7).sum(), rel=0.05)


@pytest.mark.parametrize("ids", [(1, 5, 10), (10**9, 3, 2**40)])
def test_ids_are_kept_and_find_their_own_cell(ids):
    places = [(30, 30, 5), (60, 60, 10), (90, 120, 15)]
    image, labels = scene(dict(zip(ids, places, strict=True)))
    crops = plan_crops(image, labels, CropConfig(), roi_id="a.tif")
    assert crops.table["label"].tolist() == sorted(ids)
    assert list(crops.table.columns) == [*ID_COLUMNS, "pos_y", "pos_x"]
    areas = (everything(crops)[:, 0] > 0.3).sum((1, 2))
    order = np.argsort(np.argsort(ids))
    assert (np.argsort(np.argsort(areas)) == np.argsort(order)).all()


def test_common_windows_keep_the_ratio_of_areas():
    image, labels = scene({1: (30, 30, 8), 2: (70, 100, 16)})
    crops = plan_crops(image, labels, CropConfig())
    small, large = everything(crops)[:, 0].sum((1, 2))
    ratio = (labels == 2).sum() / (labels == 1).sum()
    assert large / small == pytest.approx(ratio, rel=0.02)
    sides = [17, 33]
    assert crops.window_px == pytest.approx(1.5 * np.percentile(sides, 99))


def test_fitted_windows_leave_size_out():
    image, labels = scene({1: (30, 30, 8), 2: (70, 100, 16)})
    crops = plan_crops(image, labels, CropConfig(window="fit"))
    small, large = everything(crops)[:, 0].sum((1, 2))
    assert large == pytest.approx(small, rel=0.1)
    assert np.isnan(crops.window_px)
    assert [crops.side_px(row) for row in (0, 1)] == [1.5 * 17, 1.5 * 33]


def test_a_chosen_window_is_used():
    image, labels = scene({1: (30, 30, 8)})
    assert plan_crops(image, labels, CropConfig(window_px=50)).window_px == 50


def test_neighbors_and_background_are_suppressed():
    image, labels = scene({1: (60, 60, 10), 2: (60, 81, 10)})
    crop = everything(plan_crops(image, labels, CropConfig()), 31)[0, 0]
    assert (crop[:, -4:] == 0).all()
    assert (crop[0] == 0).all()
    assert crop[15, 15] == pytest.approx(200 / 255)


def test_background_does_not_bleed_into_masked_edges():
    image, labels = scene({1: (60, 60, 10)})
    image[image == 100] = 255  # a background brighter than the cell
    crop = everything(plan_crops(image, labels, CropConfig()), 224)
    assert crop.max() == pytest.approx(200 / 255)


@pytest.mark.parametrize("window_px", [40, 500])
@pytest.mark.parametrize("place", [(3, 4), (118, 60), (60, 158)])
def test_kept_background_is_mirrored_at_the_border_never_black(place, window_px):
    image, labels = scene({1: (*place, 6)})
    config = CropConfig(background="keep", window_px=window_px)
    crop = everything(plan_crops(image, labels, config))
    assert crop.min() >= 100 / 255 - 1e-6


def test_a_border_cell_is_not_doubled_by_mirroring():
    image, labels = scene({1: (0, 80, 9)})
    crops = plan_crops(image, labels, CropConfig())
    light = everything(crops)[0, 0].sum() / (200 / 255) * (crops.window_px / 64) ** 2
    assert light == pytest.approx((labels == 1).sum(), rel=0.1)


def test_skipped_cells_have_a_reason():
    image, labels = scene({4: (60, 60, 9), 2: (30, 30, 0), 9: (119, 20, 8)})
    crops = plan_crops(image, labels, CropConfig(clear_border=True), roi_id="r")
    assert crops.table["label"].tolist() == [4]
    assert crops.skipped.to_dict("records") == [
        {"roi_id": "r", "frame": 0, "label": 2, "reason": "smaller than 16 px"},
        {"roi_id": "r", "frame": 0, "label": 9, "reason": "cut by the image border"},
    ]


def test_one_pixel_cells_can_be_wanted():
    image, labels = scene({2: (30, 30, 0)})
    crop = everything(plan_crops(image, labels, CropConfig(min_area_px=1)), 31)
    assert crop.max() == pytest.approx(200 / 255)


def test_time_points_show_their_own_pixels():
    first, labels_1 = scene({3: (30, 30, 8), 5: (90, 90, 8)})
    second, labels_2 = scene({3: (60, 60, 8)})
    second[second == 200] = 150
    image = np.concatenate([first, second])
    crops = plan_crops(image, np.concatenate([labels_1, labels_2]), CropConfig())
    assert crops.table[["frame", "label"]].to_numpy().tolist() == [
        [0, 3],
        [0, 5],
        [1, 3],
    ]
    values = everything(crops)[:, 0, 32, 32] * 255
    np.testing.assert_allclose(values, [200, 200, 150], atol=1e-3)


def stack():
    """Return a stack whose cell 6 grows upwards and is as bright as its plane."""
    image = np.zeros((1, 5, 1, 120, 160), np.uint8)
    labels = np.zeros((1, 5, 120, 160), np.uint8)
    for z, radius in ((1, 6), (2, 9), (3, 12)):
        labels[0, z, disk(60, 60, radius)] = 6
        image[0, z, 0] = 50 * z
    image[0, 4] = 255
    return image, labels


def test_a_stack_shows_the_central_plane():
    crops = plan_crops(*stack(), CropConfig(intensity="full"))
    assert crops.table["pos_z"].item() == pytest.approx(2.4, abs=0.1)
    crop = everything(crops)[0, 0] * 255
    assert crop.max() == pytest.approx(100)
    assert crops.window_px == 1.5 * 19
    assert crop.sum() / 100 * (28.5 / 64) ** 2 == pytest.approx(np.pi * 81, rel=0.03)


def test_a_stack_shows_the_maximum_over_the_cells_planes():
    crops = plan_crops(*stack(), CropConfig(intensity="full", projection="max"))
    crop = everything(crops)[0, 0] * 255
    assert crop.max() == pytest.approx(150)  # not the brighter plane above the cell
    assert crop.sum() / 150 * (37.5 / 64) ** 2 == pytest.approx(np.pi * 144, rel=0.03)


def test_channels_are_chosen_and_ordered():
    image, labels = scene({1: (60, 60, 10)}, np.uint16, channels=5)
    image *= np.array([1, 2, 3, 4, 5], np.uint16)[:, None, None]
    config = CropConfig(channels=(4, 0), intensity="full", background="keep")
    crop = everything(plan_crops(image, labels, config), 31)[0]
    values = (crop[:, 15, 15] * 65535).round().tolist()
    assert values == [1000, 200, 0]


def test_one_channel_becomes_gray():
    image, labels = scene({1: (60, 60, 10)}, channels=1)
    crop = everything(plan_crops(image, labels, CropConfig()))[0]
    assert (crop[0] == crop[1]).all()
    assert (crop[0] == crop[2]).all()
    assert crop.max() == 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.int32])
def test_any_number_type_gives_crops_in_0_to_1(dtype):
    image, labels = scene({1: (60, 60, 10)}, dtype)
    crops = everything(plan_crops(image, labels, CropConfig(background="keep")))
    assert crops.dtype == np.float32
    assert crops.min() >= 0
    assert crops.max() <= 1


def test_the_limits_of_another_set_can_be_used():
    image, labels = scene({1: (60, 60, 10)}, np.uint16, channels=1)
    limits = np.array([[0.0, 400.0]])
    crops = plan_crops(image, labels, CropConfig(), limits=limits)
    assert everything(crops).max() == pytest.approx(0.5)
    with pytest.raises(CropError, match="one pair"):
        plan_crops(image, labels, CropConfig(), limits=np.array([0, 1]))


def test_nan_and_inf_beside_a_cell_count_as_missing():
    image, labels = scene({1: (60, 60, 10)}, np.float32)
    image[..., 60, 72] = np.nan
    image[..., 60, 48] = np.inf
    crops = plan_crops(image, labels, CropConfig(background="keep"))
    crop = everything(crops)
    assert np.isfinite(crop).all()
    assert crops.limits.tolist() == [[100, 200]] * 3


def test_only_the_chunks_of_a_cell_are_read_for_its_crop():
    image, labels = (np.tile(a, (4, 8)) for a in scene({1: (60, 60, 10)}))
    reads = []

    def note(block, block_info=None):
        reads.append(block_info[0]["chunk-location"])
        return block

    lazy = dask.array.from_array(image, chunks=(1, 1, 3, 480, 320))
    lazy = lazy.map_blocks(note, dtype=image.dtype, meta=np.array((), image.dtype))
    lazy_labels = dask.array.from_array(labels, chunks=(1, 1, 480, 320))
    config = CropConfig(window_px=40)
    limits = np.array([[0.0, 255.0]] * 3)
    plan = plan_crops(lazy, lazy_labels, config, limits=limits)
    assert reads == []
    labels[0, 0, :, 160:] = 0
    labels[0, 0, 120:] = 0
    plan = plan_crops(
        lazy, dask.array.from_array(labels, chunks=400), config, limits=limits
    )
    crop = everything(plan)
    assert reads == [(0, 0, 0, 0, 0)]
    np.testing.assert_array_equal(
        crop, everything(plan_crops(image, labels, config, limits=limits))
    )


def test_labels_of_another_shape_name_both_shapes():
    image, labels = scene({1: (60, 60, 10)})
    with pytest.raises(CropError, match=r"\(120, 150\).*\(120, 160\)"):
        plan_crops(image, labels[..., :150], CropConfig())


def test_background_alone_is_refused():
    image, labels = scene({})
    image[..., 0, 0] = 3
    with pytest.raises(CropError, match=r"no cells \(all background\)"):
        plan_crops(image, labels, CropConfig())


def test_nothing_left_names_the_reasons():
    image, labels = scene({1: (60, 60, 1), 2: (20, 20, 1), 3: (0, 80, 9)})
    with pytest.raises(CropError, match=r"2 smaller than 16 px, 1 cut by the image"):
        plan_crops(image, labels, CropConfig(clear_border=True))


@pytest.mark.parametrize(
    ("change", "message"),
    [(lambda a: a.astype(float), "must be integers"), (lambda a: a * -1, "got -1")],
)
def test_labels_that_are_no_ids_are_refused(change, message):
    image, labels = scene({1: (60, 60, 10)})
    with pytest.raises(DataError, match=message):
        plan_crops(image, change(labels), CropConfig())


def test_a_constant_image_is_refused():
    image, labels = scene({1: (60, 60, 10)})
    with pytest.raises(DataError, match="constant"):
        plan_crops(np.full_like(image, 9), labels, CropConfig())


def test_a_missing_channel_is_refused():
    image, labels = scene({1: (60, 60, 10)})
    with pytest.raises(CropError, match="no channel 3"):
        plan_crops(image, labels, CropConfig(channels=(3,)))


def test_cut_image_is_what_label_crops_are_made_of():
    image, labels = scene({1: (60, 60, 10)})
    crops = plan_crops(image, labels, CropConfig())
    crop = cut_image(
        (image[0, 0] / 255).astype(np.float32), (60, 60), 31.5, 64, labels[0, 0] == 1
    )
    np.testing.assert_allclose(everything(crops)[0], crop, atol=1e-6)
