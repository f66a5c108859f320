"""Add dimensions to a code; what the old ones hold and how they decode stays."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from napari_disentangle.models.decoder import ImageDecoder
    from napari_disentangle.models.vae import VAE

_START_SD = 0.01


def widen(vae: VAE, extra: int, seed: int = 0) -> VAE:
    """Return a copy of `vae` whose code has `extra` more dimensions.

    The new dimensions start silent: their posterior is nearly N(0, 1), and the decoder
    does not listen to them. Old dimensions and decoded inputs are unchanged.

    Parameters
    ----------
    vae : VAE
        The model; it is not changed.
    extra : int
        Number of new dimensions, at least 0.
    seed : int
        Decides the tiny weights that tell the new dimensions apart.
    """
    wide = deepcopy(vae)
    if extra == 0:
        return wide
    generator = torch.Generator().manual_seed(seed)
    wide.latent_dim += extra
    for head, sd in ((wide.mean_head, _START_SD), (wide.log_var_head, 0.0)):
        rows = sd * torch.randn(extra, head.in_features, generator=generator)
        weight = torch.cat([head.weight.detach(), rows / head.in_features**0.5])
        head.weight = nn.Parameter(weight)
        head.bias = nn.Parameter(torch.cat([head.bias.detach(), torch.zeros(extra)]))
        head.out_features += extra
    _listen(wide.decoder, extra)
    return wide


def widen_pictures(decoder: ImageDecoder, extra: int) -> ImageDecoder:
    """Return a copy of an image decoder that ignores `extra` new dimensions."""
    wide = deepcopy(decoder)
    if extra == 0:
        return wide
    wide.latent_dim += extra
    wide.center = torch.cat([decoder.center, torch.zeros(extra)])
    wide.spread = torch.cat([decoder.spread, torch.ones(extra)])
    _listen(wide.start, extra)
    return wide


def _listen(module: nn.Module, extra: int) -> None:
    """Give the first linear layer `extra` more inputs, of weight 0, in place."""
    first = next(m for m in module.modules() if isinstance(m, nn.Linear))
    weight = first.weight.detach()
    zeros = torch.zeros(first.out_features, extra)
    first.weight = nn.Parameter(torch.cat([weight, zeros], dim=1))
    first.in_features += extra
