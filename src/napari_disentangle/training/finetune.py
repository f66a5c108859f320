"""Fine-tuning, as a generator that yields one report an epoch.

The cells have no factors, so their loss is the evidence lower bound alone. Anchored
fine-tuning adds, to every batch, Source pairs whose changed factor is known: what the
names stand on is learned on while the cells are learned.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.errors import ConfigError, ModelError
from napari_disentangle.training.cells import Cells
from napari_disentangle.training.finetune_state import FinetuneReport, FinetuneState
from napari_disentangle.training.health import Watch, to_input
from napari_disentangle.training.mixture import MixedLoss, Mixture, average
from napari_disentangle.training.state import Losses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from napari_disentangle.models.config import Reconstruction
    from napari_disentangle.models.losses import Loss
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.finetune_config import FinetuneConfig
    from napari_disentangle.training.source import Source

_ACTIVE_SD = 0.05
_HELD_OUT_PAIRS = 128
_VALIDATION_SEED = 1_000_003
_CHUNK = 256


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
    work = _Work(vae, state, cells, config, replayed, reconstruction, device)
    while len(state.reports) < work.n_epochs and not _is_stale(state, config):
        losses = work.run_epoch()
        report = work.report(losses, watch)
        state.training.remember(report)
        yield report
    return _finish(state, cells, config, work.n_epochs)


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


class _Work:
    """The parts of an epoch: its steps, losses on fixed inputs, the report."""

    def __init__(
        self,
        before: VAE,
        state: FinetuneState,
        cells: Cells,
        config: FinetuneConfig,
        source: Source | None,
        reconstruction: Reconstruction,
        device: torch.device,
    ) -> None:
        self.n_epochs = config.epochs_of(len(cells.train))
        self._before, self._state, self._cells = before, state, cells
        self._config, self._source, self._device = config, source, device
        self._mixture = Mixture(config, source, reconstruction)
        self._classes = torch.from_numpy(cells.classes).to(device)
        self._fixed_pairs = None
        if source is not None:
            rng = np.random.default_rng(config.seed + _VALIDATION_SEED)
            self._fixed_pairs = source.pairs.draw(rng, _HELD_OUT_PAIRS).to(device)

    def run_epoch(self) -> list[MixedLoss]:
        """Take the steps of an epoch and return their losses."""
        state, training = self._state, self._state.training
        state.model.train()
        if state.frozen:
            state.model.encoder.eval()
        batches = list(self._cells.batches(self._config.batch, training.rng))
        losses = []
        for rows in batches:
            rate = self._config.rate_at(training.step / (self.n_epochs * len(batches)))
            losses.append(self._step(rows, rate))
            if state.frozen:
                state.hold(self._before)
        state.model.eval()
        return losses

    def _step(self, rows: NDArray[np.int64], rate: float) -> MixedLoss:
        config, training = self._config, self._state.training
        pairs = annotated = None
        if self._source is not None:
            pairs = self._source.pairs.draw(training.rng, config.replay_pairs)
            pairs = pairs.to(self._device)
        if self._cells.n_classes:
            annotated = self._cells.draw_annotated(config.batch, training.rng)
        loss = self._mixture.loss(
            self._state.model,
            self._input(rows),
            training.noise,
            pairs=pairs,
            head=self._state.head,
            annotated=self._annotated(annotated),
        )
        self._descend(loss.total, rate)
        return loss.detach()

    def _descend(self, loss: Tensor, rate: float) -> None:
        """Take one step of the optimizer."""
        training = self._state.training
        weights = []
        for group in training.optimizer.param_groups:
            group["lr"] = rate
            weights += group["params"]
        training.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        if self._config.clip_norm:
            torch.nn.utils.clip_grad_norm_(weights, self._config.clip_norm)
        training.optimizer.step()
        training.step += 1

    def _input(self, rows: NDArray[np.int64]) -> Tensor:
        return to_input(self._cells.values[rows], self._device)

    def _annotated(
        self, places: NDArray[np.int64] | None
    ) -> tuple[Tensor, Tensor] | None:
        if places is None:
            return None
        return self._input(self._cells.annotated[places]), self._classes[places]

    def report(self, losses: list[MixedLoss], watch: Watch) -> FinetuneReport:
        """Return the report of the epoch that `losses` are of."""
        training = self._state.training
        train = average([each.cells for each in losses], [1] * len(losses))
        total = torch.stack([each.total for each in losses]).mean()
        validation, active = self._look()
        if not torch.isfinite(total + validation.total):
            raise ModelError(
                f"Fine-tuning broke down before step {training.step}: the loss is no "
                f"longer a finite number; use a smaller learning rate or clip_norm."
            )
        return FinetuneReport(
            step=training.step,
            total=self.n_epochs * len(losses),
            beta=self._config.beta,
            train=_numbers(train, total),
            validation=validation,
            active=active,
            epoch=len(training.history) + 1,
            epochs=self.n_epochs,
            anchor=torch.stack([each.anchor for each in losses]).mean().item(),
            class_error=torch.stack([each.classes for each in losses]).mean().item(),
            health=watch.look(self._state.model),
        )

    def _look(self) -> tuple[Losses, tuple[int, ...]]:
        """Return losses on fixed inputs, and the dimensions that vary over the cells.

        Annotated cells are those of the training: a few are too few to keep some out.
        """
        model = self._state.model
        noise = torch.Generator(self._device).manual_seed(self._config.seed)
        rows = self._cells.looked_at()
        chunks = [rows[i : i + _CHUNK] for i in range(0, len(rows), _CHUNK)]
        known = np.arange(min(len(self._cells.annotated), _CHUNK))
        with torch.no_grad():
            inputs = [self._input(chunk) for chunk in chunks]
            cells = [self._mixture.of_cells(model, x, noise) for x in inputs]
            extra = self._mixture.loss(
                model,
                inputs[0][:1],
                noise,
                pairs=self._fixed_pairs,
                head=self._state.head,
                annotated=self._annotated(known if len(known) else None),
            )
            means = torch.cat([model.encode(x).mean for x in inputs])
        loss = average(cells, [len(chunk) for chunk in chunks])
        active = (means.std(0, correction=0) >= _ACTIVE_SD).nonzero().flatten()
        total = loss.total + extra.total - extra.cells.total
        return _numbers(loss, total), tuple(active.tolist())


def _numbers(cells: Loss, total: Tensor) -> Losses:
    return Losses(total.item(), cells.reconstruction.item(), tuple(cells.kl.tolist()))


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
