"""A fine-tuning between two epochs, or after a kill: all that it needs to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from napari_disentangle.errors import ConfigError, ModelError
from napari_disentangle.models.widen import widen
from napari_disentangle.training.health import Health
from napari_disentangle.training.state import EpochReport, TrainState, epoch_fields

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Self

    from torch import Tensor

    from napari_disentangle.models.vae import VAE
    from napari_disentangle.training.finetune_config import FinetuneConfig

_HEAD = "head."


@dataclass(frozen=True, slots=True)
class FinetuneReport(EpochReport):
    """One epoch of fine-tuning.

    Of its losses, `total` is all that is minimized; `reconstruction` and `kl` are those
    of the cells. `validation` is of the cells kept out, or of training cells if there
    are none.

    Attributes
    ----------
    epoch, epochs : int
        Epochs done and expected.
    anchor : float
        Mean loss of Source pairs, unweighted; 0 without replay.
    class_error : float
        Mean cross-entropy of the classifier on annotated cells; 0 without it.
    health : Health
        What became of the names.
    """

    epoch: int
    epochs: int
    anchor: float
    class_error: float
    health: Health

    def __str__(self) -> str:
        return (
            f"Epoch {self.epoch}/{self.epochs}: loss {self.train.total:.1f}, "
            f"validation {self.validation.total:.1f}, {len(self.active)} of "
            f"{len(self.train.kl)} dimensions active; {self.health}"
        )


@dataclass(slots=True)
class FinetuneState:
    """A fine-tuning at the end of an epoch; `iter_finetune` moves it on in place.

    Attributes
    ----------
    training : TrainState
        Model, optimizer, random numbers, best weights and history.
    head : Linear or None
        The classifier of a semi-supervised fine-tuning.
    frozen : tuple of int
        Dimensions that are kept as they were.
    """

    training: TrainState
    head: nn.Linear | None
    frozen: tuple[int, ...]

    @classmethod
    def start(
        cls,
        vae: VAE,
        config: FinetuneConfig,
        device: torch.device,
        dimensions: Sequence[str],
        n_classes: int = 0,
    ) -> Self:
        """Return the state before the first step.

        Parameters
        ----------
        vae : VAE
            The model before fine-tuning; it is copied.
        config : FinetuneConfig
            How to fine-tune.
        device : torch.device
            Where to fine-tune.
        dimensions : sequence of str
            Names of the dimensions of `vae`.
        n_classes : int
            Number of classes of annotated cells; 0 makes no classifier.

        Raises
        ------
        ConfigError
            If a dimension to freeze is unknown.
        """
        frozen = _positions(config.freeze, dimensions)
        model = widen(vae, config.residual_dim, config.seed).to(device)
        model.requires_grad_(True)
        model.encoder.requires_grad_(not frozen)
        head = _classifier(model.latent_dim, n_classes, config.seed)
        weights = [w for w in model.parameters() if w.requires_grad]
        if head is not None:
            weights += head.to(device).parameters()
        optimizer = torch.optim.AdamW(
            weights,
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=True,
        )
        rng = np.random.default_rng(config.seed)
        noise = torch.Generator(device).manual_seed(config.seed)
        return cls(TrainState(model, optimizer, rng, noise), head, frozen)

    @property
    def model(self) -> VAE:
        """The model being fine-tuned."""
        return self.training.model

    @property
    def reports(self) -> tuple[FinetuneReport, ...]:
        """All epochs so far."""
        history = self.training.history
        return tuple(each for each in history if isinstance(each, FinetuneReport))

    def hold(self, before: VAE) -> None:
        """Put back the readings of the frozen dimensions; weight decay moves them."""
        rows = list(self.frozen)
        with torch.no_grad():
            for name in ("mean_head", "log_var_head"):
                now, old = getattr(self.model, name), getattr(before, name)
                now.weight[rows] = old.weight[rows].to(now.weight.device)
                now.bias[rows] = old.bias[rows].to(now.bias.device)

    def to_arrays(self) -> dict[str, Tensor]:
        """Return all tensors by name, copied, for a safetensors file."""
        arrays = self.training.to_arrays()
        if self.head is not None:
            for name, weight in self.head.state_dict().items():
                arrays[_HEAD + name] = weight.detach().cpu().clone()
        return arrays

    def to_record(self) -> dict[str, Any]:
        """Return all that is not a tensor, fit for JSON."""
        return self.training.to_record()

    def restore(self, arrays: dict[str, Tensor], record: dict[str, Any]) -> None:
        """Set this state, made by `start`, to what was saved.

        Raises
        ------
        ModelError
            If what was saved belongs to another fine-tuning or is incomplete.
        """
        self.training.restore(arrays, record, read_report)
        if self.head is None:
            return
        try:
            self.head.load_state_dict(
                {name: arrays[_HEAD + name] for name in self.head.state_dict()}
            )
        except (KeyError, RuntimeError) as error:
            raise ModelError(
                f"The saved fine-tuning had no such classifier ({error}); start anew "
                f"in another folder."
            ) from error


def read_report(values: dict[str, Any]) -> FinetuneReport:
    """Return the report of an epoch that was saved as `values`."""
    health: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values["health"].items()
    }
    return FinetuneReport(**{**epoch_fields(values), "health": Health(**health)})


def _positions(names: Sequence[str], dimensions: Sequence[str]) -> tuple[int, ...]:
    unknown = [name for name in names if name not in dimensions]
    if unknown:
        raise ConfigError(
            f"Dimension {unknown[0]!r} cannot be frozen: the model has "
            f"{', '.join(dimensions)}."
        )
    return tuple(dimensions.index(name) for name in names)


def _classifier(n_inputs: int, n_classes: int, seed: int) -> nn.Linear | None:
    if n_classes == 0:
        return None
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Linear(n_inputs, n_classes)
