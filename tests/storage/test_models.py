"""Models on disk: whole, exact, safe, and clear about damage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from napari_disentangle.errors import ModelError, StorageError
from napari_disentangle.models.decoder import build_decoder
from napari_disentangle.storage.models import (
    Model,
    bundled_models,
    read_model,
    write_model,
)
from napari_disentangle.storage.weights import read_weights, write_weights

if TYPE_CHECKING:
    from pathlib import Path


def _codes(model: Model) -> torch.Tensor:
    assert model.scaler is not None
    values = np.random.default_rng(3).random((5, 3408), np.float32)
    return model.vae.encode(torch.from_numpy(model.scaler.transform(values))).mean


def test_a_model_comes_back_with_its_codes_pictures_and_id(
    drawing_model: Model, tmp_path: Path
) -> None:
    write_model(drawing_model, tmp_path / "m")
    read = read_model(tmp_path / "m")
    assert read.card == drawing_model.card
    assert read.id == drawing_model.id
    assert torch.equal(_codes(read), _codes(drawing_model))
    assert read.decoder is not None
    assert drawing_model.decoder is not None
    z = torch.ones(1, 10)
    assert torch.equal(read.decoder(z), drawing_model.decoder(z))
    assert not read.vae.training


def test_a_pixel_model_comes_back(pixel_model: Model, tmp_path: Path) -> None:
    write_model(pixel_model, tmp_path / "m")
    read = read_model(str(tmp_path / "m"))
    assert (read.id, read.scaler, read.kind) == (pixel_model.id, None, "pixels")


def test_half_precision_nearly_keeps_the_codes(
    tiny_model: Model, tmp_path: Path
) -> None:
    write_model(tiny_model, tmp_path / "half", half=True)
    read = read_model(tmp_path / "half")
    assert all(t.dtype != torch.float16 for t in read.vae.state_dict().values())
    torch.testing.assert_close(_codes(read), _codes(tiny_model), atol=5e-3, rtol=0)
    write_model(read, tmp_path / "again", half=True)
    assert read_model(tmp_path / "again").id == read.id


def test_the_id_depends_on_the_codes_and_not_on_pictures(
    tiny_model: Model, drawing_model: Model
) -> None:
    name, _, digest = tiny_model.id.rpartition("-")
    assert (name, len(digest)) == ("tiny", 8)
    assert drawing_model.id == tiny_model.id


def test_with_pictures_says_where_they_are_from(tiny_model: Model) -> None:
    taught = tiny_model.with_pictures(build_decoder(10), "own cells")
    assert taught.card.picture_source == "own cells"
    assert tiny_model.card.picture_source == "none"


def test_writing_replaces_an_older_model(
    tiny_model: Model, drawing_model: Model, tmp_path: Path
) -> None:
    write_model(drawing_model, tmp_path / "m")
    write_model(tiny_model, tmp_path / "m")
    assert sorted(f.name for f in (tmp_path / "m").iterdir()) == [
        "model.json",
        "weights.safetensors",
    ]


def test_writing_never_replaces_something_else(
    tiny_model: Model, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StorageError, match="exists and is not a model"):
        write_model(tiny_model, tmp_path)
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("name", ["weights.safetensors", "decoder.safetensors"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "shape"])
def test_a_damaged_file_is_named(
    drawing_model: Model, tmp_path: Path, name: str, damage: str
) -> None:
    write_model(drawing_model, tmp_path / "m")
    path = tmp_path / "m" / name
    if damage == "missing":
        path.unlink()
    elif damage == "truncated":
        path.write_bytes(path.read_bytes()[:-100])
    else:
        weights = read_weights(path)
        first = max(weights)
        write_weights(path, {**weights, first: weights[first][:1]})
    with pytest.raises(ModelError, match=name.replace(".", r"\.")):
        read_model(tmp_path / "m")


def test_a_scaler_that_does_not_fit_is_told(tiny_model: Model, tmp_path: Path) -> None:
    write_model(tiny_model, tmp_path / "m")
    path = tmp_path / "m" / "weights.safetensors"
    weights = read_weights(path)
    narrow = {
        "scaler.components": weights["scaler.components"][:, :7],
        "scaler.gain": weights["scaler.gain"][:7],
    }
    write_weights(path, {**weights, **narrow})
    with pytest.raises(ModelError, match="scaler gives 7 numbers, the model reads 32"):
        read_model(tmp_path / "m")


def test_an_unknown_name_lists_the_bundled_ones() -> None:
    known = ", ".join(bundled_models()) or "none"
    with pytest.raises(ModelError, match=f"no model 'nonesuch'.*\\({known}\\)"):
        read_model("nonesuch")


@pytest.mark.parametrize("name", bundled_models())
def test_each_bundled_model_opens(name: str) -> None:
    model = read_model(name)
    assert model.card.name == name
    assert len(model.dimensions) == model.vae.latent_dim
