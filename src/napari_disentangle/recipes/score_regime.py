"""Which factors vary in the images a model is scored on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from napari_disentangle.config import check_config
from napari_disentangle.errors import ConfigError, ModelError
from napari_disentangle.recipes.source_data import (
    MAX_GRID,
    SourceDataConfig,
    split_grid,
)
from napari_disentangle.synthetic.sprites import SpriteConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from napari_disentangle.factors import FactorSpace
    from napari_disentangle.storage.card import ModelCard

Regime: TypeAlias = Literal["own", "centered", "full_circle"]
"""Factors of the images: those the model was trained on, or five on centered objects
with Orientation within a quarter turn (10 values) or on the full circle (40 values)."""

_ORIENTATIONS: dict[str, Literal["quarter", "full"]] = {
    "centered": "quarter",
    "full_circle": "full",
}


def choose_sprites(card: ModelCard, regime: Regime) -> SpriteConfig:
    """Return the sprites that a model is scored on, in their own size.

    Parameters
    ----------
    card : ModelCard
        Card of the model. Geometry and textures are those of its training.
    regime : {"own", "centered", "full_circle"}
        Which factors vary.

    Raises
    ------
    ModelError
        If the model's own factors are asked for and the card does not tell them.
    """
    trained_on = _training_data(card)
    if regime != "own":
        sprites = trained_on.sprites if trained_on is not None else SpriteConfig()
        return sprites.replace(placement="centered", orientation=_ORIENTATIONS[regime])
    if trained_on is None:
        raise ModelError(
            f"The card of {card.name} does not tell which factors it was trained on; "
            "score it on centered objects, or on the full circle."
        )
    return trained_on.sprites


def held_out(
    card: ModelCard, sprites: SpriteConfig, space: FactorSpace
) -> NDArray[np.int64] | None:
    """Return the combinations, (U, K), of `sprites` that were held out in training.

    None if the model was trained on other images, or on random ones of a space too
    large to hold anything out.
    """
    trained_on = _training_data(card)
    if (
        trained_on is None
        or sprites != trained_on.sprites
        or space.n_combinations > MAX_GRID
    ):
        return None
    return split_grid(space, trained_on)[1].positions


def _training_data(card: ModelCard) -> SourceDataConfig | None:
    """Return what a Source model was trained on; None if its card does not tell."""
    values = card.training.get("data")
    if not isinstance(values, dict):
        return None
    try:
        return check_config(SourceDataConfig, values)
    except ConfigError:  # the card of another recipe or version
        return None
