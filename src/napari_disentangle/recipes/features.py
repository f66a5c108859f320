"""Backbone features of crops, read once and found again by content."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.tables import ID_COLUMNS, Features
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from napari_disentangle.backbones.engines import Backbone
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task

_GLANCE_PX = 32
_CHUNK = 64


def iter_cached_features(
    crops: Crops,
    backbone: str,
    cache: Path | None = None,
    *,
    loaded: Backbone | None = None,
    device: str | torch.device = "auto",
) -> Task[Progress, Features]:
    """Return the features of all crops, from `cache` if they were read before.

    Crops are recognized by how they look at a small size, so a moved folder or another
    order of options costs nothing, and a changed image is read again.

    Parameters
    ----------
    crops : Crops
        N objects.
    backbone : str
        Name of the backbone.
    cache : Path, optional
        Folder of features; without one they are read anew.
    loaded : Backbone, optional
        The backbone, if it is loaded already.
    device : {"auto", "cpu", "cuda", "mps"} or torch.device
        Where the backbone runs.

    Returns
    -------
    Features
        N rows, in the order of `crops.table`.

    Raises
    ------
    StorageError
        If the cache cannot be written.
    """
    from napari_disentangle.backbones.extract import iter_features, iter_load_backbone
    from napari_disentangle.storage.features import read_features, write_features

    if cache is not None:
        key = yield from _iter_key(crops, backbone)
        values = read_features(cache, key)
        if values is not None and len(values) == len(crops):
            return Features(values, crops.table[list(ID_COLUMNS)].copy(), backbone)
    if loaded is None:
        loaded = yield from iter_load_backbone(backbone, device=device)
    features = yield from iter_features(crops, loaded)
    if cache is not None:
        write_features(cache, key, features.values)
    return features


def cached_features(
    crops: Crops, backbone: str, cache: Path | None = None, *, device: str = "auto"
) -> Features:
    """Return the features of all crops: `iter_cached_features` at once."""
    return run(iter_cached_features(crops, backbone, cache, device=device))


def _iter_key(crops: Crops, backbone: str) -> Task[Progress, str]:
    """Return a name for features that changes with the backbone and with any crop."""
    digest = sha256(f"{backbone} {len(crops)}\n".encode())
    for start in range(0, len(crops), _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, len(crops)))
        pixels = np.round(255 * crops.cut(rows, _GLANCE_PX)).astype(np.uint8)
        digest.update(pixels.tobytes())
        yield Progress("Looking at crops", int(rows[-1]) + 1, len(crops))
    return digest.hexdigest()[:32]
