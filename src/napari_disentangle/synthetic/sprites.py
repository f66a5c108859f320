"""Texture-dSprites on the fly: factor positions in, images out.

image = mask x color x texture on black, as in Dapueto et al. (IJCNN 2025). The texture
stays in place when the sprite turns, grows or moves. Masks are drawn at the resolution
asked for, where the papers resize a binary 64-pixel mask.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from napari_disentangle.config import Config
from napari_disentangle.errors import DataError
from napari_disentangle.factors import FactorSpace
from napari_disentangle.synthetic.kernels import paint_sprites
from napari_disentangle.synthetic.shapes import (
    CANVAS_PX,
    CANVAS_REACH_PX,
    SCALES,
    SHAPES,
)
from napari_disentangle.synthetic.textures import (
    COLORS,
    TEXTURES,
    builtin_textures,
    read_textures,
)
from napari_disentangle.tables import NAMED_FACTORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

REFERENCE_PX = 224
"""Side of the images in whose pixels `SpriteConfig` states lengths."""

ORIENTATIONS = {
    "full": np.linspace(0, 2 * np.pi, 40),
    "quarter": np.deg2rad(np.arange(0, 90, 9)),
}
"""Values of Orientation in radians; 0 and the last of "full" are the same turn."""

_PLACES = np.linspace(16.5, 47.5, 32)  # in dSprites' pixels, from the canvas' edge
_POSITION_FACTORS = ("position_x", "position_y")


class SpriteConfig(Config):
    """Which sprites there are and how they are placed.

    The default suits cell crops: five factors, large objects near the center. With
    ``placement="free"`` it is the papers' space of 25,804,800 images.
    """

    size: int = Field(224, ge=16, le=1024, description="Side of an image in pixels.")
    placement: Literal["centered", "free"] = Field(
        "centered",
        description="Centered with jitter, or at 32 x 32 places as two more factors.",
    )
    orientation: Literal["full", "quarter"] = Field(
        "full", description="40 values over 360 degrees, or 10 values from 0 to 81."
    )
    jitter_px: float = Field(
        6.0,
        ge=0,
        le=38,
        description="Largest shift of a centered sprite along each axis, in pixels of "
        "a 224-pixel image.",
    )
    reach_px: float = Field(
        74.0,
        gt=0,
        le=112,
        description="Radius of a centered sprite at scale 1, in pixels of a 224-pixel "
        "image. Free sprites have dSprites' size.",
    )
    texture_folder: str = Field(
        "",
        description="Folder with the Normalized Brodatz plates D11, D40, D23, D109 and "
        "D102 (.tif); empty for the built-in textures.",
    )


class TextureSprites:
    """Draws the images of a factor space.

    Parameters
    ----------
    config : SpriteConfig
        Which sprites there are.

    Attributes
    ----------
    space : FactorSpace
        Texture 5, Color 7, Shape 3, Scale 6, Orientation 40 or 10, and for free
        placement Position X 32, Position Y 32.
    textures : array, (5, size, size)
        The textures in use, in [0, 1].

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> sprites = TextureSprites(SpriteConfig(size=64))
    >>> sprites.render(sprites.space.sample(rng, 8), rng).shape
    (8, 3, 64, 64)
    """

    def __init__(self, config: SpriteConfig | None = None) -> None:
        self.config = config = config or SpriteConfig()
        self.angles = ORIENTATIONS[config.orientation]
        self.space = _factor_space(config)
        if config.texture_folder:
            self.textures = read_textures(Path(config.texture_folder), config.size)
        else:
            self.textures = builtin_textures(config.size)

    def render(
        self, positions: NDArray[np.int64], rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """Return one image for each row of factor positions.

        Parameters
        ----------
        positions : array, (N, F)
            Factor positions in `space`.
        rng : numpy.random.Generator
            Source of the jitter; not used for free placement.

        Returns
        -------
        array, (N, 3, size, size), float32
            Images in [0, 1], background 0.

        Raises
        ------
        DataError
            If `positions` do not lie in `space`.
        """
        return self.paint(positions, self.draw_jitter(rng, len(positions)))

    def draw_jitter(self, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
        """Return `n` shifts from the center, (n, 2) as y, x, in pixels."""
        limit = self.config.jitter_px / REFERENCE_PX * self.config.size
        return rng.uniform(-limit, limit, (n, 2))

    def paint(
        self, positions: NDArray[np.int64], jitter: NDArray[np.float64]
    ) -> NDArray[np.float32]:
        """Return what `render` does, with the jitter, (N, 2), given.

        Two images of a pair that differ in one factor and in nothing else need the
        same jitter.
        """
        _check_positions(self.space, positions)
        size = self.config.size
        images = np.zeros((len(positions), 3, size, size), np.float32)
        named = np.ascontiguousarray(positions[:, : len(NAMED_FACTORS)].T, np.int64)
        texture, color, shape, scale, angle = named
        paint_sprites(
            shape,
            SCALES[scale] * self._largest_reach(),
            self.angles[angle],
            self._centers(positions, jitter),
            COLORS.astype(np.float32)[color],
            texture,
            self.textures,
            images,
        )
        return images

    def _largest_reach(self) -> float:
        if self.config.placement == "free":
            return CANVAS_REACH_PX / CANVAS_PX * self.config.size
        return self.config.reach_px / REFERENCE_PX * self.config.size

    def _centers(
        self, positions: NDArray[np.int64], jitter: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the sprites' centers, (N, 2) as y, x, in pixels."""
        size = self.config.size
        if self.config.placement == "free":
            x, y = positions[:, len(NAMED_FACTORS) :].T
            places = np.stack([_PLACES[y], _PLACES[x]], axis=1)
            return places / CANVAS_PX * size - 0.5
        return (size - 1) / 2 + jitter


def _factor_space(config: SpriteConfig) -> FactorSpace:
    n_angles = len(ORIENTATIONS[config.orientation])
    sizes = (len(TEXTURES), len(COLORS), len(SHAPES), len(SCALES), n_angles)
    if config.placement == "centered":
        return FactorSpace(NAMED_FACTORS, sizes)
    places = (len(_PLACES), len(_PLACES))
    return FactorSpace((*NAMED_FACTORS, *_POSITION_FACTORS), (*sizes, *places))


def _check_positions(space: FactorSpace, positions: NDArray[np.int64]) -> None:
    if positions.ndim != 2 or positions.shape[1] != space.n_factors:
        raise DataError(
            f"Factor positions must have the columns {', '.join(space.names)}; "
            f"got an array of shape {positions.shape}."
        )
    wrong = (positions < 0) | (positions >= np.asarray(space.sizes))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            f"Factor {space.names[column]} has positions 0 to "
            f"{space.sizes[column] - 1}; row {row} holds {positions[row, column]}."
        )
