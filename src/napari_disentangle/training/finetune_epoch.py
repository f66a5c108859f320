"""One epoch of a fine-tuning: its steps, losses on fixed inputs, and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.errors import ModelError
from napari_disentangle.training.finetune_state import FinetuneReport
from napari_disentangle.training.health import to_input
from napari_disentangle.training.mixture import MixedLoss, Mixture, average
from napari_disentangle.training.state import Losses

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from napari_disentangle.models.config import Reconstruction
    from napari_disentangle.models.losses import Loss
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.training.cells import Cells
    from napari_disentangle.training.finetune_config import FinetuneConfig
    from napari_disentangle.training.finetune_state import FinetuneState
    from napari_disentangle.training.health import Watch
    from napari_disentangle.training.source import Source

_ACTIVE_SD = 0.05
_HELD_OUT_PAIRS = 128
_VALIDATION_SEED = 1_000_003
_CHUNK = 256


class Epochs:
    """Takes the steps of a fine-tuning, one epoch at a time.

    Parameters
    ----------
    before : VAE
        The model before fine-tuning.
    state : FinetuneState
        Moved on in place.
    cells : Cells
        What is learned from and looked at.
    config : FinetuneConfig
        How to fine-tune.
    source : Source or None
        Source pairs to replay.
    reconstruction : str
        Which error of a reconstruction.
    device : torch.device
        Where the model is.

    Attributes
    ----------
    n : int
        Epochs expected.
    """

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
        self.n = config.epochs_of(len(cells.train))
        self._before, self._state, self._cells = before, state, cells
        self._config, self._source, self._device = config, source, device
        self._mixture = Mixture(config, source, reconstruction)
        self._classes = torch.from_numpy(cells.classes).to(device)
        self._fixed_pairs = None
        if source is not None:
            rng = np.random.default_rng(config.seed + _VALIDATION_SEED)
            self._fixed_pairs = source.pairs.draw(rng, _HELD_OUT_PAIRS).to(device)

    def run(self) -> list[MixedLoss]:
        """Take the steps of an epoch and return their losses."""
        state, training = self._state, self._state.training
        state.model.train()
        if state.frozen:
            state.model.encoder.eval()
        batches = list(self._cells.batches(self._config.batch, training.rng))
        losses = []
        for rows in batches:
            rate = self._config.rate_at(training.step / (self.n * len(batches)))
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
            total=self.n * len(losses),
            beta=self._config.beta,
            train=_numbers(train, total),
            validation=validation,
            active=active,
            epoch=len(training.history) + 1,
            epochs=self.n,
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
