"""One table of a folder: codes, classes, and measurements where there are masks."""

import imageio.v3 as iio
import numpy as np
import pytest

from napari_disentangle.crops.boxes import BoxCrops
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.folders import FolderCrops
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.encode import encode
from napari_disentangle.recipes.folders import encode_folder, open_crops

RNG = np.random.default_rng(0)
VOC = """<annotation><object><name>{}</name><bndbox><xmin>4</xmin><ymin>6</ymin>
<xmax>24</xmax><ymax>30</ymax></bndbox></object></annotation>"""


@pytest.fixture
def masked_folder(tmp_path):
    """Return a folder with classes a and b, two disks with masks each."""
    y, x = np.mgrid[:40, :44]
    for at, name in enumerate(("a/1", "a/2", "b/1", "b/2")):
        disk = (y - 20) ** 2 + (x - 20) ** 2 <= (6 + 3 * at) ** 2
        image = RNG.integers(100, 255, (40, 44, 3), np.uint8)
        (tmp_path / name).parent.mkdir(exist_ok=True)
        iio.imwrite(tmp_path / f"{name}.png", image)
        iio.imwrite(tmp_path / f"{name}-mask.png", disk.astype(np.uint8) * 255)
    return tmp_path


def test_a_masked_folder_is_measured_as_labels_would_be(masked_folder, pixel_model):
    crops = open_crops(masked_folder)
    table = encode_folder(crops, pixel_model)
    assert table["roi_id"].tolist() == ["a/1.png", "a/2.png", "b/1.png", "b/2.png"]
    assert table["annotation"].tolist() == ["a", "a", "b", "b"]
    assert table["area"].tolist() == [113, 253, 441, 709]
    np.testing.assert_allclose(table["solidity"], 1, atol=0.1)
    codes = encode(crops, pixel_model).mean
    np.testing.assert_allclose(table["z_scale"], codes[:, 3], atol=1e-6)
    assert list(table.columns[-2:]) == ["annotation", "model"]


def test_without_masks_there_are_codes_positions_and_classes(
    masked_folder, pixel_model
):
    crops = open_crops(masked_folder, CropConfig(background="keep"))
    table = encode_folder(crops, pixel_model)
    assert "area" not in table
    assert table["annotation"].tolist() == ["a", "a", "b", "b"]
    assert table["pos_x"].tolist() == [21.5] * 4


def test_a_feature_model_reads_a_folder(masked_folder, tiny_model):
    table = encode_folder(open_crops(masked_folder), tiny_model)
    assert len(table) == 4
    assert np.isfinite(table[["z_scale", "z_residual_5"]]).to_numpy().all()


def test_images_with_boxes_are_told_from_class_folders(tmp_path, pixel_model):
    for name in ("1", "2"):
        iio.imwrite(tmp_path / f"{name}.jpg", RNG.integers(0, 255, (48, 64), np.uint8))
        (tmp_path / f"{name}.xml").write_text(VOC.format("cell" + name))
    crops = open_crops(tmp_path)
    assert isinstance(crops, BoxCrops)
    table = encode_folder(crops, pixel_model)
    assert table["annotation"].tolist() == ["cell1", "cell2"]


def test_other_xml_beside_images_does_not_make_boxes(masked_folder):
    (masked_folder / "a/1.xml").write_text("<OME></OME>")
    assert isinstance(open_crops(masked_folder), FolderCrops)


def test_a_folder_of_images_without_classes_is_encoded_without_them(
    tmp_path, pixel_model
):
    for name in ("1.png", "2.png", "broken.png"):
        iio.imwrite(tmp_path / name, RNG.integers(0, 255, (9, 9), np.uint8))
    (tmp_path / "broken.png").write_bytes(b"x")
    crops = open_crops(tmp_path)
    table = encode_folder(crops, pixel_model)
    assert table["roi_id"].tolist() == ["1.png", "2.png"]
    assert table["annotation"].isna().all()
    assert np.isfinite(table["z_scale"]).all()
    assert crops.folder.classes == ()
    assert crops.skipped["roi_id"].tolist() == ["broken.png"]


def test_images_of_one_class_are_enough_to_be_encoded(tmp_path, pixel_model):
    (tmp_path / "round").mkdir()
    for name in ("round/1.png", "stray.png"):
        iio.imwrite(tmp_path / name, RNG.integers(0, 255, (9, 9), np.uint8))
    table = encode_folder(open_crops(tmp_path), pixel_model)
    assert table["annotation"].tolist() == ["round"]


@pytest.mark.parametrize("name", ["1.png", "a/1-mask.png", "a/1.png"])
def test_a_folder_without_a_usable_image_is_refused(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DataError, match="no usable image"):
        open_crops(tmp_path)
