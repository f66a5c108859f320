"""Boxes of many images become crops; cells of one image stay together."""

import imageio.v3 as iio
import numpy as np
import pytest

from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.crops.axes import to_tzcyx
from napari_disentangle.crops.boxes import BoxCrops, read_box_folder
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.places import fitted_to
from napari_disentangle.crops.windows import plan_boxes
from napari_disentangle.errors import DataError

RNG = np.random.default_rng(1)
OBJECT = """<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin>
<xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"""
BOXES = (("red", 10, 20, 30, 35), ("white", 50, 5, 79, 40), ("red", 9, 9, 9, 9))


def add(folder, name, boxes, image=None):
    image = RNG.integers(1, 255, (60, 80, 3), np.uint8) if image is None else image
    for part in ("images", "annotations"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    iio.imwrite(folder / f"images/{name}.png", image)
    body = "".join(OBJECT.format(*box) for box in boxes)
    (folder / f"annotations/{name}.xml").write_text(f"<annotation>{body}</annotation>")
    return image


def everything(crops, size=24):
    return crops.cut(np.arange(len(crops)), size)


def test_labels_are_places_in_the_file_and_bad_boxes_are_listed(tmp_path):
    add(tmp_path, "s1", BOXES)
    add(tmp_path, "s2", BOXES[:1])
    crops = BoxCrops(read_box_folder(tmp_path), CropConfig())
    assert crops.table[["roi_id", "label", "annotation"]].to_numpy().tolist() == [
        ["images/s1.png", 1, "red"],
        ["images/s1.png", 2, "white"],
        ["images/s2.png", 1, "red"],
    ]
    assert crops.skipped[["label", "reason"]].to_numpy().tolist() == [
        [3, "smaller than 16 px"]
    ]
    assert crops.groups.tolist() == [0, 0, 1]


def test_classes_stay_with_boxes_whose_file_was_edited_meanwhile(tmp_path):
    image = add(tmp_path, "s1", BOXES)
    every = BoxCrops(read_box_folder(tmp_path), CropConfig()).table
    value = Annotations((CellClass("one", "#000000"), CellClass("two", "#000001")))
    value = value.set(every.iloc[[1]], "one").set(every.iloc[[0]], "two")
    add(tmp_path, "s1", (BOXES[2], BOXES[1]), image)
    crops = BoxCrops(read_box_folder(tmp_path), CropConfig())
    found = fitted_to(value, crops)
    assert crops.table["label"].tolist() == [2]
    assert found.annotations.names_of(crops.table).tolist() == ["one"]
    assert found.lost == 1
    aside = value.clear(every).set(every.iloc[[1]], "one")  # skipped by other options
    large = CropConfig(min_area_px=2000)
    add(tmp_path, "s1", (BOXES[1], ("red", 0, 0, 79, 59)), image)
    crops = BoxCrops(read_box_folder(tmp_path), large)
    assert crops.table["label"].tolist() == [2]
    assert list(fitted_to(aside, crops).annotations.images["images/s1.png"]) == [(0, 1)]


@pytest.mark.parametrize(
    "config",
    [
        CropConfig(),
        CropConfig(window_px=33.5),
        CropConfig(window="fit", margin=1.2, background="keep"),
        CropConfig(window_px=90, background="keep"),
        CropConfig(channels=(1,), clear_border=True),
    ],
)
def test_crops_of_a_folder_are_those_of_its_images(tmp_path, config):
    image = add(tmp_path, "s1", BOXES)
    crops = BoxCrops(read_box_folder(tmp_path), config)
    corners = np.array([[y0, x0, y1, x1] for _, x0, y0, x1, y1 in BOXES], float)
    limits = np.array([[0, 255]] * (len(config.channels) or 3))
    alone = plan_boxes(to_tzcyx(image, "yxc"), corners, config, limits=limits)
    assert crops.table["label"].tolist() == alone.table["label"].tolist()
    np.testing.assert_allclose(everything(crops), everything(alone), atol=1e-5)


def test_images_with_equal_pixels_share_a_group(tmp_path):
    image = add(tmp_path, "s1", BOXES[:1])
    add(tmp_path, "s2", BOXES[1:2])
    add(tmp_path, "s3", BOXES[1:2], image)
    crops = BoxCrops(read_box_folder(tmp_path), CropConfig())
    assert crops.groups.tolist() == [0, 1, 0]


def test_images_without_boxes_or_damaged_are_listed(tmp_path):
    add(tmp_path, "s1", BOXES)
    add(tmp_path, "s2", [])
    add(tmp_path, "s3", BOXES)
    add(tmp_path, "s4", BOXES)
    add(tmp_path, "s5", BOXES)
    (tmp_path / "annotations/s3.xml").unlink()
    (tmp_path / "annotations/s4.xml").write_text("<annotation>")
    (tmp_path / "images/s5.png").write_bytes(b"x")
    skipped = read_box_folder(tmp_path).skipped.set_index("roi_id")
    assert skipped["label"].eq(0).all()
    reasons = skipped["reason"]
    assert reasons["images/s2.png"] == "no boxes: its file has no object"
    assert reasons["images/s3.png"] == "no boxes: there is no s3.xml"
    assert "not XML" in reasons["images/s4.png"]
    assert "damaged" in reasons["images/s5.png"]
    for name in ("s1.png",):
        (tmp_path / "images" / name).unlink()
    with pytest.raises(DataError, match="no image with boxes"):
        read_box_folder(tmp_path)
