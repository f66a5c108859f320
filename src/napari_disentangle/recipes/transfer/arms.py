"""One function an arm through a Source model: as it is, or fine-tuned in one way."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.recipes.transfer.coded import Coded, named_columns
from napari_disentangle.recipes.transfer.plan import WIDER
from napari_disentangle.tasks import Progress
from napari_disentangle.training.finetune import iter_finetune
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.training.health import encode_all
from napari_disentangle.training.source import Probe, Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.classify.splits import Split
    from napari_disentangle.recipes.transfer.material import Material
    from napari_disentangle.recipes.transfer.plan import Arm, TransferConfig
    from napari_disentangle.recipes.transfer.sources import Sourced
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.finetune import FinetuneResult
    from napari_disentangle.training.finetune_state import FinetuneReport

    Values = NDArray[np.float32] | NDArray[np.uint8]

CPU = torch.device("cpu")

_LOOKED_AT = 16  # pairs of each factor
_STAGE = "Fine-tuning"


def iter_untuned(material: Material, sourced: Sourced) -> Task[Progress, Coded]:
    """Encode with the Source model as it is, features scaled as those of the Source."""
    yield Progress("Encoding cells", 0, 1)
    scaler = sourced.model.scaler
    values: Values = material.pixels
    if scaler is not None:
        values = scaler.transform(material.features)
    codes = encode_all(sourced.model.vae, values, CPU)
    return _coded(codes, sourced, sourced.codes, 0.0)


def iter_tuned(
    arm: Arm,
    material: Material,
    sourced: Sourced,
    split: Split,
    seed: int,
    config: TransferConfig,
    device: torch.device,
) -> Task[Progress, Coded]:
    """Fine-tune on the training part alone, then encode all cells.

    Parameters
    ----------
    arm : Arm
        Which fine-tuning.
    material : Material
        N cells.
    sourced : Sourced
        The model before, and its Source pairs.
    split : Split
        Rows that may be learned from.
    seed : int
        Decides batches, noise, what is kept out, and which labels are used.
    config : TransferConfig
        How long.
    device : torch.device
        Where to compute.

    Raises
    ------
    ConfigError
        If anchored fine-tuning has no Source pairs.
    ModelError
        If the loss is no longer a finite number.
    """
    train = split.train
    settings = finetune_config(arm, config, seed, len(train))
    scaler = sourced.model.scaler
    values: Values = material.pixels
    started = process_time()
    if scaler is not None:
        if settings.scaler == "own":
            scaler = scaler.with_statistics_of(material.features[train])
        values = scaler.transform(material.features)
    task = iter_finetune(
        sourced.model.vae,
        values[train],
        settings,
        device=device,
        source=_quiet(sourced.source),
        labels=material.y[train] if settings.class_weight else None,
        groups=material.groups[train],
        dimensions=sourced.model.dimensions,
        reconstruction=sourced.model.card.model.reconstruction,
    )
    result = yield from iter_epochs(task)
    seconds = process_time() - started
    probe = sourced.codes
    if sourced.probe is not None:
        probe = encode_all(result.vae, sourced.probe.values, CPU)
    return _coded(encode_all(result.vae, values, CPU), sourced, probe, seconds)


def finetune_config(
    arm: Arm, config: TransferConfig, seed: int, n_train: int
) -> FinetuneConfig:
    """Return how an arm is fine-tuned on `n_train` cells.

    Examples
    --------
    >>> from napari_disentangle.recipes.transfer.plan import Arm, TransferConfig
    >>> finetune_config(Arm("features", "paper"), TransferConfig(), 3, 900).epochs
    20
    """
    settings = FinetuneConfig.of_mode(
        "paper" if arm.finetune == "paper" else "anchored"
    )
    changes: dict[str, object] = {"seed": seed, "picture_steps": 0}
    if arm.finetune == "semi":
        changes["class_weight"] = config.class_weight
        few = config.labels_per_class
        changes["labels_per_class"] = 0 if arm.variant == "labels" else few
    if arm.variant == "wide":
        changes["residual_dim"] = WIDER
    epochs = config.pixels_epochs if arm.input == "pixels" else config.epochs
    if epochs:
        changes |= {"epochs": epochs, "min_steps": 0}
    settings = settings.replace(**changes)
    if arm.input == "pixels":
        return settings
    return with_most_steps(settings, config.most_steps, n_train)


def with_most_steps(
    settings: FinetuneConfig, most: int, n_train: int
) -> FinetuneConfig:
    """Return settings whose epochs make at most `most` steps; 0 sets no limit."""
    learned = round(n_train * (1 - settings.validation))
    epochs = max(1, most // -(-learned // settings.batch))
    if most == 0 or settings.epochs_of(learned) <= epochs:
        return settings
    return settings.replace(epochs=epochs, min_steps=0)


def iter_epochs(
    task: Task[FinetuneReport, FinetuneResult],
) -> Task[Progress, FinetuneResult]:
    """Tell of a fine-tuning only how far it has come."""
    while True:
        try:
            report = next(task)
        except StopIteration as stop:
            result: FinetuneResult = stop.value
            return result
        yield Progress(_STAGE, report.epoch, report.epochs)


def _quiet(source: Source | None) -> Source | None:
    """Return the pairs to replay with few Source images to look at in each epoch.

    What became of the names is scored once, at the end.
    """
    if source is None:
        return None
    probe = source.probe
    pairs = tuple(rows[:_LOOKED_AT] for rows in probe.pairs)
    rows = np.unique(np.concatenate(pairs))
    few = Probe(
        probe.values[rows],
        probe.positions[rows],
        probe.space,
        tuple(np.searchsorted(rows, each) for each in pairs),
    )
    return Source(source.pairs, few, source.sharing)


def _coded(
    codes: NDArray[np.float32],
    sourced: Sourced,
    probe: NDArray[np.float32],
    seconds: float,
) -> Coded:
    dimensions = sourced.model.dimensions
    named = named_columns(dimensions)
    return Coded(
        {"named": codes[:, list(named)], "all": codes},
        tuple(dimensions[j] for j in named),
        seconds,
        probe=probe,
    )
