"""What tests, scripts and benchmarks share: a quick model, of no other use.

Free of torch until a model is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.models.config import ModelConfig
from napari_disentangle.storage.card import DimensionCard, ModelCard
from napari_disentangle.tables import NAMED_FACTORS

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.storage.card import HowNamed
    from napari_disentangle.storage.models import Model

SMALL = ModelConfig(kind="pixels", image_size=32, filters=8, latent_dim=5)
"""Fine-tunes on some cells in a moment."""


def untrained_model(
    name: str, config: ModelConfig = SMALL, how_named: HowNamed = "unnamed"
) -> Model:
    """Return a model of pixels with random weights.

    Parameters
    ----------
    name : str
        Its name.
    config : ModelConfig
        Its architecture, with five dimensions or more: the first are called as in the
        bundled models, the others residual.
    how_named : str
        How the card says that all of them got their names.
    """
    from napari_disentangle.models.build import build_model
    from napari_disentangle.storage.models import Model

    n_residual = config.latent_dim - len(NAMED_FACTORS)
    names = (*NAMED_FACTORS, *(f"residual_{n + 1}" for n in range(n_residual)))
    dimensions = tuple(DimensionCard(name=n, how_named=how_named) for n in names)
    card = ModelCard(name=name, model=config, dimensions=dimensions)
    return Model(card, build_model(config).eval().requires_grad_(False))


def write_small_model(folder: Path) -> Path:
    """Write an untrained model of `SMALL` into `folder`, and return its own folder."""
    from napari_disentangle.storage.models import write_model

    write_model(untrained_model("small"), folder / "small")
    return folder / "small"
