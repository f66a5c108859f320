"""Traversal stacks are ImageJ hyperstacks that bring their names back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.export.traversal_tiff import (
    TraversalInfo,
    is_traversal,
    read_traversal,
    write_traversal,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

INFO = TraversalInfo(
    factors=("texture", "residual_1"),
    steps_sd=(-2.5, 0.0, 2.5),
    picture="nearest",
    model_id="tiny-01234567",
)


def _pictures(n_factors: int = 2, n_steps: int = 3) -> NDArray[np.float32]:
    rng = np.random.default_rng(0)
    colors = rng.integers(0, 256, (n_factors, n_steps, 8, 6, 3))
    return (colors / 255).astype(np.float32)


@pytest.mark.parametrize(("n_factors", "n_steps"), [(2, 3), (1, 3), (2, 1), (1, 1)])
def test_pictures_and_names_come_back(
    tmp_path: Path, n_factors: int, n_steps: int
) -> None:
    info = INFO.replace(
        factors=INFO.factors[:n_factors], steps_sd=INFO.steps_sd[:n_steps]
    )
    pictures = _pictures(n_factors, n_steps)
    write_traversal(tmp_path / "walk.tif", pictures, info)
    read, facts = read_traversal(tmp_path / "walk.tif")
    assert facts == info
    np.testing.assert_array_equal(read, np.round(pictures * 255).astype(np.uint8))
    assert is_traversal(tmp_path / "walk.tif")


def test_imagej_sees_factors_as_z_and_steps_as_t(tmp_path: Path) -> None:
    pictures = _pictures()
    write_traversal(tmp_path / "walk.tif", pictures, INFO)
    with tifffile.TiffFile(tmp_path / "walk.tif") as tiff:
        assert tiff.is_imagej
        assert tiff.series[0].axes == "TZYXS"
        assert tiff.series[0].shape == (3, 2, 8, 6, 3)
        metadata = tiff.imagej_metadata
        stack = tiff.asarray()
    assert metadata is not None
    assert (metadata["frames"], metadata["slices"]) == (3, 2)
    assert metadata["hyperstack"]
    labels = metadata["Labels"]
    assert labels[:3] == ["texture -2.5 sd", "residual_1 -2.5 sd", "texture +0 sd"]
    for page, label in enumerate(labels):
        step, factor = divmod(page, 2)
        assert label == INFO.slice_label(factor, step)
        expected = np.round(pictures[factor, step] * 255)
        np.testing.assert_array_equal(stack[step, factor], expected)


def test_colors_out_of_range_are_clipped(tmp_path: Path) -> None:
    pictures = _pictures() * 3 - 1
    write_traversal(tmp_path / "walk.tif", pictures, INFO)
    read, _ = read_traversal(tmp_path / "walk.tif")
    assert (read.min(), read.max()) == (0, 255)


def test_pictures_must_fit_their_names(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"shape \(2, 3, H, W, 3\); got \(1, 3,"):
        write_traversal(tmp_path / "walk.tif", _pictures(1), INFO)


def test_another_tiff_is_not_a_traversal(tmp_path: Path) -> None:
    path = tmp_path / "cells.tif"
    tifffile.imwrite(path, np.zeros((4, 4), np.uint8), imagej=True)
    assert not is_traversal(path)
    with pytest.raises(StorageError, match="is not a traversal"):
        read_traversal(path)


@pytest.mark.parametrize("n_bytes", [0, 7, 900, 1600])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, n_bytes: int) -> None:
    path = tmp_path / "walk.tif"
    write_traversal(path, _pictures(), INFO)
    path.write_bytes(path.read_bytes()[:n_bytes])
    with pytest.raises(StorageError, match=r"walk\.tif"):
        read_traversal(path)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    assert not is_traversal(tmp_path / "walk.tif")
    with pytest.raises(StorageError, match="cannot be read"):
        read_traversal(tmp_path / "walk.tif")
