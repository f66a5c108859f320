"""How a model is fine-tuned on a user's cells. Free of torch, for quick forms."""

from __future__ import annotations

from math import ceil, cos, pi
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from napari_disentangle.config import Config, check_config

Mode = Literal["anchored", "paper"]

BASIC = ("mode", "epochs", "batch", "learning_rate", "seed")
"""Settings that a form shows at once; the others are for experts."""

_PAPER: dict[str, Any] = {
    "epochs": 20,
    "batch": 128,
    "learning_rate": 1e-4,
    "min_steps": 0,
    "decay": "constant",
    "warm_up": 0.0,
    "clip_norm": 0.0,
    "scaler": "source",
    "validation": 0.0,
    "keep": "last",
}


class FinetuneConfig(Config):
    """How a model learns a user's cells without labels and without losing its names.

    **Anchored**, the default, mixes each batch of cells with pairs of Source images
    whose factors are known. **Paper** is the plain fine-tuning of Dapueto et al. (IJCNN
    2025): the evidence lower bound of the cells alone, all weights, 20 epochs. The mode
    decides the default of every other setting.

    Examples
    --------
    >>> FinetuneConfig(mode="paper", epochs=5).learning_rate
    0.0001
    """

    mode: Mode = Field(
        "anchored",
        description="Anchored replays Source pairs so that names survive; paper is the "
        "plain fine-tuning of the papers",
    )
    epochs: int = Field(30, ge=1, description="Times that every cell is seen")
    batch: int = Field(64, ge=2, description="Cells in a batch")
    learning_rate: float = Field(5e-4, gt=0, description="Largest learning rate")
    seed: int = Field(0, ge=0, description="Decides splits, batches and noise")
    min_steps: int = Field(
        400, ge=0, description="Fewest optimizer steps; few cells get more epochs"
    )
    weight_decay: float = Field(0.01, ge=0, description="Weight decay")
    decay: Literal["cosine", "constant"] = Field(
        "cosine", description="Learning rate over the course of training"
    )
    warm_up: float = Field(
        0.05,
        ge=0,
        lt=1,
        description="Part of the training over which the learning rate rises from 0",
    )
    clip_norm: float = Field(
        20.0, ge=0, description="Largest norm of the gradient; 0 does not clip"
    )
    beta: float = Field(1.0, ge=0, description="Weight of the KL term")
    scaler: Literal["own", "source"] = Field(
        "own",
        description="Features are standardized within the cells, or as those of the "
        "Source images were (features only)",
    )
    replay_pairs: int = Field(
        64, ge=1, description="Source pairs beside a batch of cells (anchored only)"
    )
    anchor_weight: float = Field(
        1.0, ge=0, description="Weight of the loss of Source pairs (anchored only)"
    )
    invariance: float = Field(
        10.0,
        ge=0,
        description="Weight of the squared gap between the two means of a shared "
        "dimension of Source pairs (anchored only)",
    )
    freeze: tuple[str, ...] = Field(
        (),
        description="Dimensions that are kept exactly as they were; the encoder then "
        "stays, and the others are new readings of its last layer",
    )
    residual_dim: int = Field(
        0,
        ge=0,
        le=256,
        description="Dimensions without a name that are added to the code",
    )
    class_weight: float = Field(
        0.0,
        ge=0,
        description="Weight of the error of a linear classifier on the code, which is "
        "thrown away afterwards; 0 ignores annotations, 200 is strong",
    )
    labels_per_class: int = Field(
        20,
        ge=0,
        description="Annotated cells of each class that are used, drawn by the seed; 0 "
        "uses all (with class_weight only)",
    )
    validation: float = Field(
        0.1,
        ge=0,
        le=0.5,
        description="Share of cells kept out of training, whole images where there are "
        "enough of them",
    )
    patience: int = Field(
        0, ge=0, description="Epochs without improvement before stopping; 0 never stops"
    )
    keep: Literal["best", "last"] = Field(
        "best", description="Which weights the model gets: lowest validation loss, last"
    )
    picture_steps: int = Field(
        300,
        ge=0,
        description="Steps in which the picture decoder learns the cells; 0 leaves it "
        "(features only)",
    )

    @model_validator(mode="before")
    @classmethod
    def _start_from_mode(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("mode") == "paper":
            return {**_PAPER, **values}
        return values

    @model_validator(mode="after")
    def _check_validation(self) -> Self:
        if self.validation == 0 and (self.keep == "best" or self.patience):
            raise ValueError(
                "the best epoch and patience need validation above 0; or keep the last"
            )
        return self

    @classmethod
    def of_mode(cls, mode: str) -> Self:
        """Return the defaults of a mode.

        Raises
        ------
        ConfigError
            If there is no such mode.
        """
        return check_config(cls, {"mode": mode})

    @property
    def replays(self) -> bool:
        """Whether Source pairs take part."""
        return self.mode == "anchored"

    def epochs_of(self, n_cells: int) -> int:
        """Return how often `n_cells` training cells are seen."""
        batches = ceil(n_cells / self.batch)
        return max(self.epochs, ceil(self.min_steps / batches))

    def rate_at(self, progress: float) -> float:
        """Return the learning rate at `progress`, 0 at the start and 1 at the end."""
        if progress < self.warm_up:
            return self.learning_rate * progress / self.warm_up
        if self.decay == "constant":
            return self.learning_rate
        rest = (progress - self.warm_up) / (1.0 - self.warm_up)
        return self.learning_rate * 0.5 * (1.0 + cos(pi * rest))
