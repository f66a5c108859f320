"""Boxes, points and labels of one image bring the class of each cell."""

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.recipes.encode import cell_table, encode, encode_cells
from napari_disentangle.recipes.marks import open_boxes, open_points, with_classes
from napari_disentangle.recipes.segment import open_cells


@pytest.fixture
def image(tmp_path, painted_cells):
    """Return the path of an image; its labels are in labels.tif beside it."""
    iio.imwrite(tmp_path / "image.png", painted_cells[0])
    tifffile.imwrite(tmp_path / "labels.tif", painted_cells[1].astype(np.uint16))
    return tmp_path / "image.png"


def test_boxes_bring_their_class(image, pixel_model):
    boxes = image.with_suffix(".xml")
    box = (
        "<bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox>"
    )
    objects = (
        f"<object><name>small</name>{box.format(16, 16, 34, 34)}</object>"
        f"<object><name>point</name>{box.format(5, 5, 5, 5)}</object>"
        f"<object><name></name>{box.format(59, 13, 81, 37)}</object>"
    )
    boxes.write_text(f"<annotation>{objects}</annotation>")
    crops = open_boxes(image, boxes)
    assert crops.table["label"].tolist() == [1, 3]
    assert crops.skipped["label"].tolist() == [2]
    table = cell_table(encode(crops, pixel_model), crops=crops)
    assert table["annotation"].tolist()[0] == "small"
    assert table["annotation"].isna().tolist() == [False, True]
    assert table.loc[0, ["pos_y", "pos_x"]].tolist() == [25, 25]


def test_points_bring_their_class(image):
    points = image.with_suffix(".txt")
    points.write_text("25 25 a\n999 5 b\n70 25 c\n")
    crops = open_points(image, points, CropConfig(window_px=24))
    assert crops.table["annotation"].tolist() == ["a", "c"]
    assert crops.table["pos_x"].tolist() == [25, 70]
    assert crops.skipped["reason"].tolist() == ["outside the image"]
    with pytest.raises(ConfigError, match="window_px"):
        open_points(image, points)


def test_labels_take_their_class_by_id(image, pixel_model):
    classes = image.with_suffix(".csv")
    classes.write_text("label,class\n300,cut\n5,round\n77,nobody\n")
    cells = with_classes(open_cells(image, image.parent / "labels.tif"), classes)
    table = encode_cells(cells, pixel_model).table.set_index("label")
    assert table.loc[[5, 300], "annotation"].tolist() == ["round", "cut"]
    assert table["annotation"].notna().sum() == 2
    assert list(table.columns[-2:]) == ["annotation", "model"]


def test_classes_of_other_cells_are_refused(image):
    classes = image.with_suffix(".csv")
    classes.write_text("label,class\n8,a\n")
    cells = open_cells(image, image.parent / "labels.tif")
    with pytest.raises(DataError, match=r"none of the 7 cells.*is 1\)"):
        with_classes(cells, classes)
