"""The cells kept with a fine-tuned model: what they were, or a clear error."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.errors import ModelError
from napari_disentangle.storage.models import read_model, write_model
from napari_disentangle.storage.seen import some_seen
from napari_disentangle.storage.weights import write_weights

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.storage.models import Model


def test_cells_come_back_and_do_not_change_the_model(
    tiny_model: Model, tmp_path: Path
) -> None:
    cells = np.random.default_rng(0).normal(size=(60, 32)).astype(np.float32)
    write_model(replace(tiny_model, seen=cells), tmp_path / "m")
    read = read_model(tmp_path / "m")
    assert read.seen is not None
    np.testing.assert_allclose(read.seen, cells, atol=2e-3)
    assert read.id == tiny_model.id


def test_pixels_are_kept_as_they_are_read() -> None:
    pixels = np.full((5, 3, 8, 8), 255, np.uint8)
    some = some_seen(pixels, np.random.default_rng(0))
    assert some.dtype == np.float32
    assert some.max() == 1


def test_cells_of_another_model_are_refused(tiny_model: Model, tmp_path: Path) -> None:
    import torch

    write_model(replace(tiny_model, seen=np.zeros((60, 32), np.float32)), tmp_path)
    write_weights(tmp_path / "seen.safetensors", {"values": torch.zeros(60, 5)})
    with pytest.raises(ModelError, match=r"seen\.safetensors does not fit"):
        read_model(tmp_path)
    write_weights(tmp_path / "seen.safetensors", {"other": torch.zeros(60, 32)})
    with pytest.raises(ModelError, match="lacks 'values'"):
        read_model(tmp_path)
