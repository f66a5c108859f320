"""Backbone features on disk, found again by the content of the crops.

Arrays of numpy, which are written and read without a second copy: features of 20,000
cells take 0.3 GB, and Python is not kept from other threads meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.storage.atomic import ensure_folder, write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_DAMAGE = (OSError, ValueError, EOFError, MemoryError)  # the last: of absurd shapes


def read_features(folder: Path, key: str) -> NDArray[np.float32] | None:
    """Return the features kept under `key`, (N, D); None if there are none.

    A damaged file counts as none: it can be made again.
    """
    try:
        values = np.load(_file(folder, key), allow_pickle=False)
    except _DAMAGE:
        return None
    whole = isinstance(values, np.ndarray) and values.dtype == np.float32
    if not whole or values.ndim != 2 or not np.isfinite(values).all():
        return None
    features: NDArray[np.float32] = values
    return features


def write_features(folder: Path, key: str, values: NDArray[np.float32]) -> None:
    """Keep features, (N, D), under `key`.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    with write_atomic(_file(ensure_folder(folder), key)) as part:
        np.save(part, values, allow_pickle=False)


def _file(folder: Path, key: str) -> Path:
    return folder / f"{key}.npy"
