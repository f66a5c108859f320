"""From features or pixels of objects to codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.errors import ModelError
from napari_disentangle.tables import Embedding
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Features
    from napari_disentangle.tasks import Task

_STAGE = "Encoding cells"


def iter_embed(
    model: Model, features: Features, *, batch_size: int = 1024
) -> Task[Progress, Embedding]:
    """Return the codes of objects whose backbone features are known.

    Parameters
    ----------
    model : Model
        A model of features.
    features : Features
        Unscaled features of N objects, from the model's own backbone.
    batch_size : int
        Objects encoded at once.

    Raises
    ------
    ModelError
        If the model reads pixels or features of another backbone.
    """
    if model.scaler is None:
        raise ModelError(f"Model {model.id} reads pixels, not features; give it crops.")
    if features.backbone != model.card.backbone:
        raise ModelError(
            f"Model {model.id} reads features of {model.card.backbone}; "
            f"these are of {features.backbone}."
        )
    total = len(features.values)
    parts = []
    for first in range(0, total, batch_size):
        values = model.scaler.transform(features.values[first : first + batch_size])
        parts.append(_encode(model, values))
        yield Progress(_STAGE, min(first + batch_size, total), total)
    return _gather(model, parts, features.table)


def iter_embed_pixels(
    model: Model, crops: Crops, *, batch_size: int = 64
) -> Task[Progress, Embedding]:
    """Return the codes of `crops` under a model that reads pixels.

    Raises
    ------
    ModelError
        If the model reads features.
    """
    if model.kind != "pixels":
        raise ModelError(f"Model {model.id} reads features, not pixels.")
    total, size = len(crops), model.card.model.image_size
    parts = []
    for first in range(0, total, batch_size):
        rows = np.arange(first, min(first + batch_size, total))
        parts.append(_encode(model, crops.cut(rows, size)))
        yield Progress(_STAGE, int(rows[-1]) + 1, total)
    return _gather(model, parts, crops.table)


def _encode(model: Model, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return posterior mean and sd, (2, n, L), of scaled inputs, (n, ...)."""
    batch = torch.from_numpy(np.ascontiguousarray(values, np.float32))
    with torch.inference_mode():
        posterior = model.vae.encode(batch)
    return torch.stack([posterior.mean, posterior.sd]).numpy()


def _gather(
    model: Model, parts: list[NDArray[np.float32]], table: pd.DataFrame
) -> Embedding:
    empty = np.zeros((2, 0, len(model.dimensions)), np.float32)
    mean, sd = np.concatenate([empty, *parts], axis=1)
    return Embedding(mean, sd, model.dimensions, model.id, table.reset_index(drop=True))
