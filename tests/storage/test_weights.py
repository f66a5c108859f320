"""Tensors on disk: exact, safe and honest about damage."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from napari_disentangle.errors import ModelError
from napari_disentangle.storage.weights import (
    hash_weights,
    load_into,
    read_weights,
    write_weights,
)


@pytest.fixture
def weights() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {
        "weight": torch.randn(4, 3, generator=generator),
        "bias": torch.tensor([1e-7, 1e6, -1.0, 0.0]),
        "count": torch.tensor(7),
    }


def test_tensors_come_back_exactly(
    tmp_path: Path, weights: dict[str, torch.Tensor]
) -> None:
    path = tmp_path / "w.safetensors"
    write_weights(path, weights)
    read = read_weights(path)
    assert set(read) == set(weights)
    assert all(torch.equal(read[name], weights[name]) for name in weights)


def test_half_precision_is_widened_and_spares_vectors(
    tmp_path: Path, weights: dict[str, torch.Tensor]
) -> None:
    path = tmp_path / "w.safetensors"
    write_weights(path, weights, half=True)
    read = read_weights(path)
    assert read["weight"].dtype == torch.float32
    assert torch.equal(read["weight"], weights["weight"].half().float())
    assert torch.equal(read["bias"], weights["bias"])


def test_transposed_tensors_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    tensor = torch.arange(6.0).reshape(2, 3).T
    write_weights(path, {"t": tensor})
    assert torch.equal(read_weights(path)["t"], tensor)


@pytest.mark.parametrize("n_bytes", [0, 4, 40, -1])
def test_a_truncated_file_is_named(
    tmp_path: Path, weights: dict[str, torch.Tensor], n_bytes: int
) -> None:
    path = tmp_path / "w.safetensors"
    write_weights(path, weights)
    path.write_bytes(path.read_bytes()[:n_bytes])
    with pytest.raises(ModelError, match=r"w\.safetensors is truncated or damaged"):
        read_weights(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"w\.safetensors cannot be read"):
        read_weights(tmp_path / "w.safetensors")


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    write_weights(path, {"bias": torch.tensor([0.0, float("nan")])})
    with pytest.raises(ModelError, match=r"not finite \(bias\)"):
        read_weights(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bias": None}, "lacks the tensor 'bias'"),
        ({"extra": torch.zeros(1)}, "unknown tensor 'extra'"),
        ({"weight": torch.zeros(2, 2)}, r"shape \(2, 2\), expected \(2, 3\)"),
    ],
)
def test_weights_that_do_not_fit_are_told(
    change: dict[str, torch.Tensor | None], message: str
) -> None:
    layer = torch.nn.Linear(3, 2)
    changed = {**layer.state_dict(), **change}
    given = {name: t for name, t in changed.items() if t is not None}
    with pytest.raises(ModelError, match=message):
        load_into(layer, given, Path("w.safetensors"))


def test_the_hash_sees_every_change(weights: dict[str, torch.Tensor]) -> None:
    original = hash_weights(weights)
    assert len(original) == 8
    assert hash_weights(dict(reversed(weights.items()))) == original
    for name in weights:
        changed = {**weights, name: weights[name] + 1}
        assert hash_weights(changed) != original
    renamed = {f"{name}_": tensor for name, tensor in weights.items()}
    assert hash_weights(renamed) != original
