from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.storage.features import read_features, write_features

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def test_features_are_found_by_their_key(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((5, 7), np.float32)
    write_features(tmp_path / "cache", "a", values)
    found = read_features(tmp_path / "cache", "a")
    assert found is not None
    np.testing.assert_array_equal(found, values)
    assert read_features(tmp_path / "cache", "b") is None


@pytest.mark.parametrize("length", [0, 3, 50, 127, 128, 200])
def test_a_truncated_file_counts_as_none(tmp_path: Path, length: int) -> None:
    write_features(tmp_path, "a", np.ones((5, 7), np.float32))
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:length])
    assert read_features(tmp_path, "a") is None


def test_a_file_of_an_absurd_shape_counts_as_none(tmp_path: Path) -> None:
    write_features(tmp_path, "a", np.ones((5, 7), np.float32))
    file = next(tmp_path.iterdir())
    absurd = file.read_bytes().replace(b"(5, 7), }         ", b"(5, 7999999999), }")
    assert b"999" in absurd
    file.write_bytes(absurd)
    assert read_features(tmp_path, "a") is None


@pytest.mark.parametrize(
    "values",
    [
        np.full((5, 7), np.nan, np.float32),
        np.full((5, 7), np.inf, np.float32),
        np.ones((5, 7)),
        np.ones(5, np.float32),
    ],
)
def test_what_are_no_features_counts_as_none(
    tmp_path: Path, values: NDArray[np.float32]
) -> None:
    write_features(tmp_path, "a", values)
    assert read_features(tmp_path, "a") is None


def test_an_object_that_would_run_code_counts_as_none(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([print]), allow_pickle=True)
    assert read_features(tmp_path, "a") is None
