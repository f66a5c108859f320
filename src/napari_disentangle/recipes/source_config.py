"""Everything that makes a Source model, and the models that one config makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from napari_disentangle.config import Config
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.recipes.source_data import SourceDataConfig
from napari_disentangle.training.config import DecoderConfig, TrainConfig

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Self


class SourceConfig(Config):
    """Everything that makes a Source model."""

    name: str = Field("features", description="Name of the model")
    data: SourceDataConfig = SourceDataConfig()
    model: ModelConfig = ModelConfig()
    train: TrainConfig = TrainConfig()
    pictures: DecoderConfig = DecoderConfig(steps=8000)
    n_pictures: int = Field(
        30_000,
        ge=0,
        description="Most images that the picture decoder learns from (features only); "
        "0 leaves it out",
    )
    n_replay: int = Field(
        6000,
        ge=0,
        description="Inputs kept with the model for fine-tuning (features only)",
    )
    n_seeds: int = Field(
        1, ge=1, description="Number of models, of seeds counted from train.seed"
    )
    half: bool = Field(True, description="Store matrices as float16")

    @model_validator(mode="after")
    def _check_width(self) -> Self:
        chosen = self.model.kind == "features" and self.data.scaling == "pca"
        if chosen and self.model.input_dim != self.data.n_components:
            raise ValueError(
                f"model.input_dim ({self.model.input_dim}) must equal "
                f"data.n_components ({self.data.n_components})"
            )
        return self


def plan_runs(
    config: SourceConfig, out: Path, *, betas: Sequence[float] = ()
) -> list[tuple[SourceConfig, Path]]:
    """Return the config and the folder of each model.

    Parameters
    ----------
    config : SourceConfig
        How to train.
    out : Path
        Folder of the model; with several seeds that of ``seed_0``, ..., and with betas
        that of ``beta_1/seed_0``, ...
    betas : sequence of float
        Weights of the KL term; that of `config` if none is given.
    """
    runs = []
    first = config.train.seed
    for beta in betas or (config.train.beta.value,):
        top = out / f"beta_{beta:g}" if betas else out
        schedule = config.train.beta.replace(value=beta)
        for seed in range(first, first + config.n_seeds):
            train = config.train.replace(seed=seed, beta=schedule)
            folder = top / f"seed_{seed}" if config.n_seeds > 1 or betas else top
            runs.append((config.replace(train=train, n_seeds=1), folder))
    return runs
