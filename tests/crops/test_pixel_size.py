from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import tifffile

from napari_disentangle.crops.images import read_spacing
from napari_disentangle.crops.pixel_size import (
    format_pixel_size,
    parse_pixel_size,
    with_micrometers,
)
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
