"""From codes to pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from napari_disentangle.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from napari_disentangle.storage.models import Model

_BATCH = 64


def has_pictures(model: Model) -> bool:
    """Return whether `model` can draw pictures of codes."""
    return model.kind == "pixels" or model.decoder is not None


def picture_source(model: Model) -> str:
    """Return what the pictures of `model` were learned from.

    One of ``none``, ``synthetic``, ``own cells``. A pixel model decodes by itself, what
    it was trained on: sprites, unless it was fine-tuned.
    """
    if model.kind == "pixels" and model.card.picture_source == "none":
        return "own cells" if model.card.parent else "synthetic"
    return model.card.picture_source if has_pictures(model) else "none"


def render_codes(model: Model, codes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the pictures that `model` draws of `codes`.

    Parameters
    ----------
    model : Model
        A pixel model, or a feature model with a picture decoder.
    codes : array, (..., L)
        Codes.

    Returns
    -------
    array, (..., H, W, 3), float32, in [0, 1]

    Raises
    ------
    ModelError
        If the model draws no pictures.
    """
    if model.kind == "pixels":
        return render(model.vae.decode, codes)
    if model.decoder is None:
        raise ModelError(
            f"Model {model.id} draws no pictures; learn pictures from your cells, "
            f"or look at the nearest real cells."
        )
    return render(model.decoder, codes)


def render(
    decode: Callable[[Tensor], Tensor], codes: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return what `decode` draws of `codes`.

    Parameters
    ----------
    decode : callable
        Maps codes, (B, L), on the CPU to pictures, (B, 3, H, W).
    codes : array, (..., L)
        Codes.

    Returns
    -------
    array, (..., H, W, 3), float32, clipped to [0, 1]
    """
    flat = torch.from_numpy(np.ascontiguousarray(codes, np.float32))
    flat = flat.reshape(-1, codes.shape[-1])
    with torch.inference_mode():
        parts = [decode(batch).clamp(0, 1) for batch in torch.split(flat, _BATCH)]
    pictures = torch.cat(parts).permute(0, 2, 3, 1).contiguous().numpy()
    drawn: NDArray[np.float32] = pictures.reshape(
        *codes.shape[:-1], *pictures.shape[1:]
    )
    return drawn
