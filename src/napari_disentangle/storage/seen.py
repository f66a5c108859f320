"""Some of the cells that a model was fine-tuned on, to tell which cells it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.errors import ModelError
from napari_disentangle.storage.weights import read_weights, write_weights

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.storage.card import ModelCard

MOST = 1000
"""More cells than this are not kept."""

_MOST_NUMBERS = 2_000_000  # 4 MB as float16
_VALUES = "values"


def some_seen(
    values: NDArray[np.float32] | NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return a random part of inputs, (N, ...), that is small enough to be kept.

    Bytes of pixels become 0 to 1, as the autoencoder reads them.

    Examples
    --------
    >>> some_seen(np.zeros((3000, 384), np.float32), np.random.default_rng(0)).shape
    (1000, 384)
    """
    size = max(int(np.prod(values.shape[1:])), 1)
    n = min(MOST, max(_MOST_NUMBERS // size, 1))
    some = values[np.sort(rng.permutation(len(values))[:n])]
    scale = 255.0 if some.dtype == np.uint8 else 1.0
    return np.asarray(some / scale, np.float32)


def write_seen(path: Path, values: NDArray[np.float32]) -> None:
    """Write inputs of the autoencoder, (K, ...), as float16."""
    write_weights(path, {_VALUES: torch.from_numpy(values.astype(np.float16))})


def read_seen(path: Path, card: ModelCard) -> NDArray[np.float32] | None:
    """Return the cells kept with a model, None if it was written without.

    Raises
    ------
    ModelError
        If the file is damaged or does not fit the card.
    """
    if not path.is_file():
        return None
    tensors = read_weights(path)
    if _VALUES not in tensors:
        raise ModelError(f"Model file {path} is damaged: it lacks {_VALUES!r}.")
    values: NDArray[np.float32] = tensors[_VALUES].numpy().astype(np.float32)
    if values.shape[1:] != card.model.input_shape:
        raise ModelError(
            f"Model file {path} does not fit its card: it holds inputs of shape "
            f"{values.shape[1:]}, the model reads {card.model.input_shape}."
        )
    return values
