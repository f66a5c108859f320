"""Boxes, points and classes are read from the files people have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.crops.annotation_files import (
    read_classes,
    read_points,
    read_voc,
)
from napari_disentangle.errors import DataError, StorageError

OBJECT = """<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin>
<xmax>{}</xmax><ymax>{}</ymax></bndbox></object>"""


def voc(path, *boxes):
    body = "".join(OBJECT.format(*box) for box in boxes)
    path.write_text(f"<annotation><filename>x.jpg</filename>{body}</annotation>")
    return path


def test_voc_boxes_keep_order_and_class(tmp_path):
    boxes = read_voc(
        voc(tmp_path / "1.xml", ("RBC", 3, 1, 9, 5), (" WBC ", 0, 0, 2, 2))
    )
    assert boxes.to_numpy().tolist() == [[1, 3, 5, 9, "RBC"], [0, 0, 2, 2, "WBC"]]


def test_a_voc_object_without_a_name_has_no_class(tmp_path):
    boxes = read_voc(voc(tmp_path / "1.xml", ("", 3, 1, 9, 5)))
    assert boxes["annotation"].isna().all()


def test_damaged_voc_files_are_told_apart(tmp_path):
    with pytest.raises(DataError, match=r"Object 1 .* has no box"):
        read_voc(voc(tmp_path / "1.xml", ("a", "", 1, 2, 3)))
    (tmp_path / "2.xml").write_text("<annotation>")
    with pytest.raises(StorageError, match="not XML"):
        read_voc(tmp_path / "2.xml")
    with pytest.raises(StorageError, match="cannot be read"):
        read_voc(tmp_path / "3.xml")


def test_text_is_x_y_class(tmp_path):
    path = tmp_path / "cells.txt"
    path.write_text("10 20 6\n\n11.5\t-3\tred cell\n7, 8\n")
    points = read_points(path)
    assert points[["y", "x"]].to_numpy().tolist() == [[20, 10], [-3, 11.5], [8, 7]]
    assert points["annotation"].tolist()[:2] == ["6", "red cell"]
    assert points["annotation"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    "text",
    [
        "y,x,class\n2,1,a\n4,3,\n",
        "index,axis-0,axis-1,Class\n0,2,1,a\n1,4,3,\n",
        "pos_x;pos_y;annotation\n1;2;a\n3;4;\n",
    ],
)
def test_tables_name_their_columns(tmp_path, text):
    path = tmp_path / "points.csv"
    path.write_text(text)
    points = read_points(path)
    assert points[["y", "x"]].to_numpy().tolist() == [[2, 1], [4, 3]]
    assert points["annotation"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", StorageError, "empty"),
        ("a,b\n1,2\n", DataError, "need columns y and x; got a, b"),
        ("y,x\n1,2\n,4\n", DataError, "Row 2"),
        ("1 2 a\n3\n", DataError, "Line 2"),
    ],
)
def test_files_without_coordinates_are_refused(tmp_path, text, error, message):
    path = tmp_path / "points.csv"
    path.write_text(text)
    with pytest.raises(error, match=message):
        read_points(path)


@given(
    st.lists(
        st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=9
    )
)
def test_text_and_table_say_the_same(tmp_path_factory, points):
    folder = tmp_path_factory.mktemp("points")
    (folder / "a.txt").write_text("".join(f"{x!r} {y!r} c\n" for y, x in points))
    rows = "".join(f"{y!r},{x!r},c\n" for y, x in points)
    (folder / "a.csv").write_text("y,x,class\n" + rows)
    text, table = read_points(folder / "a.txt"), read_points(folder / "a.csv")
    np.testing.assert_allclose(text[["y", "x"]], points, rtol=1e-12)
    np.testing.assert_allclose(table[["y", "x"]], points, rtol=1e-12)


def test_classes_are_known_by_id(tmp_path):
    path = tmp_path / "classes.csv"
    path.write_text("image ID,class label\n7,2\n3,NA\n5,\n")
    classes = read_classes(path)
    assert classes["7"] == "2"
    assert classes["3"] == "NA"
    assert classes.isna()["5"]


def test_classes_need_an_id_and_a_class_once(tmp_path):
    path = tmp_path / "classes.csv"
    path.write_text("label,class\n1,a\n1,b\n")
    with pytest.raises(DataError, match="give 1 twice"):
        read_classes(path)
    path.write_text("label\n1\n2\n")
    with pytest.raises(DataError, match="two columns"):
        read_classes(path)
