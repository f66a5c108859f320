"""Add dimensions to a code; what the old ones hold and how they decode stays."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor

    from napari_disentangle.models.decoder import ImageDecoder
    from napari_disentangle.models.vae import VAE

_START_LOG_VAR = -2.0  # an sd of .37, so that a reading is not drowned by noise


def widen(vae: VAE, extra: int, seed: int = 0) -> VAE:
    """Return a copy of `vae` whose code has `extra` more dimensions.

    The new dimensions read something at random from the encoder's last layer, and the
    decoder does not listen to them yet: old dimensions and decoded inputs are
    unchanged. Had they nothing to say at first, they would stay silent for ever.

    Parameters
    ----------
    vae : VAE
        The model; it is not changed.
    extra : int
        Number of new dimensions, at least 0.
    seed : int
        Decides what the new dimensions read.
    """
    wide = deepcopy(vae)
    if extra == 0:
        return wide
    generator = torch.Generator().manual_seed(seed)
    wide.latent_dim += extra
    size = vae.mean_head.weight.detach().std()
    rows = size * torch.randn(extra, vae.mean_head.in_features, generator=generator)
    _read(wide.mean_head, rows, 0.0)
    _read(wide.log_var_head, torch.zeros_like(rows), _START_LOG_VAR)
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


def _read(head: nn.Linear, rows: Tensor, bias: float) -> None:
    """Give a head more outputs, in place."""
    biases = torch.full((len(rows),), bias)
    head.weight = nn.Parameter(torch.cat([head.weight.detach(), rows]))
    head.bias = nn.Parameter(torch.cat([head.bias.detach(), biases]))
    head.out_features += len(rows)


def _listen(module: nn.Module, extra: int) -> None:
    """Give the first linear layer `extra` more inputs, of weight 0, in place."""
    first = next(m for m in module.modules() if isinstance(m, nn.Linear))
    weight = first.weight.detach()
    zeros = torch.zeros(first.out_features, extra)
    first.weight = nn.Parameter(torch.cat([weight, zeros], dim=1))
    first.in_features += extra
