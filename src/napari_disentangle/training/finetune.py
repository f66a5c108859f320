"""Fine-tuning, as a generator that yields one report an epoch.

The cells have no factors, so their loss is the evidence lower bound alone. Anchored
fine-tuning adds, to every batch, Source pairs whose changed factor is known: what the
names stand on is learned on while the cells are learned.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_disentangle.errors import ConfigError
from napari_disentangle.training.cells import Cells
from napari_disentangle.training.finetune_epoch import Epochs
from napari_disentangle.training.finetune_state import FinetuneReport, FinetuneState
from napari_disentangle.training.health import Watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import torch
    from numpy.typing import NDArray

    from napari_disentangle.models.config import Reconstruction
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.finetune_config import FinetuneConfig
    from napari_disentangle.training.source import Source


@dataclass(frozen=True, slots=True, eq=False)
class FinetuneResult:
    """A finished fine-tuning.

    Attributes
    ----------
    vae : VAE
        The fine-tuned model, on the CPU, ready to encode.
    history : tuple of FinetuneReport
        All epochs.
    best_epoch : int
        Epoch with the lowest validation loss.
    stopped_early : bool
        Whether patience ran out before the last epoch.
    train, validation, annotated : arrays
        Rows that were learned from, kept out, and whose class was used.
    """

    vae: VAE
    history: tuple[FinetuneReport, ...]
    best_epoch: int
    stopped_early: bool
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    annotated: NDArray[np.int64]


def iter_finetune(
    vae: VAE,
    values: NDArray[np.float32] | NDArray[np.uint8],
    config: FinetuneConfig,
    *,
    device: torch.device,
    source: Source | None = None,
    labels: NDArray[np.int64] | None = None,
    groups: NDArray[np.int64] | None = None,
    dimensions: Sequence[str] = (),
    reconstruction: Reconstruction = "squared_error",
    state: FinetuneState | None = None,
) -> Task[FinetuneReport, FinetuneResult]:
    """Fine-tune a copy of `vae` on cells in memory, yielding one report an epoch.

    Stop iterating to stop: `state` is then as it was at the last report, and going on
    with it gives the very weights of a fine-tuning that was never stopped.

    Parameters
    ----------
    vae : VAE
        The model before fine-tuning; it is not changed.
    values : array, (N, K) float32 scaled features, or (N, 3, S, S) uint8 pixels
        Inputs of the cells; may be memory-mapped.
    config : FinetuneConfig
        How to fine-tune.
    device : torch.device
        Where to compute.
    source : Source, optional
        Source pairs to replay, and inputs on which names are watched. Anchored
        fine-tuning needs it.
    labels : array, (N,), optional
        Class of each cell from 0 on, -1 where it is unknown; used if
        ``config.class_weight`` is above 0.
    groups : array, (N,), optional
        Image of each cell, so that whole images are kept out for validation.
    dimensions : sequence of str, optional
        Names of the dimensions of `vae`; by default those of the Source factors, then
        ``residual_1`` ....
    reconstruction : str
        Which error of a reconstruction.
    state : FinetuneState, optional
        Where to go on, from `FinetuneState.start` and maybe restored from a file.

    Raises
    ------
    ConfigError
        If anchored fine-tuning has no Source, or a dimension to freeze is unknown.
    DataError
        If there are too few cells, or too few annotated ones.
    ModelError
        If the loss is no longer a finite number.

    Examples
    --------
    >>> from napari_disentangle.storage.models import read_model
    >>> model = read_model("features")  # doctest: +SKIP
    >>> source = Source.of_replay(model.replay)  # doctest: +SKIP
    >>> task = iter_finetune(  # doctest: +SKIP
    ...     model.vae, values, FinetuneConfig(), source=source,
    ...     device=torch.device("cpu"))
    """
    check_source(config, source)
    cells = Cells.split(values, config, labels, groups)
    names = tuple(dimensions) or _default_names(vae.latent_dim, source)
    if state is None:
        state = FinetuneState.start(vae, config, device, names, cells.n_classes)
    watch = Watch(vae, values, source.probe if source else None, names, device)
    replayed = source if config.replays else None
    epochs = Epochs(vae, state, cells, config, replayed, reconstruction, device)
    while len(state.reports) < epochs.n and not _is_stale(state, config):
        losses = epochs.run()
        report = epochs.report(losses, watch)
        state.training.remember(report)
        yield report
    return _finish(state, cells, config, epochs.n)


def check_source(config: FinetuneConfig, source: Source | None) -> None:
    """Refuse to replay what is not there.

    Raises
    ------
    ConfigError
        If anchored fine-tuning has no Source.
    """
    if config.replays and source is None:
        raise ConfigError(
            "Anchored fine-tuning replays Source images and this model has none; set "
            'mode to "paper", or take a model that has them.'
        )


def _default_names(latent_dim: int, source: Source | None) -> tuple[str, ...]:
    known = source.probe.space.names[:latent_dim] if source else ()
    rest = range(1, latent_dim - len(known) + 1)
    return (*known, *(f"residual_{number}" for number in rest))


def _is_stale(state: FinetuneState, config: FinetuneConfig) -> bool:
    """Return whether there was no better epoch for as long as patience allows."""
    reports, best = state.reports, state.training.best_step
    waited = sum(report.step > best for report in reports)
    return config.patience > 0 and bool(reports) and waited >= config.patience


def _finish(
    state: FinetuneState, cells: Cells, config: FinetuneConfig, n_epochs: int
) -> FinetuneResult:
    training, reports = state.training, state.reports
    model = deepcopy(training.model)
    if config.keep == "best" and training.best:
        model.load_state_dict(training.best)
    best = [r.epoch for r in reports if r.step == training.best_step]
    return FinetuneResult(
        model.cpu().eval().requires_grad_(False),
        reports,
        best[0] if best else 0,
        stopped_early=len(reports) < n_epochs,
        train=cells.train,
        validation=cells.validation,
        annotated=cells.annotated,
    )
