"""Label images keep their ids and shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from napari_disentangle.errors import DataError
from napari_disentangle.export.labels_tiff import write_labels

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("shape", "axes", "plain"),
    [
        ((1, 1, 5, 7), "YX", (5, 7)),
        ((3, 1, 5, 7), "TYX", (3, 5, 7)),
        ((1, 4, 5, 7), "ZYX", (4, 5, 7)),
        ((3, 4, 5, 7), "TZYX", (3, 4, 5, 7)),
        ((1, 1, 1, 7), "YX", (1, 7)),
    ],
)
def test_labels_come_back_with_their_axes(
    tmp_path: Path, shape: tuple[int, ...], axes: str, plain: tuple[int, ...]
) -> None:
    labels = np.random.default_rng(0).integers(0, 60_000, shape)
    write_labels(tmp_path / "labels.tif", labels)
    with tifffile.TiffFile(tmp_path / "labels.tif") as tiff:
        assert tiff.is_imagej
        assert tiff.series[0].axes == axes
        np.testing.assert_array_equal(tiff.asarray(), labels.reshape(plain))


def test_large_ids_are_kept(tmp_path: Path) -> None:
    labels = np.array([[0, 65_536], [3_000_000, 7]])[None, None]
    write_labels(tmp_path / "labels.tif", labels)
    np.testing.assert_array_equal(
        tifffile.imread(tmp_path / "labels.tif"), labels[0, 0]
    )


@pytest.mark.parametrize("wrong", [-1, 2**32])
def test_ids_that_do_not_fit_are_refused(tmp_path: Path, wrong: int) -> None:
    labels = np.full((1, 1, 2, 2), wrong, np.int64)
    with pytest.raises(DataError, match="Label ids must be"):
        write_labels(tmp_path / "labels.tif", labels)
