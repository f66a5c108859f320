from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import tifffile

from napari_disentangle.crops.pixel_size import (
    format_pixel_size,
    parse_pixel_size,
    with_micrometers,
)
from napari_disentangle.crops.tiff_spacing import read_spacing
from napari_disentangle.errors import DataError


@pytest.mark.parametrize(
    ("text", "spacing"),
    [
        ("0.325", (0.325, 0.325)),
        (" 0.5 x 0.25 ", (0.5, 0.25)),
        ("0.5\u00d70.25", (0.5, 0.25)),
        ("0.5 0.25", (0.5, 0.25)),
        ("1e-1", (0.1, 0.1)),
        ("", None),
    ],
)
def test_a_pixel_size_is_one_number_or_height_and_width(text, spacing):
    assert parse_pixel_size(text) == spacing


@pytest.mark.parametrize(
    "text", ["0,325", "1,3", "0", "-1", "nan", "inf", "1 2 3", "a"]
)
def test_what_is_no_pixel_size_is_refused_with_an_example(text):
    with pytest.raises(DataError, match=r"0\.5 x 0\.25"):
        parse_pixel_size(text)


@pytest.mark.parametrize("spacing", [(0.325, 0.325), (0.5, 0.25)])
def test_a_pixel_size_that_is_written_is_read_back(spacing):
    assert parse_pixel_size(format_pixel_size(spacing)) == spacing


def test_areas_take_both_sides_of_a_pixel_and_positions_one_each():
    cells = pd.DataFrame({"area": [10.0], "pos_y": [4.0], "pos_x": [8.0]})
    found = with_micrometers(cells, (0.5, 0.25)).iloc[0]
    assert found["area_um2"] == 10 * 0.125
    assert (found["pos_y_um"], found["pos_x_um"]) == (2.0, 2.0)


def test_in_a_stack_the_area_of_the_projection_is_given():
    cells = pd.DataFrame({"area": [90.0], "area_projected": [10.0]})
    assert with_micrometers(cells, (1.0, 2.0))["area_um2"].tolist() == [20.0]


def test_without_a_pixel_size_nothing_is_in_micrometers():
    cells = pd.DataFrame({"area": [10.0], "pos_y": [4.0], "pos_x": [8.0]})
    assert with_micrometers(with_micrometers(cells, (0.5, 0.5)), None).equals(cells)


def test_a_file_tells_the_pixel_size_of_its_own_shape_only(tmp_path):
    path = tmp_path / "a.tif"
    data = np.zeros((6, 9), np.uint8)
    tifffile.imwrite(
        path, data, imagej=True, resolution=(4, 2), metadata={"unit": "um"}
    )
    assert read_spacing(path, (6, 9)) == (0.5, 0.25)
    assert read_spacing(path, (9, 6)) is None


@pytest.mark.parametrize("name", ["damaged.tif", "a.png", "missing.tif"])
def test_a_file_that_cannot_be_read_tells_no_pixel_size(tmp_path, name):
    if name != "missing.tif":
        (tmp_path / name).write_bytes(b"no image")
    assert read_spacing(tmp_path / name, (6, 9)) is None


STACKED = pd.DataFrame({"pos_z": [2.0], "pos_y": [4.0], "pos_x": [8.0]})


def test_each_axis_of_a_stack_has_a_size_of_its_own():
    found = with_micrometers(STACKED, (3.0, 0.5, 0.25)).iloc[0]
    assert found[["pos_z_um", "pos_y_um", "pos_x_um"]].tolist() == [6.0, 2.0, 2.0]


def test_planes_of_unknown_distance_have_no_place_in_micrometers():
    assert "pos_z_um" not in with_micrometers(STACKED, (0.5, 0.25))
    known = with_micrometers(STACKED, (3.0, 0.5, 0.25))
    assert "pos_z_um" not in with_micrometers(known, (0.5, 0.25))
    assert "pos_z_um" not in with_micrometers(STACKED[["pos_y", "pos_x"]], (3, 1, 1))


@pytest.mark.parametrize(
    ("given", "spacing"),
    [
        ({"unit": "um", "spacing": 3.0}, (3.0, 0.5, 0.25)),
        ({"unit": "um", "spacing": -3.0}, (3.0, 0.5, 0.25)),
        ({"unit": "um", "spacing": 3000.0, "zunit": "nm"}, (3.0, 0.5, 0.25)),
        ({"unit": "um", "spacing": 3.0, "zunit": "pixel"}, (0.5, 0.25)),
        ({"unit": "um"}, (0.5, 0.25)),
        ({"unit": "um", "spacing": 0.0}, (0.5, 0.25)),
    ],
)
def test_an_imagej_stack_tells_the_distance_of_its_planes(tmp_path, given, spacing):
    path = tmp_path / "a.tif"
    stack = np.zeros((3, 6, 9), np.uint8)
    metadata = {"axes": "ZYX", **given}
    tifffile.imwrite(path, stack, imagej=True, resolution=(4, 2), metadata=metadata)
    assert read_spacing(path, (6, 9)) == pytest.approx(spacing)


@pytest.mark.parametrize(("n_planes", "depth"), [(3, (3.0,)), (1, ())])
def test_an_ome_stack_tells_the_distance_of_its_planes(tmp_path, n_planes, depth):
    path = tmp_path / "a.ome.tif"
    size = {"X": (250.0, "nm"), "Y": (0.0005, "mm"), "Z": (3.0, "\u00b5m")}
    metadata = {"axes": "ZYX"}
    for axis, (length, unit) in size.items():
        metadata[f"PhysicalSize{axis}"] = length
        metadata[f"PhysicalSize{axis}Unit"] = unit
    tifffile.imwrite(path, np.zeros((n_planes, 6, 9), np.uint8), metadata=metadata)
    assert read_spacing(path, (6, 9)) == pytest.approx((*depth, 0.5, 0.25))
