"""Train a Source model on synthetic sprites and keep it as a model folder."""

from __future__ import annotations

from importlib.metadata import version
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
from napari_disentangle.recipes.source_data import (
    SourceData,
    SourceDataConfig,
    encode,
    iter_source_data,
)
from napari_disentangle.recipes.source_scores import iter_source_scores
from napari_disentangle.storage.card import (
    DimensionCard,
    ModelCard,
    ScoreCard,
    read_card,
)
from napari_disentangle.storage.models import Model, read_model, write_model
from napari_disentangle.synthetic.sprites import TextureSprites
from napari_disentangle.tasks import Progress, Task, run
from napari_disentangle.training.batches import GridPairs
from napari_disentangle.training.config import DecoderConfig, TrainConfig
from napari_disentangle.training.decoder import DecoderReport, iter_fit_decoder
from napari_disentangle.training.loop import iter_train
from napari_disentangle.training.state import EpochReport, TrainState

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    import torch

    from napari_disentangle.models.decoder import ImageDecoder
    from napari_disentangle.models.vae import VAE

SourceEvent = Progress | EpochReport | DecoderReport

_PICTURE_PX = 64
_PACKAGES = ("napari-disentangle", "torch", "numpy", "timm")


class SourceConfig(Config):
    """Everything that makes a Source model of backbone features."""

    name: str = Field("features", description="Name of the model")
    data: SourceDataConfig = SourceDataConfig()
    model: ModelConfig = ModelConfig()
    train: TrainConfig = TrainConfig()
    pictures: DecoderConfig = DecoderConfig(steps=1500)
    n_pictures: int = Field(
        6000, ge=1, description="Images that the picture decoder learns from"
    )
    half: bool = Field(True, description="Store matrices as float16")

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        if self.model.kind != "features":
            raise ValueError("a Source model of pixels is not made by this recipe")
        if self.model.input_dim != self.data.n_components:
            raise ValueError(
                f"model.input_dim ({self.model.input_dim}) must equal "
                f"data.n_components ({self.data.n_components})"
            )
        return self


def iter_train_source(
    config: SourceConfig, out: Path, *, n_seeds: int = 1, device: str = "auto"
) -> Task[SourceEvent, tuple[Model, ...]]:
    """Train Source models and write each as a folder.

    Images and features are made once and serve all seeds.

    Parameters
    ----------
    config : SourceConfig
        How to train. The first seed is ``config.train.seed``.
    out : Path
        Folder of the model, or with several seeds the folder of ``seed_0``, ...
        A seed whose folder is already there with the same config is not trained again.
    n_seeds : int
        Number of models.
    device : str
        Where to train.

    Returns
    -------
    tuple of Model
        As read back from their folders.
    """
    first = config.train.seed
    seeds = range(first, first + n_seeds)
    configs = [config.replace(train=config.train.replace(seed=s)) for s in seeds]
    folders = [out if n_seeds == 1 else out / f"seed_{seed}" for seed in seeds]
    pairs = zip(configs, folders, strict=True)
    missing = [(each, folder) for each, folder in pairs if not _is_made(each, folder)]
    if missing:
        data = yield from iter_source_data(config.data)
    for each, folder in missing:
        model = yield from iter_train_on(data, each, pick(device))
        write_model(model, folder, half=each.half)
    return tuple(read_model(folder) for folder in folders)


def train_source(
    config: SourceConfig, out: Path, *, n_seeds: int = 1, device: str = "auto"
) -> tuple[Model, ...]:
    """Train Source models: `iter_train_source` at once."""
    return run(iter_train_source(config, out, n_seeds=n_seeds, device=device))


def iter_train_on(
    data: SourceData, config: SourceConfig, device: torch.device
) -> Task[SourceEvent, Model]:
    """Train one Source model on data in memory; nothing is written.

    Parameters
    ----------
    data : SourceData
        From `iter_source_data`.
    config : SourceConfig
        How to train.
    device : torch.device
        Where to train.
    """
    architecture = config.model.replace(input_dim=data.scaler.n_components)
    vae = build_model(architecture, config.train.seed)
    state = TrainState.start(vae, config.train, device)
    yield from iter_train(
        state,
        GridPairs(data.train_values, data.train.positions),
        config.train,
        device=device,
        reconstruction=config.model.reconstruction,
    )
    vae.cpu()
    point_scale_up(vae, data)
    decoder = yield from _iter_pictures(vae, data, config, device)
    scores = yield from iter_source_scores(
        encode(vae, data.test_values), data.test.positions, data.space
    )
    return Model(_card(config, data, scores), vae, data.scaler, decoder)


def point_scale_up(vae: VAE, data: SourceData) -> None:
    """Turn the Scale dimension, in place, so that higher values mean larger objects.

    The sign of a dimension is a matter of chance. Texture, Color and Shape have no
    order and Orientation goes around, so theirs is left as it came.
    """
    column = data.space.column("scale")
    codes = encode(vae, data.train_values)[:, column]
    if np.corrcoef(codes, data.train.positions[:, column])[0, 1] < 0:
        vae.flip(column)


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
            encode(vae, data.train_values[:n]),
            np.round(255 * pictures).astype(np.uint8),
            config.pictures,
            device=device,
        )
    )


def _card(
    config: SourceConfig, data: SourceData, scores: dict[str, ScoreCard]
) -> ModelCard:
    model = config.model.replace(input_dim=data.scaler.n_components)
    names = data.space.names
    by_construction = config.train.sharing.kind == "labels"
    return ModelCard(
        name=config.name,
        model=model,
        backbone=config.data.backbone,
        taps=tuple(name for name, _ in backbone_info(config.data.backbone).taps),
        dimensions=_dimensions(names, model.latent_dim, by_construction),
        sharing=config.train.sharing.kind,
        training=config.model_dump(mode="json"),
        seed=config.train.seed,
        scores=scores,
        data=(
            f"Texture-dSprites, drawn: {len(data.train)} factor combinations learned, "
            f"{len(data.test)} held out"
        ),
        versions={name: version(name) for name in _PACKAGES},
        picture_source="synthetic",
    )


def _dimensions(
    names: tuple[str, ...], latent_dim: int, by_construction: bool
) -> tuple[DimensionCard, ...]:
    """Return the cards of the named dimensions and of the spare ones after them.

    With adaptive sharing no dimension has a name until it is measured.
    """
    known = names if by_construction else ()
    named = [
        DimensionCard(
            name=name,
            how_named="by construction",
            direction="larger" if name == "scale" else "",
        )
        for name in known
    ]
    spare = [
        DimensionCard(name=f"residual_{index + 1}")
        for index in range(latent_dim - len(known))
    ]
    return (*named, *spare)


def _is_made(config: SourceConfig, folder: Path) -> bool:
    """Return whether `folder` holds the model that `config` makes."""
    try:
        return read_card(folder).training == config.model_dump(mode="json")
    except ModelError:
        return False
