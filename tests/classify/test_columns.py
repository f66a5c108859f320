from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.classify.columns import (
    choose_columns,
    name_classes,
    read_values,
)
from napari_disentangle.errors import DataError


def test_named_all_and_lists(cells):
    table = cells.assign(z_residual_1=0.0, z_residual_1_sd=1.0)
    assert choose_columns(table, "named") == ("z_color", "z_shape", "z_scale")
    angle = table.assign(z_orientation_2=0.0, z_orientation=1.0)
    assert choose_columns(angle, "named")[-2:] == ("z_orientation", "z_orientation_2")
    assert choose_columns(table, "all") == (
        "z_scale",
        "z_color",
        "z_shape",
        "z_residual_1",
    )
    assert choose_columns(table, "area, z_scale") == ("area", "z_scale")
    assert choose_columns(table, ["area"]) == ("area",)


def test_wrong_columns_are_told(cells):
    with pytest.raises(DataError, match="no column 'z_size' \\(and 1 more\\)"):
        choose_columns(cells, "z_size,z_hue,area")
    with pytest.raises(DataError, match="named twice"):
        choose_columns(cells, "area,area")
    with pytest.raises(DataError, match="no columns for 'all'; encode"):
        choose_columns(cells[["label", "area"]], "all")


def test_missing_and_infinite_values_become_nan():
    table = pd.DataFrame({"a": [1.0, np.inf], "b": pd.array([None, 2], "Int64")})
    np.testing.assert_array_equal(
        read_values(table, ["b", "a"]), [[np.nan, 1.0], [2.0, np.nan]]
    )


def test_classes_are_named_and_gaps_kept():
    y, classes = name_classes(["b", None, "a", np.nan, " ", "b "])
    assert classes == ("a", "b")
    assert y.tolist() == [1, -1, 0, -1, -1, 1]


def test_numbers_as_classes_are_sorted_as_numbers():
    y, classes = name_classes(pd.Series([10.0, 2.0, np.nan]))
    assert classes == ("2", "10")
    assert y.tolist() == [1, 0, -1]
