from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.storage.features import read_features, write_features

if TYPE_CHECKING:
    from pathlib import Path


def test_features_are_found_by_their_key(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((5, 7), np.float32)
    write_features(tmp_path / "cache", "a", values)
    found = read_features(tmp_path / "cache", "a")
    assert found is not None
    np.testing.assert_array_equal(found, values)
    assert read_features(tmp_path / "cache", "b") is None


def test_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    write_features(tmp_path, "a", np.ones((5, 7), np.float32))
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:50])
    assert read_features(tmp_path, "a") is None
