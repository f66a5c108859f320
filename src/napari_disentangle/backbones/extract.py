"""Load a backbone and read the features of crops with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.backbones.catalogue import (
    DEFAULT,
    BackboneInfo,
    as_raw,
    backbone_info,
)
from napari_disentangle.backbones.converted import conversion_key, iter_prepare
from napari_disentangle.backbones.download import iter_fetch, weights_url
from napari_disentangle.backbones.engines import (
    Backbone,
    Engine,
    choose_engine,
    start_engine,
)
from napari_disentangle.backbones.weights import (
    build_network,
    packaged_weights,
)
from napari_disentangle.device import pick
from napari_disentangle.errors import DataError
from napari_disentangle.places import cache_folder
from napari_disentangle.tables import ID_COLUMNS, Features
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.tables import Crops

BATCH_SIZE = 16
"""Crops read at once; larger batches are no faster on a CPU."""

STAGE = "Reading features"

_LOADED: dict[tuple[object, ...], Backbone] = {}
_MOST_LOADED = 4


def iter_load_backbone(
    name: str = DEFAULT,
    *,
    device: str | torch.device = "auto",
    engine: Engine = "auto",
    normalise: bool = True,
    weights: Path | None = None,
) -> Task[Progress, Backbone]:
    """Return a backbone ready to run, downloading its weights on first use.

    The same backbone is built once per process.

    Parameters
    ----------
    name : str
        See `backbone_info`.
    device : str or torch.device
        Where to run.
    engine : {"auto", "torch", "openvino"}
        What runs it; "auto" takes OpenVINO on a CPU where it is installed.
    normalise : bool
        Whether to normalize images as the network expects. False leaves them in
        [0, 1], as in the papers, and adds ``+raw`` to the name.
    weights : Path or None
        Local weights file to use in place of a download or the installed weights.

    Yields
    ------
    Progress
        Bytes downloaded.

    Raises
    ------
    ConfigError
        If the backbone, device or engine is unknown or does not fit.
    ModelError
        If the weights cannot be downloaded or read.
    MissingExtraError
        If OpenVINO is asked for and not installed.
    """
    info = backbone_info(name) if normalise else as_raw(backbone_info(name))
    place = pick(device) if isinstance(device, str) else device
    choose_engine(engine, place)  # refuses before a download
    if weights is None:
        weights = yield from _iter_default_weights(info)
    changed = weights.stat().st_mtime_ns if weights.is_file() else 0
    key = (info, str(place), engine, weights, changed)
    if key not in _LOADED:
        loaded = yield from _iter_load(info, place, engine, weights)
        while len(_LOADED) >= _MOST_LOADED:
            del _LOADED[next(iter(_LOADED))]
        _LOADED[key] = loaded
    return _LOADED[key]


def load_backbone(
    name: str = DEFAULT,
    *,
    device: str | torch.device = "auto",
    engine: Engine = "auto",
    normalise: bool = True,
    weights: Path | None = None,
) -> Backbone:
    """Return a backbone ready to run: `iter_load_backbone` at once."""
    return run(
        iter_load_backbone(
            name, device=device, engine=engine, normalise=normalise, weights=weights
        )
    )


def iter_features(
    crops: Crops, backbone: Backbone, batch_size: int = BATCH_SIZE
) -> Task[Progress, Features]:
    """Read the features of all crops, one batch in memory at a time.

    Parameters
    ----------
    crops : Crops
        N objects.
    backbone : Backbone
        From `load_backbone`.
    batch_size : int
        Crops read at once, at least 1.

    Yields
    ------
    Progress
        Crops read so far.

    Returns
    -------
    Features
        N rows, in the order of `crops.table`.
    """
    size = backbone.info.input_size
    rows = np.arange(len(crops))
    batches = (
        crops.cut(rows[start : start + batch_size], size)
        for start in range(0, len(rows), batch_size)
    )
    values = yield from iter_features_of(batches, len(rows), backbone)
    return Features(values, crops.table[list(ID_COLUMNS)].copy(), backbone.info.name)


def features(
    crops: Crops, backbone: Backbone, batch_size: int = BATCH_SIZE
) -> Features:
    """Read the features of all crops: `iter_features` at once."""
    return run(iter_features(crops, backbone, batch_size))


def iter_features_of(
    batches: Iterable[NDArray[np.float32]], total: int, backbone: Backbone
) -> Task[Progress, NDArray[np.float32]]:
    """Read the features of `total` images that come in batches.

    Parameters
    ----------
    batches : iterable of array, (B, 3, S, S)
        RGB images in [0, 1] at the backbone's input size; made as they are asked for.
    total : int
        Number of images in all batches together.
    backbone : Backbone
        From `load_backbone`.

    Yields
    ------
    Progress
        Images read so far.

    Returns
    -------
    array, (total, D), float32

    Raises
    ------
    DataError
        If the batches hold fewer or more than `total` images.
    """
    values = np.empty((total, backbone.info.dim), np.float32)
    done = 0
    for batch in batches:
        read = backbone(batch)
        if done + len(read) > total:
            raise DataError(f"More than the announced {total} images came.")
        values[done : done + len(read)] = read
        done += len(read)
        yield Progress(STAGE, done, total)
    if done < total:
        raise DataError(f"Only {done} of the announced {total} images came.")
    return values


def _iter_default_weights(info: BackboneInfo) -> Task[Progress, Path]:
    if info.library == "package":
        return packaged_weights()
    url = weights_url(info)
    folder = cache_folder() / "weights"
    file = f"{info.library}-{info.model}.{url.rpartition('.')[2]}"
    return (yield from iter_fetch(url, folder / file))


def _iter_load(
    info: BackboneInfo, device: torch.device, engine: Engine, weights: Path
) -> Task[Progress, Backbone]:
    """Build a backbone.

    Networks are initialized at random before their weights are read; torch's own
    random numbers are put back, so that loading a backbone changes no other result.
    """

    def build() -> torch.nn.Module:
        with torch.random.fork_rng(devices=[]):
            return build_network(info, weights)

    kept = None
    if choose_engine(engine, device) == "openvino" and weights.is_file():
        kept = cache_folder() / "openvino" / conversion_key(info, weights)
        if not kept.is_dir():
            yield from iter_prepare(info, weights, kept)
    return start_engine(engine, info, build, device, kept)
