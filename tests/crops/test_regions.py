import tracemalloc

import dask.array
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import regionprops

from napari_disentangle.crops import planes as planes_module
from napari_disentangle.crops.regions import find_regions
from napari_disentangle.errors import DataError
from napari_disentangle.tables import ID_COLUMNS


def blocks(ids, dtype=np.int64):
    """Return labels, (1, 1, 40, 50), with one 4 x 6 block an id, at most 20."""
    labels = np.zeros((1, 1, 40, 50), dtype)
    for i, label in enumerate(ids):
        y, x = 2 + 10 * (i // 5), 2 + 10 * (i % 5)
        labels[0, 0, y : y + 4, x : x + 6] = label
    return labels


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"])
def test_any_integer_type_keeps_its_ids(dtype):
    regions = find_regions(blocks([1, 10, 5], dtype), "a.tif")
    assert list(regions.columns[:4]) == list(ID_COLUMNS)
    assert regions["label"].tolist() == regions["index"].tolist() == [1, 5, 10]
    assert regions["roi_id"].unique().tolist() == ["a.tif"]
    five = regions.iloc[1]
    assert five[["y0", "x0", "y1", "x1", "area"]].tolist() == [2, 22, 6, 28, 24]
    assert five[["pos_y", "pos_x"]].tolist() == [3.5, 24.5]


def test_huge_ids_take_no_memory():
    tracemalloc.start()
    regions = find_regions(blocks([10**9, 2**62, 3]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert regions["label"].tolist() == [3, 10**9, 2**62]
    assert peak < 20e6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), tile=st.integers(3, 40))
def test_tiles_do_not_show(seed, tile):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 6, (2, 1, 20, 30)) * 7
    labels[rng.random(labels.shape) < 0.5] = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planes_module, "TILE_PX", tile)
        regions = find_regions(labels)
    expected = [
        (frame, p.label, *p.bbox, int(p.area), *p.centroid)
        for frame in (0, 1)
        for p in regionprops(labels[frame, 0])
    ]
    columns = ["frame", "label", "y0", "x0", "y1", "x1", "area", "pos_y", "pos_x"]
    np.testing.assert_allclose(regions[columns].to_numpy(float), expected)


def test_the_same_id_at_another_time_is_another_row():
    labels = np.concatenate([blocks([4, 9]), blocks([9])])
    regions = find_regions(labels)
    assert list(zip(regions["frame"], regions["label"], strict=True)) == [
        (0, 4),
        (0, 9),
        (1, 9),
    ]
    assert "pos_z" not in regions


def test_a_stack_has_central_planes():
    labels = np.zeros((1, 7, 30, 30), int)
    labels[0, 1:4, 5:9, 5:9] = 8
    labels[0, 4:6, 5:20, 5:20] = 8  # wide top: the centroid is at z = 3.9
    labels[0, 2, 25:29, 25:29] = 3
    labels[0, 6, 25:29, 25:29] = 3  # two parts: the middle plane holds nothing
    three, eight = find_regions(labels).to_dict("records")
    assert eight["pos_z"] == pytest.approx(np.nonzero(labels == 8)[1].mean())
    assert (eight["z0"], eight["z1"], eight["z"]) == (1, 6, 4)
    assert (eight["area"], eight["plane_area"]) == (3 * 16 + 2 * 225, 225)
    assert three["z"] in (2, 6)
    small = find_regions(labels[:, :4], box_of="plane")
    assert small.loc[small["label"] == 8, "y1"].item() == 9


def test_border_cells_are_marked():
    labels = np.zeros((1, 1, 20, 20), int)
    labels[0, 0, :3, 5:9] = 1
    labels[0, 0, 10:13, 17:] = 2
    labels[0, 0, 10:13, 5:9] = 3
    assert find_regions(labels)["touches_border"].tolist() == [True, True, False]


def test_background_gives_no_rows():
    regions = find_regions(np.zeros((1, 1, 9, 9), np.uint8))
    assert regions.empty
    assert set(ID_COLUMNS) < set(regions.columns)


def test_chunked_labels_are_the_same():
    labels = blocks([7, 1, 500])
    lazy = dask.array.from_array(labels, chunks=(1, 1, 13, 17))
    assert find_regions(lazy).equals(find_regions(labels))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (blocks([3]).astype(np.float32), r"must be integers; got float32; .*astype"),
        (blocks([1]).astype(bool), "yes/no mask"),
        (blocks([3, -2]), r"between 0 and .*; got -2 to 3"),
        (blocks([2**63 + 1], np.uint64), "between 0 and"),
    ],
)
def test_other_labels_are_refused(labels, message):
    with pytest.raises(DataError, match=message):
        find_regions(labels)
