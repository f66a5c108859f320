"""What a user types finds the rows that are meant, and runs nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.filter_cells import filter_rows


@pytest.fixture
def cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": [10, 1, 5, 7],
            "roi_id": "slide.tif",
            "z_scale": [0.5, 1.5, np.nan, 2.0],
            "area": [10, 20, 30, 40],
            "annotation": ["rbc", None, "wbc", "Rbc, old"],
        }
    )


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("", [10, 1, 5, 7]),
        ("  ", [10, 1, 5, 7]),
        ("z_scale > 1", [1, 7]),
        ("z_scale <= 1.5", [10, 1]),
        ("1 < z_scale < 2", [1]),
        ("z_scale != 2", [10, 1]),
        ("not z_scale > 1", [10, 5]),
        ("z_scale > 1 and area < 40 or label == 5", [1, 5]),
        ("(z_scale > 1) and (area/2 - 1 > 10)", [7]),
        ("z_scale > -area", [10, 1, 7]),
        ("annotation == 'rbc'", [10]),
        ("annotation != 'rbc'", [5, 7]),
        ("5", [5]),
        ("rbc", [10, 7]),
        ("SLIDE", [10, 1, 5, 7]),
        ("nothing", []),
    ],
)
@pytest.mark.parametrize("kind", ["object", "category"])
def test_a_filter_finds(
    cells: pd.DataFrame, text: str, labels: list[int], kind: str
) -> None:
    cells["annotation"] = cells["annotation"].astype(kind)
    assert cells["label"][filter_rows(cells, text)].tolist() == labels


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z_scale >", "cannot be read"),
        ("z_scale = 1", "cannot be read"),
        ("z_size > 1", "no column 'z_size'"),
        ("annotation > 1", "cannot be compared"),
        ("annotation + 1 > 1", "is a text"),
        ("z_scale in area > 2", "with < <= > >= == or != only"),
        ("(z_scale > 1) + 1", "is no condition"),
        ("__import__('os').getcwd() == 1", "cannot be used"),
        ("z_scale.max() > 1", "cannot be used"),
        ("(lambda: 1)() > 1", "cannot be used"),
    ],
)
def test_anything_else_is_one_sentence(
    cells: pd.DataFrame, text: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        filter_rows(cells, text)
