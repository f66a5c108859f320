"""Source data for models that read pixels: pictures, rendered when needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.recipes.source_data import (
    MAX_GRID,
    Grid,
    SourceDataConfig,
    check_scorable,
    encode,
    split_grid,
)
from napari_disentangle.synthetic.sprites import TextureSprites

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.factors import FactorSpace
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.training.batches import RenderedPairs


@dataclass(frozen=True, slots=True)
class SourcePixels:
    """Pictures of factor combinations; none is kept.

    Attributes
    ----------
    sprites : TextureSprites
        Draws them in the size the model reads.
    train, test : Grid
        Combinations to learn from, and those held out.
    """

    sprites: TextureSprites
    train: Grid
    test: Grid

    @classmethod
    def plan(cls, config: SourceDataConfig, image_size: int) -> SourcePixels:
        """Return what `config` describes, in pictures of `image_size` pixels.

        Raises
        ------
        DataError
            If too few combinations are held out to score a model on them.
        """
        sprites = TextureSprites(config.sprites.replace(size=image_size))
        train, test = split_grid(sprites.space, config)
        check_scorable(test, sprites.space)
        return cls(sprites, train, test)

    @property
    def space(self) -> FactorSpace:
        return self.sprites.space

    def pairs(self) -> RenderedPairs:
        """Return where pairs are drawn for training."""
        from napari_disentangle.training.batches import RenderedPairs

        if self.space.n_combinations > MAX_GRID:
            return RenderedPairs(self.sprites)
        return RenderedPairs(self.sprites, self.train.positions)

    def train_codes(self, vae: VAE, n: int) -> NDArray[np.float32]:
        """Return the codes, (n, L), of the first `n` combinations to learn from."""
        parts = (encode(vae, batch) for batch in self.train.images(self.sprites, n))
        return np.concatenate(list(parts))[:n]

    def test_codes(self, vae: VAE) -> NDArray[np.float32]:
        """Return the codes of the combinations held out."""
        return np.concatenate(
            [encode(vae, batch) for batch in self.test.images(self.sprites)]
        )
