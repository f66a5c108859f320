"""How a model is trained. Free of torch, so that forms open quickly."""

from __future__ import annotations

from math import cos, pi
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from napari_disentangle.config import Config
from napari_disentangle.errors import ConfigError


class LabelSharing(Config):
    """Each pair tells which factor changed, and its dimensions alone are not shared.

    Dimension i is factor i by construction: the recipe the papers really use.
    """

    kind: Literal["labels"] = "labels"
    twofold: tuple[Annotated[int, Field(ge=0)], ...] = Field(
        (),
        description="Factors, counted from 0, that own a second dimension, after the "
        "first ones of all factors; an angle needs two to go around",
    )
    spare_beta: float = Field(
        1.0,
        ge=0,
        description="Factor on beta for dimensions that no factor owns; above 1 keeps "
        "them silent where there is nothing for them to hold",
    )

    def owners(self, n_factors: int, latent_dim: int) -> tuple[int, ...]:
        """Return the factor that owns each dimension, -1 for spare ones.

        Raises
        ------
        ConfigError
            If there are fewer dimensions than the factors own, or an unknown factor.
        """
        owned = (*range(n_factors), *self.twofold)
        if len(owned) > latent_dim or max(owned) >= n_factors:
            raise ConfigError(
                f"{n_factors} factors, of which {list(self.twofold)} own a second "
                f"dimension, do not fit a code of {latent_dim} numbers; make "
                "latent_dim larger or the list shorter."
            )
        return owned + (-1,) * (latent_dim - len(owned))


class AdaptiveSharing(Config):
    """Each pair keeps the dimensions whose posteriors differ most (Ada-GVAE).

    Needs no labels; which factor a dimension holds must be measured afterwards.
    """

    kind: Literal["adaptive"] = "adaptive"
    mean: Literal["arithmetic", "product"] = Field(
        "arithmetic",
        description="Shared posterior: average (Ada-GVAE) or product (Ada-ML-VAE)",
    )


Sharing: TypeAlias = Annotated[
    LabelSharing | AdaptiveSharing, Field(discriminator="kind")
]


class BetaSchedule(Config):
    """Weight of the KL term over the course of training."""

    kind: Literal["constant", "warm_up", "cyclical"] = Field(
        "warm_up", description="Constant, rising once, or rising again in each cycle"
    )
    value: float = Field(1.0, ge=0, description="Weight that is reached")
    rise: float = Field(
        0.1, gt=0, le=1, description="Part of the training (or cycle) spent rising"
    )
    cycles: int = Field(4, ge=1, description="Number of cycles (cyclical only)")

    def at(self, progress: float) -> float:
        """Return the weight at `progress`, 0 at the start and 1 at the end."""
        if self.kind == "constant":
            return self.value
        phase = progress * self.cycles % 1.0 if self.kind == "cyclical" else progress
        return self.value * min(phase / self.rise, 1.0)


class TrainConfig(Config):
    """How a Source model is trained on pairs."""

    steps: int = Field(2500, ge=1, description="Number of optimizer steps")
    batch_pairs: int = Field(128, ge=1, description="Pairs in a batch")
    learning_rate: float = Field(1e-3, gt=0, description="Largest learning rate")
    decay: Literal["cosine", "constant"] = Field(
        "cosine", description="Learning rate over the course of training"
    )
    optimizer: Literal["adamw", "adam"] = Field("adamw", description="Optimizer")
    weight_decay: float = Field(1e-4, ge=0, description="Weight decay")
    clip_norm: float = Field(
        20.0, ge=0, description="Largest norm of the gradient; 0 does not clip"
    )
    beta: BetaSchedule = BetaSchedule()
    sharing: Sharing = LabelSharing()
    invariance: float = Field(
        0.3,
        ge=0,
        description="Weight of the squared gap between the two means of a shared "
        "dimension",
    )
    invariance_rise: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Part of the training over which that weight rises from 0; a large "
        "weight from the start would silence the code",
    )
    epoch_steps: int = Field(
        100, ge=1, description="Steps between validations, one report each"
    )
    validation_pairs: int = Field(512, ge=2, description="Pairs in a validation")
    patience: int = Field(
        0, ge=0, description="Epochs without improvement before stopping; 0 never stops"
    )
    keep: Literal["best", "last"] = Field(
        "best", description="Which weights the trained model gets"
    )
    mixed_precision: bool = Field(
        False, description="Half precision where the device has it (CUDA)"
    )
    seed: int = Field(0, ge=0, description="Decides weights, batches and noise")

    def invariance_at(self, progress: float) -> float:
        """Return the weight of the invariance at `progress`, 0 to 1."""
        if progress >= self.invariance_rise:
            return self.invariance
        return self.invariance * progress / self.invariance_rise

    def rate_at(self, progress: float) -> float:
        """Return the learning rate at `progress`, 0 at the start and 1 at the end."""
        if self.decay == "constant":
            return self.learning_rate
        return self.learning_rate * 0.5 * (1.0 + cos(pi * progress))


class DecoderConfig(Config):
    """How an image decoder is fitted on finished codes."""

    steps: int = Field(500, ge=1, description="Number of optimizer steps")
    batch: int = Field(48, ge=1, description="Pictures in a batch")
    learning_rate: float = Field(2e-3, gt=0, description="Largest learning rate")
    code_noise: float = Field(
        0.05,
        ge=0,
        description="Noise added to the codes, in sd of each dimension; smooths the "
        "pictures between cells",
    )
    edge_weight: float = Field(
        1.0, ge=0, description="Weight of the error of gradients, which keeps edges"
    )
    report_steps: int = Field(5, ge=1, description="Steps between reports")
    seed: int = Field(0, ge=0, description="Decides batches and noise")
