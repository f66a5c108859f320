"""Backbone features on disk, found again by the content of the crops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from napari_disentangle.errors import ModelError
from napari_disentangle.storage.atomic import ensure_folder
from napari_disentangle.storage.weights import read_weights, write_weights

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

_VALUES = "values"


def read_features(folder: Path, key: str) -> NDArray[np.float32] | None:
    """Return the features kept under `key`, (N, D); None if there are none.

    A damaged file counts as none: it can be made again.
    """
    path = _file(folder, key)
    if not path.is_file():
        return None
    try:
        values = read_weights(path)[_VALUES]
    except (ModelError, KeyError):
        return None
    features: NDArray[np.float32] = values.numpy()
    return features


def write_features(folder: Path, key: str, values: NDArray[np.float32]) -> None:
    """Keep features, (N, D), under `key`.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    path = _file(ensure_folder(folder), key)
    write_weights(path, {_VALUES: torch.from_numpy(values)})


def _file(folder: Path, key: str) -> Path:
    return folder / f"{key}.safetensors"
