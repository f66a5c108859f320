import dask.array
import imageio.v3 as imageio
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from napari_disentangle.config import check_config
from napari_disentangle.crops.segment import (
    SegmentConfig,
    iter_segment,
    segment,
    segment_plane,
)
from napari_disentangle.errors import ConfigError, CropError

GRID_Y, GRID_X = np.mgrid[:200, :260]
DISKS = [(40, 40, 15), (40, 120, 12), (120, 60, 18), (130, 160, 14), (80, 220, 16)]


def disks(places=DISKS):
    """Return how much each pixel belongs to a disk, (Y, X), in [0, 1]."""
    mask = np.zeros(GRID_Y.shape, np.float32)
    for y, x, radius in places:
        mask[(GRID_Y - y) ** 2 + (GRID_X - x) ** 2 <= radius**2] = 1
    return gaussian_filter(mask, 1)


def noisy(plane, seed=0):
    return plane + np.random.default_rng(seed).normal(0, 0.02, plane.shape)


def assert_finds_disks(labels):
    assert labels.dtype == np.int32
    assert labels.max() == len(DISKS)
    assert len(np.unique(labels)) == len(DISKS) + 1
    truth = disks() > 0.5
    found = labels > 0
    overlap = (truth & found).sum() / (truth | found).sum()
    assert overlap > 0.8


@pytest.mark.parametrize("method", ["li", "otsu", "local"])
@pytest.mark.parametrize("sign", [1, -1])
def test_bright_and_dark_cells_are_found(method, sign):
    plane = 100 + 50 * sign * noisy(disks())
    assert_finds_disks(segment_plane(plane, SegmentConfig(method=method)))


def test_the_wanted_side_can_be_named():
    plane = noisy(disks())
    assert_finds_disks(segment_plane(plane, SegmentConfig(objects="bright")))
    background = segment_plane(
        plane, SegmentConfig(objects="dark", split_px=0, method="otsu")
    )
    assert background.max() == 1
    assert background[0, 0] == 1


def test_local_threshold_follows_uneven_light():
    plane = noisy(disks()) + 3 * GRID_X / GRID_X.max()
    assert_finds_disks(segment_plane(plane, SegmentConfig(method="local")))


def color(cell, background):
    cell, background = (np.array(c, float)[:, None, None] for c in (cell, background))
    mixed = disks() * (cell - background) + background
    return (mixed + np.random.default_rng(0).normal(0, 3, mixed.shape)).clip(0, 255)


@pytest.mark.parametrize(
    ("cell", "background"),
    [
        ((150, 90, 160), (200, 200, 200)),  # stain on white
        ((200, 150, 150), (200, 200, 190)),  # pale, no brighter than the background
        ((10, 200, 30), (10, 10, 10)),  # fluorescence
    ],
)
def test_cells_of_another_color_than_the_background_are_found(cell, background):
    image = color(cell, background).astype(np.uint8)
    assert_finds_disks(segment_plane(image, SegmentConfig()))


def test_contrast_can_be_to_one_side():
    image = 120 + 60 * (disks(DISKS[:3]) - disks(DISKS[3:])) + np.zeros((3, 1, 1))
    for objects, n in (("auto", 5), ("bright", 3), ("dark", 2)):
        labels = segment_plane(image, SegmentConfig(objects=objects))
        assert labels.max() == n
        assert (labels[40, 40] > 0) == (objects != "dark")


def test_saturation_and_single_channels():
    image = color((180, 60, 60), (120, 120, 120)).astype(np.uint8)
    assert_finds_disks(segment_plane(image, SegmentConfig(channel="saturation")))
    assert_finds_disks(segment_plane(image, SegmentConfig(channel="1")))


def test_opacity_is_no_color():
    image = color((150, 90, 160), (200, 200, 200)).astype(np.uint8)
    opaque = np.concatenate([image, np.zeros_like(image[:1])])
    for channel in ("auto", "gray"):
        config = SegmentConfig(channel=channel)
        expected = segment_plane(image, config)
        np.testing.assert_array_equal(segment_plane(opaque, config), expected)


def test_rings_are_filled_up_to_a_size():
    ring = disks([(100, 100, 40)]) - disks([(100, 100, 15)])
    filled = segment_plane(ring, SegmentConfig())
    assert filled[100, 100] == filled[100, 75] == 1
    open_ring = segment_plane(ring, SegmentConfig(hole_px=300, split_px=0))
    assert open_ring[100, 100] == 0


def test_touching_cells_are_split():
    touching = disks([(100, 80, 20), (100, 115, 20)])
    assert segment_plane(touching, SegmentConfig()).max() == 2
    assert segment_plane(touching, SegmentConfig(split_px=0)).max() == 1


def test_sizes_and_border_are_respected():
    places = [(100, 100, 3), (60, 160, 12), (150, 60, 25), (0, 60, 12)]
    plane = disks(places)
    areas = np.bincount(segment_plane(plane, SegmentConfig(min_area_px=1)).ravel())
    assert len(areas) == 5
    config = SegmentConfig(max_area_px=1000, clear_border=True)
    labels = segment_plane(plane, config)
    assert labels.max() == 1
    assert labels[60, 160] == 1


@pytest.mark.parametrize("value", [0.0, 7.0, np.nan])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("method", ["li", "otsu", "local"])
def test_a_constant_image_has_no_cells(value, channels, method):
    plane = np.full((channels, 30, 40), value)
    assert not segment_plane(plane, SegmentConfig(method=method)).any()


def test_missing_values_do_no_harm():
    plane = noisy(disks())
    plane[100:103, 200:203] = np.nan
    plane[0, 0] = np.inf
    assert_finds_disks(segment_plane(plane, SegmentConfig()))


def test_each_time_point_is_segmented_with_progress():
    plane = noisy(disks())
    movie = np.stack([plane, plane[::-1]])[:, None, None]  # (2, 1, 1, Y, X)
    lazy = dask.array.from_array(movie, chunks=(1, 1, 1, 100, 260))
    task = iter_segment(lazy, SegmentConfig())
    events = []
    while True:
        try:
            events.append(next(task))
        except StopIteration as stop:
            labels = stop.value
            break
    assert [event.done for event in events] == [1, 2, 3, 4]
    assert events[-1].total == 4
    for frame in (0, 1):
        expected = segment_plane(movie[frame, 0, 0], SegmentConfig())
        np.testing.assert_array_equal(labels[frame, 0], expected)


def test_thin_cells_are_not_lost():
    plane = np.zeros((60, 80))
    plane[10:50, 20:23] = 1
    plane[20:40, 40:70] = 1
    config = SegmentConfig(smoothing_px=0, split_px=40)
    areas = np.bincount(segment_plane(plane, config).ravel())[1:]
    assert sorted(areas) == [120, 600]


def test_touching_cells_of_a_stack_are_split():
    z, y, x = np.mgrid[:9, :80, :120]
    stack = np.zeros((9, 80, 120))
    for center in (40, 72):
        stack[((z - 4) * 4) ** 2 + (y - 40) ** 2 + (x - center) ** 2 < 18**2] = 1
    labels = segment(stack[None, :, None], SegmentConfig())
    assert labels.max() == 2
    assert labels[0, 4, 40, 40] != labels[0, 4, 40, 72]


def test_a_stack_is_labeled_in_3d():
    stack = np.zeros((1, 12, 1, *GRID_Y.shape))
    stack[0, 2:6, 0] = disks(DISKS[:2])
    stack[0, 8:10, 0] = disks(DISKS[:1])
    labels = segment(noisy(stack), SegmentConfig())[0]
    assert labels.max() == 3
    assert labels[3, 40, 40] == labels[5, 40, 40] != labels[8, 40, 40]
    assert not labels[[0, 7, 11]].any()


@pytest.mark.parametrize(
    "values", [{"channel": "red"}, {"min_area_px": 50, "max_area_px": 20}]
)
def test_impossible_choices_are_refused(values):
    with pytest.raises(ConfigError):
        check_config(SegmentConfig, values)


def test_a_missing_channel_is_refused():
    with pytest.raises(CropError, match="no channel 2"):
        segment_plane(np.zeros((2, 9, 9)), SegmentConfig(channel="2"))


def test_white_blood_cells_are_found_as_drawn_by_hand(shared_data):
    folder = shared_data / "wbc1/images_and_masks"
    overlaps = []
    for number in range(1, 300, 30):
        image = imageio.imread(folder / f"{number:03d}.bmp")
        truth = imageio.imread(folder / f"{number:03d}.png") > 20
        labels = segment_plane(np.moveaxis(image, 2, 0), SegmentConfig())
        cell = labels == np.bincount(labels[truth])[1:].argmax() + 1
        overlaps.append((truth & cell).sum() / (truth | cell).sum())
    assert np.median(overlaps) > 0.9


def test_blood_smears_give_cells_of_plausible_number_and_size(shared_data):
    for number in (0, 100, 200):
        path = shared_data / f"bccd/images/BloodImage_{number:05d}.jpg"
        labels = segment_plane(np.moveaxis(imageio.imread(path), 2, 0), SegmentConfig())
        areas = np.bincount(labels.ravel())[1:]
        assert 10 < len(areas) < 60
        assert 1000 < np.median(areas) < 12000
