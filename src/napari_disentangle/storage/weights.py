"""Tensors on disk: safetensors only, so that a model file cannot run code."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from napari_disentangle.errors import ModelError
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn


def read_weights(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file, half precision widened to float32.

    Raises
    ------
    ModelError
        If the file is missing, unreadable, truncated or not a safetensors file, or if
        it holds NaN or infinite numbers.
    """
    try:
        stored = load(path.read_bytes())
    except OSError as error:
        raise ModelError(
            f"Model file {path} cannot be read: {error.strerror}."
        ) from error
    except SafetensorError as error:
        raise ModelError(
            f"Model file {path} is truncated or damaged ({error}); "
            f"copy the model folder again."
        ) from error
    weights = {name: _widen(tensor) for name, tensor in stored.items()}
    for name, tensor in weights.items():
        if not torch.isfinite(tensor).all():
            raise ModelError(
                f"Model file {path} holds numbers that are not finite ({name}); "
                f"copy or train the model again."
            )
    return weights


def write_weights(
    path: Path, weights: Mapping[str, Tensor], *, half: bool = False
) -> None:
    """Write tensors as a safetensors file, atomically.

    Parameters
    ----------
    path : Path
        File to write.
    weights : mapping of str to Tensor
        Tensors by name.
    half : bool
        Whether to store matrices as float16, at half the size. Vectors (biases, means)
        stay as they are: they are small and may be large or tiny numbers.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    stored = {name: _stored(tensor, half) for name, tensor in weights.items()}
    with write_atomic(path) as part:
        part.write_bytes(save(stored))


def load_into(module: nn.Module, weights: Mapping[str, Tensor], path: Path) -> None:
    """Copy `weights` into `module`, in place.

    Raises
    ------
    ModelError
        If a tensor is missing, unknown or of another shape, naming the file `path`.
    """
    wanted = module.state_dict()
    if missing := sorted(set(wanted) - set(weights)):
        raise ModelError(f"Model file {path} lacks the tensor {missing[0]!r}.")
    if unknown := sorted(set(weights) - set(wanted)):
        raise ModelError(f"Model file {path} holds an unknown tensor {unknown[0]!r}.")
    for name, tensor in wanted.items():
        if weights[name].shape != tensor.shape:
            raise ModelError(
                f"Model file {path} does not fit its card: tensor {name!r} has shape "
                f"{tuple(weights[name].shape)}, expected {tuple(tensor.shape)}."
            )
    module.load_state_dict(dict(weights))


def hash_weights(weights: Mapping[str, Tensor]) -> str:
    """Return 8 hex digits that change when any name, shape or number changes."""
    digest = sha256()
    for name in sorted(weights):
        tensor = weights[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()[:8]


def _stored(tensor: Tensor, half: bool) -> Tensor:
    tensor = tensor.detach().cpu().contiguous()
    narrow = half and tensor.is_floating_point() and tensor.ndim > 1
    return tensor.half() if narrow else tensor


def _widen(tensor: Tensor) -> Tensor:
    half = tensor.dtype in (torch.float16, torch.bfloat16)
    return tensor.float() if half else tensor
