"""Fine-tune a model on a user's cells and keep it as a run with a model folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from napari_disentangle.metrics.persistence import persistence
from napari_disentangle.models.widen import widen_pictures
from napari_disentangle.recipes.finetune_card import finetuned_card
from napari_disentangle.recipes.finetune_inputs import (
    iter_cell_inputs,
    scored_probe,
    source_of,
)
from napari_disentangle.recipes.finetune_run import manifest_of, open_run
from napari_disentangle.recipes.keeping import iter_keep
from napari_disentangle.recipes.persistence import NamePersistence, iter_name_scores
from napari_disentangle.recipes.pictures import PicturesConfig, iter_learn_pictures
from napari_disentangle.recipes.score_codes import Clock
from napari_disentangle.storage.checkpoint import Checkpoint
from napari_disentangle.storage.models import Model, read_model
from napari_disentangle.storage.runs import check_free, read_run
from napari_disentangle.storage.seen import some_seen
from napari_disentangle.tasks import Progress, run
from napari_disentangle.training.finetune import check_source, iter_finetune
from napari_disentangle.training.finetune_state import FinetuneReport, FinetuneState
from napari_disentangle.training.health import encode_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import torch

    from napari_disentangle.backbones.engines import Backbone
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.recipes.finetune_inputs import CellInputs
    from napari_disentangle.recipes.score_json import Document
    from napari_disentangle.storage.runs import Run
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.decoder import DecoderReport
    from napari_disentangle.training.finetune import FinetuneResult
    from napari_disentangle.training.finetune_config import FinetuneConfig
    from napari_disentangle.training.source import Source

    FinetuneEvent: TypeAlias = Progress | FinetuneReport


@dataclass(frozen=True, slots=True, eq=False)
class FinetunedModel:
    """A finished run.

    Attributes
    ----------
    model : Model
        The fine-tuned model, as read back from `folder`.
    folder : Path
        Where the run and its model are.
    result : FinetuneResult
        History, split, best epoch.
    persistence : NamePersistence
        What became of the names.
    seconds : dict
        Time that each stage took.
    """

    model: Model
    folder: Path
    result: FinetuneResult
    persistence: NamePersistence
    seconds: dict[str, float]

    def to_json(self) -> Document:
        """Return all numbers as one JSON document."""
        result = self.result
        return {
            "model": self.model.id,
            "parent": self.model.card.parent,
            "folder": str(self.folder),
            "dimensions": list(self.model.dimensions),
            "cells": {
                "train": len(result.train),
                "validation": len(result.validation),
                "annotated": len(result.annotated),
            },
            "epochs": len(result.history),
            "best_epoch": result.best_epoch,
            "stopped_early": result.stopped_early,
            "persistence": self.persistence.to_json(),
            "history": [asdict(report) for report in result.history],
            "seconds": {k: round(v, 2) for k, v in self.seconds.items()},
        }


def iter_finetune_model(
    crops: Crops,
    model: Model,
    config: FinetuneConfig,
    out: Path,
    *,
    labels: Sequence[str] | None = None,
    data: str = "",
    cache: Path | None = None,
    resume: bool = False,
    backbone: Backbone | None = None,
    device: str = "auto",
) -> Task[FinetuneEvent, FinetunedModel]:
    """Fine-tune a copy of `model` on `crops`, refresh its pictures, and write it.

    Stop iterating to cancel: `model` is as it was, and `out` keeps a checkpoint from
    which ``resume=True`` goes on, to the very weights of a run never stopped.

    Parameters
    ----------
    crops : Crops
        The user's cells.
    model : Model
        The model before fine-tuning, of features or of pixels; it is not changed.
    config : FinetuneConfig
        How to fine-tune.
    out : Path
        New folder of the run; in the end it is a model folder too.
    labels : sequence of str, optional
        Class of each cell, empty where it is unknown; by default the column
        `annotation` of the crops. Used if ``config.class_weight`` is above 0.
    data : str
        What the cells are, for the card.
    cache : Path, optional
        Folder where features are kept and found again.
    resume : bool
        Whether to go on with the run in `out`; number of epochs, patience and pictures
        may have changed.
    backbone : Backbone, optional
        The model's backbone, if it is loaded already.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to compute.

    Raises
    ------
    StorageError
        If `out` holds something already, or the run to go on with is another one.
    ConfigError
        If anchored fine-tuning has no Source data, or a dimension is unknown.
    DataError
        If there are too few cells, or too few annotated ones.
    ModelError
        If the loss is no longer a finite number.

    Examples
    --------
    >>> from pathlib import Path
    >>> from napari_disentangle.recipes.folders import open_crops
    >>> model, crops = read_model("features"), open_crops(Path("plankton"))
    ... # doctest: +SKIP
    >>> tuned = finetune_model(
    ...     crops, model, FinetuneConfig(), Path("tuned"))  # doctest: +SKIP
    >>> tuned.persistence.after  # doctest: +SKIP
    """
    from napari_disentangle.device import pick

    clock, place = Clock(), pick(device)
    read_run(out) if resume else check_free(out)  # before the work
    source = source_of(model)
    check_source(config, source)
    cells = yield from iter_cell_inputs(
        crops,
        model,
        config,
        labels=labels,
        cache=cache,
        backbone=backbone,
        device=device,
    )
    clock.stop("inputs")
    data = data or f"{len(crops)} cells of {crops.table['roi_id'].nunique()} images"
    folder = open_run(out, manifest_of(model, config, cells, data), resume=resume)
    result = yield from _iter_tune(model, config, cells, source, folder, place)
    clock.stop("finetune")
    found = yield from _iter_persistence(model, cells, result.vae)
    clock.stop("scores")
    card = finetuned_card(model, config, result, found, name=out.name, data=data)
    tuned = _with_weights(model, result.vae, cells, config.residual_dim, config.seed)
    tuned = replace(tuned, card=card)
    if config.picture_steps and model.kind == "features":
        task = iter_learn_pictures(
            crops, tuned, _pictures_config(config), backbone=backbone, device=device
        )
        tuned = yield from _iter_progress(task)
        clock.stop("pictures")
    folder.finish(tuned)
    return FinetunedModel(read_model(out), out, result, found, clock.seconds)


def finetune_model(
    crops: Crops,
    model: Model,
    config: FinetuneConfig,
    out: Path,
    *,
    labels: Sequence[str] | None = None,
    data: str = "",
    cache: Path | None = None,
    resume: bool = False,
    device: str = "auto",
) -> FinetunedModel:
    """Fine-tune a model: `iter_finetune_model` at once."""
    task = iter_finetune_model(
        crops,
        model,
        config,
        out,
        labels=labels,
        data=data,
        cache=cache,
        resume=resume,
        device=device,
    )
    return run(task)


def _iter_tune(
    model: Model,
    config: FinetuneConfig,
    cells: CellInputs,
    source: Source | None,
    folder: Run,
    device: torch.device,
) -> Task[FinetuneReport, FinetuneResult]:
    """Fine-tune from where the run stands, keeping a checkpoint of it."""
    n_classes = len(cells.classes) if config.class_weight else 0
    state = FinetuneState.start(model.vae, config, device, model.dimensions, n_classes)
    checkpoint = folder.read_checkpoint()
    if checkpoint is not None:
        state.restore(checkpoint.arrays, checkpoint.record)
    task = iter_finetune(
        model.vae,
        cells.values,
        config,
        device=device,
        source=source,
        labels=cells.labels,
        groups=cells.groups,
        dimensions=model.dimensions,
        reconstruction=model.card.model.reconstruction,
        state=state,
    )
    return (
        yield from iter_keep(
            task,
            lambda: Checkpoint(state.to_arrays(), state.to_record()),
            folder.write_checkpoint,
        )
    )


def _iter_persistence(
    model: Model, cells: CellInputs, vae: VAE
) -> Task[Progress, NamePersistence]:
    """Compare codes before and after, each as the user would get them."""
    import torch

    cpu = torch.device("cpu")
    on_target = persistence(
        encode_all(model.vae, cells.values_before, cpu),
        encode_all(vae, cells.values, cpu),
    )
    probe = scored_probe(model)
    if probe is None:
        return NamePersistence(model.dimensions, None, on_target, {}, {}, 0)
    before, after = (encode_all(each, probe.values, cpu) for each in (model.vae, vae))
    scores_before = yield from iter_name_scores(before, probe, model.dimensions)
    scores_after = yield from iter_name_scores(after, probe, model.dimensions)
    return NamePersistence(
        model.dimensions,
        persistence(before, after),
        on_target,
        scores_before,
        scores_after,
        len(probe.values),
    )


def _iter_progress(
    task: Task[Progress | DecoderReport, Model],
) -> Task[Progress, Model]:
    """Pass on how far the learning of pictures has come."""
    while True:
        try:
            event = next(task)
        except StopIteration as stop:
            model: Model = stop.value
            return model
        if not isinstance(event, Progress):
            event = Progress("Learning pictures", event.step, event.total)
        yield event


def _pictures_config(config: FinetuneConfig) -> PicturesConfig:
    default = PicturesConfig()
    decoder = default.decoder.replace(steps=config.picture_steps, seed=config.seed)
    return default.replace(decoder=decoder)


def _with_weights(
    model: Model, vae: VAE, cells: CellInputs, extra: int, seed: int
) -> Model:
    """Return the model with new weights and scaler, and some of the cells.

    Its pictures ignore new dimensions.
    """
    decoder = widen_pictures(model.decoder, extra) if model.decoder else None
    seen = some_seen(cells.values, np.random.default_rng(seed))
    return Model(model.card, vae, cells.scaler, decoder, model.replay, seen)
