"""Train Source models on synthetic sprites and keep each as a model folder."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from napari_disentangle.device import pick
from napari_disentangle.errors import ModelError
from napari_disentangle.recipes.source_ceiling import iter_ceilings
from napari_disentangle.recipes.source_config import SourceConfig, plan_runs
from napari_disentangle.recipes.source_data import iter_source_data
from napari_disentangle.recipes.source_model import iter_train_on
from napari_disentangle.recipes.source_pixels import SourcePixels
from napari_disentangle.storage.atomic import ensure_folder
from napari_disentangle.storage.card import read_card
from napari_disentangle.storage.history import write_history
from napari_disentangle.storage.layout import checkpoint_beside
from napari_disentangle.storage.models import Model, read_model, write_model
from napari_disentangle.synthetic.sprites import ORIENTATIONS
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.recipes.source_data import SourceDataConfig
    from napari_disentangle.recipes.source_model import Source, SourceEvent


def iter_train_source(
    runs: Sequence[tuple[SourceConfig, Path]], *, device: str = "auto"
) -> Task[SourceEvent, tuple[Model, ...]]:
    """Train Source models and write each as a folder.

    Each folder also gets the losses of all epochs (`storage.history`). Images and
    features are made once for neighbors that learn from the same data. While
    a model trains, a checkpoint lies beside its folder; after a stop or a kill the same
    call goes on from it and makes the very model of a training that was never stopped.

    Parameters
    ----------
    runs : sequence of (SourceConfig, Path)
        From `plan_runs`. A folder that already holds the model of its config is left
        as it is.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to train.

    Returns
    -------
    tuple of Model
        As read back from their folders.
    """
    missing = [(config, out) for config, out in runs if not _is_made(config, out)]
    for _, group in groupby(missing, key=lambda each: _data_key(each[0])):
        configs = list(group)
        data = yield from _iter_data(configs[0][0])
        angles = ORIENTATIONS[configs[0][0].data.sprites.orientation]
        ceilings = yield from iter_ceilings(data.test.positions, data.space, angles)
        for config, out in configs:
            kept = checkpoint_beside(out)
            ensure_folder(kept.parent)
            made = yield from iter_train_on(
                data, config, ceilings, pick(device), checkpoint=kept
            )
            write_model(made.model, out, half=config.half)
            write_history(out, [asdict(epoch) for epoch in made.history])
            kept.unlink(missing_ok=True)
    return tuple(read_model(out) for _, out in runs)


def train_source(
    config: SourceConfig, out: Path, *, device: str = "auto"
) -> tuple[Model, ...]:
    """Train the Source models of one config: `iter_train_source` at once."""
    return run(iter_train_source(plan_runs(config, out), device=device))


def _data_key(config: SourceConfig) -> tuple[SourceDataConfig, str, int]:
    """Return what decides the data that a model learns from."""
    return config.data, config.model.kind, config.model.image_size


def _iter_data(config: SourceConfig) -> Task[Progress, Source]:
    if config.model.kind == "pixels":
        return SourcePixels.plan(config.data, config.model.image_size)
    return (yield from iter_source_data(config.data))


def _is_made(config: SourceConfig, folder: Path) -> bool:
    """Return whether `folder` holds the model that `config` makes."""
    try:
        return read_card(folder).training == config.model_dump(mode="json")
    except ModelError:
        return False
