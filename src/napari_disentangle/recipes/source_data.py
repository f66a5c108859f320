"""Source data: factor combinations to learn from, and others that are held out.

The scaler and the model never see the held-out ones, so what is measured on them holds
for combinations that are new to the model. Of centered objects the whole grid is used;
of free ones, 25.8 million, random stars: a combination and one partner a factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from napari_disentangle.backbones.catalogue import DEFAULT, backbone_info
from napari_disentangle.config import Config
from napari_disentangle.metrics.pairs import pairs_among
from napari_disentangle.synthetic.pairs import draw_stars
from napari_disentangle.synthetic.sprites import SpriteConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from napari_disentangle.backbones.scaling import Scaler
    from napari_disentangle.factors import FactorSpace
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.synthetic.sprites import TextureSprites
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.training.batches import GridPairs

MAX_GRID = 30_000
"""Largest space of which every combination is used."""

_BATCH = 16
_FEWEST_TEST = 2_000  # of a space too large for a grid


class SourceDataConfig(Config):
    """Which synthetic images a Source model learns from."""

    sprites: SpriteConfig = SpriteConfig()
    backbone: str = Field(DEFAULT, description="Backbone that reads the images")
    held_out: float = Field(
        0.15, gt=0, lt=1, description="Share of factor combinations kept for scoring"
    )
    max_values: int = Field(
        0, ge=0, description="Most values of a factor, evenly spread; 0 takes all"
    )
    n_stars: int = Field(
        4000,
        ge=10,
        description="Free placement: random combinations, each with one partner a "
        "factor",
    )
    normalise: bool = Field(
        True, description="Normalize images as the backbone expects; the papers do not"
    )
    scaling: Literal["pca", "minmax"] = Field(
        "pca",
        description="Half-whitened principal components of standardized features, or "
        "the papers' single minimum and maximum",
    )
    n_components: int = Field(
        384, ge=2, description="Number of principal components (pca only)"
    )
    seed: int = Field(0, ge=0, description="Decides jitter and held-out combinations")


@dataclass(frozen=True, slots=True)
class Grid:
    """Factor positions, in random order, that are rendered batch by batch.

    Attributes
    ----------
    positions : array, (N, F)
        Distinct factor combinations.
    seed : int
        Decides the jitter: equal grids give equal images at any size.
    """

    positions: NDArray[np.int64]
    seed: int

    def __len__(self) -> int:
        return len(self.positions)

    def images(
        self, sprites: TextureSprites, n: int | None = None
    ) -> Iterator[NDArray[np.float32]]:
        """Yield the first `n` images in batches, (16, 3, size, size) or fewer."""
        for start in range(0, len(self) if n is None else min(n, len(self)), _BATCH):
            rng = np.random.default_rng((self.seed, start))
            rows = slice(start, start + _BATCH)
            yield sprites.render(self.positions[rows], rng)


@dataclass(frozen=True, slots=True)
class SourceData:
    """Scaled features of factor combinations.

    Attributes
    ----------
    space : FactorSpace
        The factors.
    train, test : Grid
        Combinations to learn from, and those held out.
    train_values, test_values : array, (N, K), float32
        Their scaled features.
    scaler : FeatureScaler or MinMaxScaler
        Fitted on the features to learn from.
    """

    space: FactorSpace
    train: Grid
    test: Grid
    train_values: NDArray[np.float32]
    test_values: NDArray[np.float32]
    scaler: Scaler

    def pairs(self) -> GridPairs:
        """Return where pairs are drawn for training."""
        from napari_disentangle.training.batches import GridPairs

        return GridPairs(self.train_values, self.train.positions)

    def train_codes(self, vae: VAE, n: int) -> NDArray[np.float32]:
        """Return the codes, (n, L), of the first `n` combinations to learn from."""
        return encode(vae, self.train_values[:n])

    def test_codes(self, vae: VAE) -> NDArray[np.float32]:
        """Return the codes of the combinations held out."""
        return encode(vae, self.test_values)


def split_grid(space: FactorSpace, config: SourceDataConfig) -> tuple[Grid, Grid]:
    """Return the combinations to learn from and those held out, in random order."""
    rng = np.random.default_rng(config.seed)
    if space.n_combinations > MAX_GRID:
        return _split_stars(space, config, rng)
    values = [_spread(size, config.max_values or size) for size in space.sizes]
    grid = np.stack(np.meshgrid(*values, indexing="ij"), axis=-1)
    positions = rng.permutation(grid.reshape(-1, space.n_factors))
    n_test = max(1, round(config.held_out * len(positions)))
    return (
        Grid(positions[n_test:], 2 * config.seed),
        Grid(positions[:n_test], 2 * config.seed + 1),
    )


def _split_stars(
    space: FactorSpace, config: SourceDataConfig, rng: np.random.Generator
) -> tuple[Grid, Grid]:
    n_test = max(_FEWEST_TEST, round(config.held_out * config.n_stars))
    learned, held_out = (
        rng.permutation(np.concatenate([*draw_stars(space, rng, n)]))
        for n in (config.n_stars, n_test)
    )
    return Grid(learned, 2 * config.seed), Grid(held_out, 2 * config.seed + 1)


def iter_source_data(config: SourceDataConfig) -> Task[Progress, SourceData]:
    """Render the factor combinations, read their features and scale them.

    Parameters
    ----------
    config : SourceDataConfig
        Which images. Their size is that of the backbone's input.

    Raises
    ------
    DataError
        If too few combinations are held out to score a model on them.
    """
    from napari_disentangle.backbones.extract import (
        iter_features_of,
        iter_load_backbone,
    )
    from napari_disentangle.backbones.minmax import MinMaxScaler
    from napari_disentangle.backbones.scaling import FeatureScaler
    from napari_disentangle.synthetic.sprites import TextureSprites

    input_size = backbone_info(config.backbone).input_size
    sprites = TextureSprites(config.sprites.replace(size=input_size))
    train, test = split_grid(sprites.space, config)
    check_scorable(test, sprites.space)
    backbone = yield from iter_load_backbone(
        config.backbone, normalise=config.normalise
    )
    learned = yield from iter_features_of(train.images(sprites), len(train), backbone)
    held_out = yield from iter_features_of(test.images(sprites), len(test), backbone)
    scaler: Scaler = (
        MinMaxScaler.fit(learned)
        if config.scaling == "minmax"
        else FeatureScaler.fit(learned, config.n_components)
    )
    return SourceData(
        sprites.space,
        train,
        test,
        scaler.transform(learned),
        scaler.transform(held_out),
        scaler,
    )


def check_scorable(test: Grid, space: FactorSpace) -> None:
    """Refuse, before the work, held-out combinations that cannot be scored."""
    unread = np.zeros((len(test), 1), np.float32)
    pairs_among(unread, test.positions, space.names, np.random.default_rng(0))


def _spread(size: int, most: int) -> NDArray[np.int64]:
    """Return at most `most` of the values 0 to size - 1, evenly spread."""
    values = np.linspace(0, size - 1, min(size, most))
    return np.round(values).astype(np.int64)


def encode(vae: VAE, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the codes, (N, L), of scaled features, (N, K)."""
    import torch

    with torch.no_grad():
        codes: NDArray[np.float32] = vae.encode(torch.from_numpy(values)).mean.numpy()
    return codes
