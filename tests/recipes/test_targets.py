"""Target data sets: classes, groups and crops, on the real data where it is there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import ConfigError, StorageError
from napari_disentangle.recipes.targets import (
    open_bccd,
    open_folder,
    open_wbc1,
    thin_classes,
)


def check(target):
    n = len(target.crops)
    assert target.y.shape == target.groups.shape == (n,)
    names = np.array(target.classes)[target.y]
    assert names.tolist() == target.crops.table["annotation"].tolist()
    crop = target.crops.cut(np.array([0, n - 1]), 32)
    assert crop.shape == (2, 3, 32, 32)
    assert 0 <= crop.min() < crop.max() <= 1


@pytest.mark.slow
def test_bccd_has_its_cells_in_groups_of_images(shared_data):
    target = open_bccd(shared_data / "bccd", "tight")
    check(target)
    assert dict(zip(target.classes, np.bincount(target.y), strict=True)) == {
        "Platelets": 361,
        "RBC": 4153,
        "WBC": 372,
    }
    images = target.crops.table["roi_id"]
    assert len(np.unique(target.groups)) == images.nunique() == 364
    assert (images.groupby(target.groups).nunique() == 1).all()
    assert target.skipped["reason"].tolist() == ["smaller than 16 px"] * 2
    assert np.isnan(target.crops.window_px)


@pytest.mark.slow
def test_a_part_of_bccd_is_drawn_by_the_seed_and_keeps_rare_classes(shared_data):
    first, other = (
        open_bccd(shared_data / "bccd", "window", 300, seed) for seed in (1, 2)
    )
    check(first)
    assert first.crops.window_px == 200
    assert np.bincount(first.y).tolist() == [100, 100, 100]
    assert not first.crops.table.equals(other.crops.table)


def test_wbc1_leaves_out_its_single_basophil_and_links_its_copies(shared_data):
    target = open_wbc1(shared_data / "wbc1", "masked")
    check(target)
    assert dict(zip(target.classes, np.bincount(target.y), strict=True)) == {
        "eosinophil": 22,
        "lymphocyte": 53,
        "monocyte": 48,
        "neutrophil": 176,
    }
    assert target.skipped["reason"].tolist() == [
        "basophil: the only image of its class"
    ]
    table = target.crops.table
    copies = table["roi_id"].str[-7:].isin(["112.bmp", "139.bmp"])
    assert len(set(target.groups[copies])) == 1
    assert len(np.unique(target.groups)) == len(target.crops) - 1
    assert (target.copies, target.contradictions) == (1, 0)
    corners = target.crops.cut(np.arange(0, len(table), 20), 64)[..., 0, 0]
    assert (corners == 0).all()
    whole = open_wbc1(shared_data / "wbc1", "window")
    assert whole.crops.window_px == 120
    assert (whole.y == target.y).all()


def test_a_folder_of_classes_is_a_target(shared_data, tmp_path):
    images = shared_data / "wbc1" / "images_and_masks"
    for kind, numbers in {"x": (1, 2), "y": (3, 4)}.items():
        (tmp_path / kind).mkdir()
        for n in numbers:
            for suffix in ("bmp", "png"):
                file = images / f"{n:03d}.{suffix}"
                (tmp_path / kind / file.name).write_bytes(file.read_bytes())
    target = open_folder("mine", tmp_path)
    check(target)
    assert (target.name, target.crop, target.classes) == ("mine", "masked", ("x", "y"))
    whole = open_folder("mine", tmp_path, CropConfig(background="keep"))
    assert whole.crop == "folder"


def test_unknown_crops_and_folders_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="BCCD has crops window, tight, masked"):
        open_bccd(tmp_path, "folder")  # type: ignore[arg-type]
    with pytest.raises(StorageError, match=r"classes\.csv"):
        open_wbc1(tmp_path)


@given(st.lists(st.sampled_from("aaab"), max_size=60), st.integers(0, 70))
def test_thinning_takes_from_the_largest_class_first(classes, n):
    names = np.array(classes, dtype=object)
    rows = thin_classes(names, n, np.random.default_rng(0))
    assert len(rows) == (min(n, len(names)) if n else len(names))
    assert (np.diff(rows) > 0).all()
    assert rows.tolist() == thin_classes(names, n, np.random.default_rng(0)).tolist()
    before = {name: (names == name).sum() for name in set(classes)}
    after = {name: (names[rows] == name).sum() for name in set(classes)}
    largest = max(after.values(), default=0)
    for name, count in before.items():
        assert after[name] >= min(count, largest - 1)
