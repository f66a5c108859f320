"""Tables as AnnData, opened again by anndata itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import MissingExtraError, StorageError
from napari_disentangle.export.anndata_table import (
    read_anndata,
    to_anndata,
    write_anndata,
)
from napari_disentangle.export.tabular import read_table, write_table

if TYPE_CHECKING:
    from pathlib import Path

anndata = pytest.importorskip("anndata", reason="needs the extra tables")


@pytest.fixture
def cells() -> pd.DataFrame:
    """Return cells of two images with the same ids; one of them has no crop."""
    return pd.DataFrame(
        {
            "label": [1, 5, 1],
            "index": [1, 5, 1],
            "roi_id": ["a.tif", "a.tif", "b/a.tif"],
            "frame": [0, 0, 3],
            "pos_y": [3.0, 4.0, 5.0],
            "pos_x": [6.0, 7.0, 8.0],
            "pos_y_um": [1.5, 2.0, np.nan],
            "pos_x_um": [3.0, 3.5, np.nan],
            "z_texture": [0.25, np.nan, -1.0],
            "z_scale": [1.5, np.nan, 2.0],
            "z_texture_sd": [0.1, np.nan, 0.1],
            "z_scale_sd": [0.2, np.nan, 0.2],
            "orientation": [0.1, 0.2, 0.3],
            "annotation": ["NA", np.nan, "red cell"],
            "prediction": [np.nan, np.nan, np.nan],
            "in_distribution": [True, np.nan, False],
            "model": ["m-1", np.nan, "m-1"],
        }
    )


def test_the_table_is_obs_and_the_codes_are_x(
    tmp_path: Path, cells: pd.DataFrame
) -> None:
    path = tmp_path / "cells.h5ad"
    write_anndata(path, cells)
    found = anndata.read_h5ad(path)
    assert list(found.obs) == list(cells)
    assert list(found.var_names) == ["code_texture", "code_scale"]
    assert found.var["column"].tolist() == ["z_texture", "z_scale"]
    assert not set(found.var_names) & set(found.obs)
    np.testing.assert_array_equal(found.X, cells[["z_texture", "z_scale"]])
    assert found.layers["sd"][0].tolist() == pytest.approx([0.1, 0.2])
    assert list(found.obs_names) == ["a.tif:0:1", "a.tif:0:5", "b/a.tif:3:1"]
    assert found.obs_names.is_unique


def test_the_table_comes_back_with_its_missing_values(
    tmp_path: Path, cells: pd.DataFrame
) -> None:
    path = tmp_path / "cells.h5ad"
    write_table(cells, path)
    found = read_table(path)
    pd.testing.assert_frame_equal(
        found.astype({"in_distribution": object}).replace({pd.NA: np.nan}),
        cells,
        check_dtype=False,
    )


def test_places_are_micrometers_only_if_known_of_all(cells: pd.DataFrame) -> None:
    in_px = to_anndata(cells)
    assert in_px.uns["spatial_unit"] == "pixel"
    np.testing.assert_array_equal(in_px.obsm["spatial"][0], [6, 3])
    in_um = to_anndata(cells.iloc[:2])
    assert in_um.uns["spatial_unit"] == "micrometer"
    np.testing.assert_array_equal(in_um.obsm["spatial"][0], [3, 1.5])


def test_images_without_cells_and_notes_stay_with_the_numbers(
    tmp_path: Path, cells: pd.DataFrame
) -> None:
    images = pd.DataFrame(
        {"roi_id": ["a.tif", "empty.tif"], "n_cells": [2, 0], "model": ["m-1", np.nan]}
    )
    path = tmp_path / "cells.h5ad"
    write_anndata(path, cells, images, {"methods": "We did it."})
    found = anndata.read_h5ad(path)
    assert found.uns["images"]["roi_id"].tolist() == ["a.tif", "empty.tif"]
    assert found.uns["images"]["n_cells"].tolist() == [2, 0]
    assert found.uns["methods"] == "We did it."


def test_a_table_without_rows_is_written(tmp_path: Path, cells: pd.DataFrame) -> None:
    write_anndata(tmp_path / "none.h5ad", cells.iloc[:0])
    assert anndata.read_h5ad(tmp_path / "none.h5ad").n_obs == 0
    assert list(read_anndata(tmp_path / "none.h5ad")) == list(cells)


@pytest.mark.parametrize("content", [None, b"no file of this kind"])
def test_a_file_that_is_none_is_one_sentence(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "cells.h5ad"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StorageError, match=r"cells\.h5ad"):
        read_anndata(path)


def test_without_anndata_the_extra_is_named(
    tmp_path: Path, cells: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "anndata", None)
    with pytest.raises(MissingExtraError, match=r"napari-disentangle\[tables\]"):
        write_anndata(tmp_path / "cells.h5ad", cells)
