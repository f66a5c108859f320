"""Train one Source model on data at hand: fit, name, score, describe."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.backbones.catalogue import backbone_info
from napari_disentangle.models.build import build_model
from napari_disentangle.models.decoder import build_decoder
from napari_disentangle.recipes.keeping import iter_keep
from napari_disentangle.recipes.source_data import SourceData
from napari_disentangle.recipes.source_names import name_dimensions
from napari_disentangle.recipes.source_pixels import SourcePixels
from napari_disentangle.recipes.source_scores import iter_source_scores
from napari_disentangle.storage.card import ModelCard
from napari_disentangle.storage.checkpoint import (
    Checkpoint,
    read_checkpoint,
    write_checkpoint,
)
from napari_disentangle.storage.models import Model
from napari_disentangle.storage.replay import Replay
from napari_disentangle.synthetic.sprites import TextureSprites
from napari_disentangle.training.decoder import DecoderReport, iter_fit_decoder
from napari_disentangle.training.loop import iter_train
from napari_disentangle.training.state import EpochReport, TrainState

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TypeAlias

    import torch

    from napari_disentangle.models.config import ModelConfig
    from napari_disentangle.models.decoder import ImageDecoder
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.recipes.source_config import SourceConfig
    from napari_disentangle.storage.card import DimensionCard, ScoreCard
    from napari_disentangle.tasks import Progress, Task

    Source: TypeAlias = SourceData | SourcePixels
    SourceEvent: TypeAlias = Progress | EpochReport | DecoderReport

_PICTURE_PX = 64
_NAMING = 5000  # combinations learned from, on which dimensions get name and direction
_PACKAGES = ("napari-disentangle", "torch", "numpy", "timm")


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model and how it came about.

    Attributes
    ----------
    model : Model
        The model, named and scored.
    history : tuple of EpochReport
        All epochs of its training.
    """

    model: Model
    history: tuple[EpochReport, ...]


def iter_train_on(
    data: Source,
    config: SourceConfig,
    ceilings: dict[str, float],
    device: torch.device,
    *,
    checkpoint: Path | None = None,
) -> Task[SourceEvent, Trained]:
    """Train one Source model on data at hand; no model is written.

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
    checkpoint : Path, optional
        File that keeps the training while it goes, and is gone on from if it is there.
    """
    vae = build_model(_architecture(data, config), config.train.seed)
    history = yield from _iter_fit(vae, data, config, device, checkpoint)
    vae.cpu()
    dimensions = _name(vae, data, config)
    scores, dimensions = yield from iter_source_scores(
        data.test_codes(vae), data.test.positions, data.space, dimensions, ceilings
    )
    card = _card(config, data, dimensions, scores)
    if isinstance(data, SourcePixels):
        return Trained(Model(card, vae), history)
    model = Model(card, vae, data.scaler, replay=_replay(data, config))
    if config.n_pictures:
        decoder = yield from _iter_pictures(vae, data, config, device)
        model = model.with_pictures(decoder, "synthetic")
    return Trained(model, history)


def _iter_fit(
    vae: VAE,
    data: Source,
    config: SourceConfig,
    device: torch.device,
    checkpoint: Path | None,
) -> Task[EpochReport, tuple[EpochReport, ...]]:
    """Train `vae` in place, from the checkpoint on if it belongs to this config."""
    state = TrainState.start(vae, config.train, device)
    made_by = config.model_dump(mode="json")
    found = None if checkpoint is None else read_checkpoint(checkpoint)
    if found is not None and found.record.get("made_by") == made_by:
        state.restore(found.arrays, found.record)
    task = iter_train(
        state,
        data.pairs(),
        config.train,
        device=device,
        reconstruction=config.model.reconstruction,
    )
    if checkpoint is not None:
        task = iter_keep(
            task,
            lambda: Checkpoint(
                state.to_arrays(), {**state.to_record(), "made_by": made_by}
            ),
            partial(write_checkpoint, checkpoint),
        )
    result = yield from task
    return result.history


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
    batches = data.train.images(sprites, n)  # as bytes: as floats all are a gigabyte
    pictures = np.concatenate([np.round(255 * b).astype(np.uint8) for b in batches])
    return (
        yield from iter_fit_decoder(
            build_decoder(vae.latent_dim, _PICTURE_PX, config.pictures.seed),
            data.train_codes(vae, n),
            pictures[:n],
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
