"""The training loop, as a generator that yields one report an epoch."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.errors import ModelError
from napari_disentangle.models.losses import Loss
from napari_disentangle.training.objective import Objective
from napari_disentangle.training.state import EpochReport, Losses, TrainState

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from napari_disentangle.models.config import Reconstruction
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.batches import PairBatch, PairSource
    from napari_disentangle.training.config import TrainConfig

_ACTIVE_SD = 0.05
_VALIDATION_SEED = 1_000_003


@dataclass(frozen=True, slots=True)
class TrainResult:
    """A finished training.

    Attributes
    ----------
    history : tuple of EpochReport
        All epochs.
    best_step : int
        Step with the lowest validation loss.
    stopped_early : bool
        Whether patience ran out before the last step.
    """

    history: tuple[EpochReport, ...]
    best_step: int
    stopped_early: bool


def iter_train(
    state: TrainState,
    pairs: PairSource,
    config: TrainConfig,
    *,
    device: torch.device,
    validation: PairSource | None = None,
    reconstruction: Reconstruction = "squared_error",
) -> Task[EpochReport, TrainResult]:
    """Train ``state.model`` in place, yielding one report an epoch.

    Stop iterating to stop training: `state` is then as it was at the last report, and
    going on with it gives the very weights of a training that was never stopped.

    Parameters
    ----------
    state : TrainState
        From `TrainState.start`, or restored from a file.
    pairs : PairSource
        Where training pairs are drawn.
    config : TrainConfig
        How to train.
    device : torch.device
        Where the model is.
    validation : PairSource, optional
        Where validation pairs are drawn; `pairs` if not given.
    reconstruction : str
        Which error of a reconstruction.

    Raises
    ------
    ModelError
        If the loss is no longer a finite number.
    """
    objective = Objective(config, pairs.n_factors, reconstruction)
    held_out = (validation or pairs).draw(
        np.random.default_rng(config.seed + _VALIDATION_SEED), config.validation_pairs
    )
    held_out = held_out.to(device)
    while state.step < config.steps and not _is_stale(state, config):
        losses: list[Loss] = []
        state.model.train()
        for _ in range(min(config.epoch_steps, config.steps - state.step)):
            batch = pairs.draw(state.rng, config.batch_pairs).to(device)
            losses.append(_step(state, batch, objective))
        report = _report(state, losses, held_out, objective)
        state.remember(report)
        yield report
    if config.keep == "best" and state.best:
        state.model.load_state_dict(state.best)
    state.model.eval()
    return TrainResult(
        tuple(state.history), state.best_step, stopped_early=state.step < config.steps
    )


def _step(state: TrainState, batch: PairBatch, objective: Objective) -> Loss:
    config = objective.config
    progress = state.step / config.steps
    for group in state.optimizer.param_groups:
        group["lr"] = config.rate_at(progress)
    with _autocast(batch.x.device, config):
        loss = objective.loss(
            state.model,
            batch,
            state.noise,
            beta=config.beta.at(progress),
            invariance=config.invariance_at(progress),
        )
    state.optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(loss.total)
    if config.clip_norm:
        torch.nn.utils.clip_grad_norm_(state.model.parameters(), config.clip_norm)
    state.optimizer.step()
    state.step += 1
    return Loss(loss.total.detach(), loss.reconstruction.detach(), loss.kl.detach())


def _report(
    state: TrainState, losses: list[Loss], held_out: PairBatch, objective: Objective
) -> EpochReport:
    config, device = objective.config, held_out.x.device
    state.model.eval()
    noise = torch.Generator(device).manual_seed(config.seed)
    with torch.no_grad(), _autocast(device, config):
        loss = objective.loss(
            state.model,
            held_out,
            noise,
            beta=config.beta.value,
            invariance=config.invariance,
        )
        spread = state.model.encode(held_out.x).mean.std(0)
    train, validation = _mean(losses), _mean([loss])
    if not np.isfinite([train.total, validation.total]).all():
        raise ModelError(
            f"Training broke down before step {state.step}: the loss is no longer a "
            f"finite number; use a smaller learning rate or clip_norm."
        )
    active = tuple(int(i) for i in (spread >= _ACTIVE_SD).nonzero().flatten())
    beta = config.beta.at((state.step - 1) / config.steps)
    return EpochReport(state.step, config.steps, beta, train, validation, active)


def _mean(losses: list[Loss]) -> Losses:
    total = torch.stack([loss.total for loss in losses]).mean()
    error = torch.stack([loss.reconstruction for loss in losses]).mean()
    kl = torch.stack([loss.kl for loss in losses]).mean(0)
    return Losses(total.item(), error.item(), tuple(kl.tolist()))


def _is_stale(state: TrainState, config: TrainConfig) -> bool:
    waited = (state.step - state.best_step) / config.epoch_steps
    return config.patience > 0 and bool(state.history) and waited >= config.patience


def _autocast(
    device: torch.device, config: TrainConfig
) -> AbstractContextManager[object]:
    if config.mixed_precision and device.type == "cuda":
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()
