"""A small decoder from codes to pictures, for models that do not decode to pixels.

It is fitted after the model, on finished codes, and teaches the encoder nothing: its
pictures show what the codes hold, not what the model was trained to draw.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import torch
from torch import nn

from napari_disentangle.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor

SIZES = (16, 32, 64, 128)
"""Sides of a picture in pixels that can be drawn."""

_FIRST_SIDE = 4
_WIDTHS = (128, 96, 64, 32, 32)


class ImageDecoder(nn.Module):
    """Map codes, (B, L), to pictures, (B, 3, size, size) in [0, 1].

    Codes are standardized by the stored `center` and `spread` of the codes it was
    fitted on, so that all dimensions count whatever their scale.
    """

    center: Tensor
    spread: Tensor

    def __init__(self, latent_dim: int, size: int = 64) -> None:
        super().__init__()
        if size not in SIZES:
            raise ModelError(f"The image decoder draws {SIZES} pixels; got {size}.")
        widths = _WIDTHS[: SIZES.index(size) + 2]
        self.latent_dim = latent_dim
        self.size = size
        self.register_buffer("center", torch.zeros(latent_dim))
        self.register_buffer("spread", torch.ones(latent_dim))
        self.start = nn.Sequential(
            nn.Linear(latent_dim, 256),
            nn.SiLU(),
            nn.Linear(256, widths[0] * _FIRST_SIDE**2),
            nn.Unflatten(1, (widths[0], _FIRST_SIDE, _FIRST_SIDE)),
        )
        self.stages = nn.Sequential(*(_grow(a, b) for a, b in pairwise(widths)))
        self.finish = nn.Sequential(  # the last doubling is cheap: sub-pixels
            nn.SiLU(), nn.Conv2d(widths[-1], 12, 3, padding=1), nn.PixelShuffle(2)
        )

    def forward(self, z: Tensor) -> Tensor:
        start = self.start((z - self.center) / self.spread)
        drawn: Tensor = self.finish(self.stages(start)).sigmoid()
        return drawn


def build_decoder(latent_dim: int, size: int = 64, seed: int = 0) -> ImageDecoder:
    """Return an image decoder with fresh weights; `seed` decides them."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ImageDecoder(latent_dim, size)


def _grow(n_in: int, n_out: int) -> nn.Sequential:
    """Return a stage that doubles the side: upsampling, so no checkerboards.

    Channels are reduced before the side is doubled, where that costs a quarter.
    """
    return nn.Sequential(
        nn.GroupNorm(8, n_in),
        nn.SiLU(),
        nn.Conv2d(n_in, n_out, 3, padding=1),
        nn.SiLU(),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(n_out, n_out, 3, padding=1),
    )
