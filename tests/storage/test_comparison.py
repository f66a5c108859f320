"""A comparison beside its run comes back, and damage is one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.errors import StorageError
from napari_disentangle.storage.comparison import (
    ComparedFacts,
    read_comparison,
    write_comparison,
)
from napari_disentangle.storage.layout import COMPARISON, COMPARISON_PICTURES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FACTS = ComparedFacts(
    dimensions=("scale", "residual_1"),
    kept=(0.9, -0.2),
    drift=(0.1, 1.5),
    separability=((0.8, 0.05), (0.9, 0.04)),
)


def pictures() -> NDArray[np.float32]:
    return np.random.default_rng(0).random((3, 8, 8, 3), np.float32)


def test_numbers_come_back_exactly_and_pictures_to_a_256th(tmp_path: Path) -> None:
    write_comparison(tmp_path, FACTS, {"cells": pictures(), "after": 1 - pictures()})
    found = read_comparison(tmp_path)
    assert found is not None
    facts, shown = found
    assert facts == FACTS
    assert set(shown) == {"cells", "after"}
    np.testing.assert_allclose(shown["after"], 1 - pictures(), atol=0.5 / 255)


def test_a_run_without_one_has_none(tmp_path: Path) -> None:
    assert read_comparison(tmp_path) is None


@pytest.mark.parametrize("name", [COMPARISON, COMPARISON_PICTURES])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, name: str) -> None:
    write_comparison(tmp_path, FACTS, {"cells": pictures()})
    (tmp_path / name).write_bytes(b"{ nothing")
    with pytest.raises(StorageError, match=r"comparison .* is damaged"):
        read_comparison(tmp_path)
