"""Everything a training needs to go on: between two epochs, or after a kill."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

    from torch import Tensor

    from napari_disentangle.models.vae import VAE
    from napari_disentangle.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Losses:
    """Mean losses of a number of batches.

    Attributes
    ----------
    total, reconstruction : float
        What was minimized, and its part from the reconstruction; lower is better.
    kl : tuple of float, length L
        KL divergence of each dimension to N(0, 1), in nats.
    """

    total: float
    reconstruction: float
    kl: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class EpochReport:
    """One epoch of training.

    Attributes
    ----------
    step, total : int
        Optimizer steps done and expected.
    beta : float
        Weight of the KL term in the last step.
    train, validation : Losses
        Means over the epoch's batches, and over fixed pairs at the final beta.
    active : tuple of int
        Dimensions whose mean varies over the validation pairs (sd of at least 0.05).
    """

    step: int
    total: int
    beta: float
    train: Losses
    validation: Losses
    active: tuple[int, ...]


@dataclass(slots=True)
class TrainState:
    """A training at the end of an epoch; `iter_train` moves it on in place.

    Attributes
    ----------
    model : VAE
        The model being trained.
    optimizer : torch.optim.Optimizer
        Its optimizer.
    rng : numpy.random.Generator
        Draws the batches.
    noise : torch.Generator
        Draws the codes, on the device of the model.
    step : int
        Optimizer steps done.
    best : dict of Tensor
        Weights with the lowest validation loss.
    best_step : int
        When they were reached; 0 before the first epoch.
    best_loss : float
        Their validation loss.
    history : list of EpochReport
        All epochs so far.
    """

    model: VAE
    optimizer: torch.optim.Optimizer
    rng: np.random.Generator
    noise: torch.Generator
    step: int = 0
    best: dict[str, Tensor] = field(default_factory=dict)
    best_step: int = 0
    best_loss: float = float("inf")
    history: list[EpochReport] = field(default_factory=list)

    @classmethod
    def start(cls, model: VAE, config: TrainConfig, device: torch.device) -> Self:
        """Return the state before the first step, with `model` moved to `device`."""
        model.to(device)
        kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[config.optimizer]
        optimizer = kind(
            model.parameters(),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=True,  # one pass over all weights: 7 times faster on a CPU
        )
        return cls(
            model,
            optimizer,
            np.random.default_rng(config.seed),
            torch.Generator(device).manual_seed(config.seed),
        )

    def to_arrays(self) -> dict[str, Tensor]:
        """Return all tensors by name, copied, for a safetensors file."""
        arrays = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        arrays |= {f"best.{k}": v for k, v in self.best.items()}
        for index, moments in self.optimizer.state_dict()["state"].items():
            arrays |= {f"optimizer.{index}.{k}": v for k, v in moments.items()}
        arrays["noise"] = self.noise.get_state()
        return {k: v.detach().cpu().clone() for k, v in arrays.items()}

    def to_record(self) -> dict[str, Any]:
        """Return all that is not a tensor, fit for JSON."""
        return {
            "step": self.step,
            "best_step": self.best_step,
            "best_loss": self.best_loss,
            "rng": self.rng.bit_generator.state,
            "history": [asdict(report) for report in self.history],
        }

    def remember(self, report: EpochReport) -> None:
        """Add an epoch to the history, and keep its weights if none were better."""
        self.history.append(report)
        if report.validation.total < self.best_loss:
            self.best_loss = report.validation.total
            self.best_step = report.step
            weights = self.model.state_dict()
            self.best = {
                name: value.detach().clone() for name, value in weights.items()
            }

    def restore(
        self,
        arrays: dict[str, Tensor],
        record: dict[str, Any],
        read: Callable[[dict[str, Any]], EpochReport] | None = None,
    ) -> None:
        """Set this state, made by `start`, to what was saved.

        Parameters
        ----------
        arrays, record : dict
            From `to_arrays` and `to_record`.
        read : callable, optional
            Makes a report of what was saved of it; `read_epoch` by default.

        Raises
        ------
        ModelError
            If what was saved belongs to another model or is incomplete.
        """
        try:
            self.model.load_state_dict(_part(arrays, "model."))
            self.optimizer.load_state_dict(
                {
                    "state": _moments(arrays),
                    "param_groups": self.optimizer.state_dict()["param_groups"],
                }
            )
            self.best = _part(arrays, "best.")
            self.noise.set_state(arrays["noise"])
            self.rng.bit_generator.state = record["rng"]
            self.step, self.best_step = record["step"], record["best_step"]
            self.best_loss = record["best_loss"]
            self.history = [(read or read_epoch)(v) for v in record["history"]]
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise ModelError(
                f"The saved training does not fit this model or is damaged ({error}); "
                f"start anew in another folder."
            ) from error


def _part(arrays: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    found = {k: v for k, v in arrays.items() if k.startswith(prefix)}
    return {name.removeprefix(prefix): value for name, value in found.items()}


def _moments(arrays: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _part(arrays, "optimizer.").items():
        index, key = name.split(".", 1)
        moments.setdefault(int(index), {})[key] = value
    return moments


def read_epoch(values: dict[str, Any]) -> EpochReport:
    """Return the report of an epoch that was saved as `values`."""
    return EpochReport(**epoch_fields(values))


def epoch_fields(values: dict[str, Any]) -> dict[str, Any]:
    """Return saved `values` with the fields of `EpochReport` in their own types."""
    losses = {
        name: Losses(**{**values[name], "kl": tuple(values[name]["kl"])})
        for name in ("train", "validation")
    }
    return {**values, **losses, "active": tuple(values["active"])}
