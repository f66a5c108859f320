"""Train a Source model on synthetic sprites and keep it as a model folder."""

from __future__ import annotations

from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, model_validator

from napari_disentangle.backbones.catalogue import backbone_info
from napari_disentangle.config import Config
from napari_disentangle.device import pick
from napari_disentangle.errors import ModelError
from napari_disentangle.models.build import build_model
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.models.decoder import build_decoder
from napari_disentangle.recipes.source_ceiling import iter_ceilings
from napari_disentangle.recipes.source_data import (
    SourceData,
    SourceDataConfig,
    iter_source_data,
)
from napari_disentangle.recipes.source_names import name_dimensions
from napari_disentangle.recipes.source_pixels import SourcePixels
from napari_disentangle.recipes.source_scores import iter_source_scores
from napari_disentangle.storage.card import ModelCard, read_card
from napari_disentangle.storage.models import Model, read_model, write_model
from napari_disentangle.storage.replay import Replay
from napari_disentangle.synthetic.sprites import ORIENTATIONS, TextureSprites
from napari_disentangle.tasks import Progress, Task, run
from napari_disentangle.training.config import DecoderConfig, TrainConfig
from napari_disentangle.training.decoder import DecoderReport, iter_fit_decoder
from napari_disentangle.training.loop import iter_train
from napari_disentangle.training.state import EpochReport, TrainState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Self, TypeAlias

    import torch

    from napari_disentangle.models.decoder import ImageDecoder
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.storage.card import DimensionCard, ScoreCard

    Source: TypeAlias = SourceData | SourcePixels
    SourceEvent: TypeAlias = Progress | EpochReport | DecoderReport

_PICTURE_PX = 64
_NAMING = 5000  # combinations learned from, on which dimensions get name and direction
_PACKAGES = ("napari-disentangle", "torch", "numpy", "timm")


class SourceConfig(Config):
    """Everything that makes a Source model."""

    name: str = Field("features", description="Name of the model")
    data: SourceDataConfig = SourceDataConfig()
    model: ModelConfig = ModelConfig()
    train: TrainConfig = TrainConfig()
    pictures: DecoderConfig = DecoderConfig(steps=1500)
    n_pictures: int = Field(
        6000,
        ge=0,
        description="Images that the picture decoder learns from (features only); 0 "
        "leaves it out",
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


def iter_train_source(
    runs: Sequence[tuple[SourceConfig, Path]], *, device: str = "auto"
) -> Task[SourceEvent, tuple[Model, ...]]:
    """Train Source models and write each as a folder.

    Images and features are made once for neighbors that learn from the same data.

    Parameters
    ----------
    runs : sequence of (SourceConfig, Path)
        From `plan_runs`. A folder that already holds the model of its config is left
        as it is.
    device : {"auto", "cpu", "cuda", "mps"}
        Where to train.

    Returns
    -------
    tuple of Model
        As read back from their folders.
    """
    missing = [(config, out) for config, out in runs if not _is_made(config, out)]
    for _, group in groupby(missing, key=lambda each: _data_key(each[0])):
        configs = list(group)
        data = yield from _iter_data(configs[0][0])
        angles = ORIENTATIONS[configs[0][0].data.sprites.orientation]
        ceilings = yield from iter_ceilings(data.test.positions, data.space, angles)
        for config, out in configs:
            model = yield from iter_train_on(data, config, ceilings, pick(device))
            write_model(model, out, half=config.half)
    return tuple(read_model(out) for _, out in runs)


def train_source(
    config: SourceConfig, out: Path, *, device: str = "auto"
) -> tuple[Model, ...]:
    """Train the Source models of one config: `iter_train_source` at once."""
    return run(iter_train_source(plan_runs(config, out), device=device))


def iter_train_on(
    data: Source, config: SourceConfig, ceilings: dict[str, float], device: torch.device
) -> Task[SourceEvent, Model]:
    """Train one Source model on data at hand; nothing is written.

    Parameters
    ----------
    data : SourceData or SourcePixels
        What the model learns from.
    config : SourceConfig
        How to train.
    ceilings : dict
        Highest possible scores, from `iter_ceilings`.
    device : torch.device
        Where to train.
    """
    vae = build_model(_architecture(data, config), config.train.seed)
    state = TrainState.start(vae, config.train, device)
    yield from iter_train(
        state,
        data.pairs(),
        config.train,
        device=device,
        reconstruction=config.model.reconstruction,
    )
    vae.cpu()
    dimensions = _name(vae, data, config)
    scores, dimensions = yield from iter_source_scores(
        data.test_codes(vae), data.test.positions, data.space, dimensions, ceilings
    )
    card = _card(config, data, dimensions, scores)
    if isinstance(data, SourcePixels):
        return Model(card, vae)
    model = Model(card, vae, data.scaler, replay=_replay(data, config))
    if not config.n_pictures:
        return model
    decoder = yield from _iter_pictures(vae, data, config, device)
    return model.with_pictures(decoder, "synthetic")


def _data_key(config: SourceConfig) -> tuple[SourceDataConfig, str, int]:
    """Return what decides the data that a model learns from."""
    return config.data, config.model.kind, config.model.image_size


def _iter_data(config: SourceConfig) -> Task[Progress, Source]:
    if config.model.kind == "pixels":
        return SourcePixels.plan(config.data, config.model.image_size)
    return (yield from iter_source_data(config.data))


def _architecture(data: Source, config: SourceConfig) -> ModelConfig:
    if isinstance(data, SourcePixels):
        return config.model
    return config.model.replace(input_dim=data.scaler.n_components)


def _name(vae: VAE, data: Source, config: SourceConfig) -> tuple[DimensionCard, ...]:
    """Return the dimensions by name, Scale turned so that higher means larger.

    The sign of a dimension is a matter of chance. Texture, Color and Shape have no
    order and Orientation goes around, so theirs is left as it came.
    """
    codes = data.train_codes(vae, _NAMING)
    positions = data.train.positions[: len(codes)]
    cards = name_dimensions(config.train.sharing, codes, positions, data.space)
    scale = [card.name for card in cards].index("scale")
    sizes = positions[:, data.space.column("scale")]
    if np.corrcoef(codes[:, scale], sizes)[0, 1] < 0:
        vae.flip(scale)
    return cards


def _replay(data: SourceData, config: SourceConfig) -> Replay | None:
    if not config.n_replay:
        return None
    rng = np.random.default_rng(config.data.seed)
    return Replay.draw(
        data.train_values, data.train.positions, data.space, config.n_replay, rng
    )


def _iter_pictures(
    vae: VAE, data: SourceData, config: SourceConfig, device: torch.device
) -> Task[SourceEvent, ImageDecoder]:
    """Fit a decoder from codes to the sprites they came from."""
    n = min(config.n_pictures, len(data.train))
    sprites = TextureSprites(config.data.sprites.replace(size=_PICTURE_PX))
    pictures = np.concatenate(list(data.train.images(sprites, n)))[:n]
    return (
        yield from iter_fit_decoder(
            build_decoder(vae.latent_dim, _PICTURE_PX, config.pictures.seed),
            data.train_codes(vae, n),
            np.round(255 * pictures).astype(np.uint8),
            config.pictures,
            device=device,
        )
    )


def _card(
    config: SourceConfig,
    data: Source,
    dimensions: tuple[DimensionCard, ...],
    scores: dict[str, ScoreCard],
) -> ModelCard:
    features = isinstance(data, SourceData)
    backbone = config.data.backbone if features else ""
    taps = backbone_info(backbone).taps if features else ()
    return ModelCard(
        name=config.name,
        model=_architecture(data, config),
        backbone=backbone,
        taps=tuple(name for name, _ in taps),
        dimensions=dimensions,
        factors=dict(zip(data.space.names, data.space.sizes, strict=True)),
        sharing=config.train.sharing.kind,
        training=config.model_dump(mode="json"),
        seed=config.train.seed,
        scores=scores,
        data=(
            f"Texture-dSprites, drawn: {len(data.train)} factor combinations learned, "
            f"{len(data.test)} held out"
        ),
        versions={name: version(name) for name in _PACKAGES},
        picture_source="none" if features else "synthetic",
    )


def _is_made(config: SourceConfig, folder: Path) -> bool:
    """Return whether `folder` holds the model that `config` makes."""
    try:
        return read_card(folder).training == config.model_dump(mode="json")
    except ModelError:
        return False
