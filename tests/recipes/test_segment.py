"""From files to cells, with the labels' own ids and the image's own axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile

from napari_disentangle.errors import CropError, StorageError
from napari_disentangle.recipes.segment import open_cells, segment_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Painted = tuple[NDArray[np.uint8], NDArray[np.int32]]


def test_labels_keep_their_ids(painted_cells: Painted, tmp_path: Path) -> None:
    image, labels = painted_cells
    iio.imwrite(tmp_path / "image.png", image)
    tifffile.imwrite(tmp_path / "labels.tif", labels)
    cells = open_cells(tmp_path / "image.png", tmp_path / "labels.tif")
    expected = [1, 5, 10, 11, 40, 41, 300]
    assert cells.crops.table["label"].tolist() == expected
    assert cells.measured["label"].tolist() == expected
    assert cells.image.shape == (1, 1, 3, 120, 160)
    assert cells.labels.shape == (1, 1, 120, 160)


def test_without_labels_cells_are_found(painted_cells: Painted, tmp_path: Path) -> None:
    iio.imwrite(tmp_path / "image.png", painted_cells[0])
    cells = open_cells(tmp_path / "image.png")
    assert len(cells.measured) == 7
    np.testing.assert_array_equal(segment_file(tmp_path / "image.png"), cells.labels)
    found, painted = cells.labels[0, 0] > 0, painted_cells[1] > 0
    assert (found & painted).sum() / (found | painted).sum() > 0.75


def test_a_stack_of_labels_takes_the_axes_of_its_image(
    painted_cells: Painted, tmp_path: Path
) -> None:
    image, labels = painted_cells
    stack = np.stack([image[..., 0]] * 3)
    tifffile.imwrite(
        tmp_path / "image.tif", stack, imagej=True, metadata={"axes": "ZYX"}
    )
    np.save(tmp_path / "labels.npy", np.stack([labels] * 3))
    cells = open_cells(tmp_path / "image.tif", tmp_path / "labels.npy")
    assert cells.image.shape == (1, 3, 1, 120, 160)
    assert cells.labels.shape == (1, 3, 120, 160)
    assert len(cells.crops) == 7


def test_labels_of_another_shape_are_refused(
    painted_cells: Painted, tmp_path: Path
) -> None:
    image, labels = painted_cells
    iio.imwrite(tmp_path / "image.png", image)
    np.save(tmp_path / "labels.npy", labels[:50])
    with pytest.raises(CropError, match=r"labels have shape \(50, 160\)"):
        open_cells(tmp_path / "image.png", tmp_path / "labels.npy")


def test_a_missing_image_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        segment_file(tmp_path / "no.png")
