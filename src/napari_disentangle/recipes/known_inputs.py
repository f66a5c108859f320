"""Images like those a model learned from, as its autoencoder reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.config import check_config
from napari_disentangle.errors import ConfigError, DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from numpy.typing import NDArray

    from napari_disentangle.backbones.engines import Backbone
    from napari_disentangle.storage.models import Model
    from napari_disentangle.synthetic.sprites import SpriteConfig
    from napari_disentangle.tasks import Progress, Task

_BATCH = 16


def iter_known_inputs(
    model: Model,
    *,
    backbone: Backbone | None = None,
    device: str | torch.device = "auto",
    n: int = 600,
    seed: int = 0,
) -> Task[Progress, NDArray[np.float32] | None]:
    """Return inputs like those a model learned from, None if that cannot be told.

    Of a fine-tuned model the cells it was fine-tuned on, where they are kept with it;
    of another the Source images kept for fine-tuning (`Replay`), or else Source images
    drawn anew by the sprite config in its card.

    Parameters
    ----------
    model : Model
        Of features or of pixels.
    backbone : Backbone, optional
        The backbone of a model of features, if it is loaded already.
    device : {"auto", "cpu", "cuda", "mps"} or torch.device
        Where it runs.
    n : int
        Images to draw where none are kept.
    seed : int
        Decides which.
    """
    if model.seen is not None:
        return model.seen
    if "finetune" in model.card.training:
        return None
    if model.replay is not None:
        return model.replay.values
    config = _sprites_of(model)
    if config is None:
        return None
    rng = np.random.default_rng(seed)
    if model.scaler is None:
        config = config.replace(size=model.card.model.image_size)
        return np.concatenate(list(_images(config, n, rng)))
    from napari_disentangle.backbones.extract import (
        iter_features_of,
        iter_load_backbone,
    )

    if backbone is None:
        backbone = yield from iter_load_backbone(model.card.backbone, device=device)
    config = config.replace(size=backbone.info.input_size)
    values = yield from iter_features_of(_images(config, n, rng), n, backbone)
    return model.scaler.transform(values)


def _sprites_of(model: Model) -> SpriteConfig | None:
    """Return what the Source images of a model were, if its card tells."""
    from napari_disentangle.synthetic.sprites import SpriteConfig

    data = model.card.training.get("data")
    found = data.get("sprites") if isinstance(data, dict) else None
    if not isinstance(found, dict):
        return None
    try:
        return check_config(SpriteConfig, found)
    except (ConfigError, DataError):  # of another version
        return None


def _images(
    config: SpriteConfig, n: int, rng: np.random.Generator
) -> Iterator[NDArray[np.float32]]:
    from napari_disentangle.synthetic.sprites import TextureSprites

    sprites = TextureSprites(config)
    for first in range(0, n, _BATCH):
        positions = sprites.space.sample(rng, min(_BATCH, n - first))
        yield sprites.render(positions, rng)
