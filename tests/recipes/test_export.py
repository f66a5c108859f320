"""Everything about the cells of an image is written, and opens again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.crops.measure import measure
from napari_disentangle.errors import StorageError
from napari_disentangle.export.tabular import read_table
from napari_disentangle.export.traversal_tiff import read_traversal
from napari_disentangle.recipes.encode import EncodedCells, encode_cells
from napari_disentangle.recipes.export import export
from napari_disentangle.recipes.scatter import scatter_axes
from napari_disentangle.recipes.segment import Cells

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model


@pytest.fixture(scope="module")
def encoded(
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]], drawing_model: Model
) -> EncodedCells:
    painted, ids = painted_cells
    ids = ids.copy()
    ids[60, 100] = 7  # a cell of one pixel: measured, not cropped
    image, labels = to_tzcyx(painted, "yxc"), to_tzyx(ids, "yx")
    crops = plan_crops(image, labels, CropConfig())
    measured = measure(image, labels, spacing_um=None, roi_id="image")
    return encode_cells(
        Cells(image, labels, crops, measured), drawing_model, device="cpu"
    )


def test_every_file_opens_again(
    encoded: EncodedCells, drawing_model: Model, tmp_path: Path
) -> None:
    done = export(encoded, drawing_model, tmp_path / "out", factors=["scale"])
    names = {file.name for file in done.files}
    assert names == {file.name for file in (tmp_path / "out").iterdir()}
    read = {name: tmp_path / "out" / name for name in names}
    labels = tifffile.imread(read["labels.tif"])
    np.testing.assert_array_equal(labels, encoded.cells.labels[0, 0])
    for name in ("cells.csv", "cells.parquet"):
        table = read_table(read[name])
        assert table["label"].tolist() == [1, 5, 7, 10, 11, 40, 41, 300]
        assert table["z_scale"].isna().sum() == 1
        assert np.isnan(table.set_index("label").loc[7, "z_scale"])
    for name, kind in (
        ("traversal.tif", "decoded"),
        ("traversal_nearest.tif", "nearest"),
    ):
        pictures, info = read_traversal(read[name])
        assert pictures.shape == (1, 11, 64, 64, 3)
        assert (info.picture, info.model_id) == (kind, drawing_model.id)
    for name in ("traversal.png", "factors.png"):
        assert iio.imread(read[name]).std() > 1


def test_a_model_without_pictures_exports_the_real_cells(
    encoded: EncodedCells, tiny_model: Model, tmp_path: Path
) -> None:
    done = export(encoded, tiny_model, tmp_path, factors=["scale"])
    assert "traversal_nearest.tif" not in {file.name for file in done.files}
    assert read_traversal(tmp_path / "traversal.tif")[1].picture == "nearest"


def test_a_folder_that_cannot_be_made_is_one_sentence(
    encoded: EncodedCells, tiny_model: Model, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        export(encoded, tiny_model, tmp_path / "file" / "out")


def test_scale_and_color_are_plotted_where_there_are_such() -> None:
    names = ("texture", "color", "shape", "scale")
    assert scatter_axes(names) == ("z_scale", "z_color")
    assert scatter_axes(("a", "b", "c")) == ("z_a", "z_b")
    assert scatter_axes(("color",)) == ("z_color", "z_color")
