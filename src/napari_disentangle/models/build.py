"""From a `ModelConfig` to a model with fresh weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from napari_disentangle.models import nets
from napari_disentangle.models.vae import VAE

if TYPE_CHECKING:
    from torch import nn

    from napari_disentangle.models.config import ModelConfig


def build_model(config: ModelConfig, seed: int = 0) -> VAE:
    """Return the model that `config` describes, with fresh weights.

    Parameters
    ----------
    config : ModelConfig
        Architecture.
    seed : int
        Decides the weights; the global random state is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder, decoder, n_hidden = _networks(config)
        if config.variant == "paper":
            nets.start_as_paper(encoder)
            nets.start_as_paper(decoder)
        elif config.kind == "pixels":
            nets.start_evenly(encoder)
            nets.start_evenly(decoder)
        return VAE(encoder, decoder, n_hidden, config.latent_dim)


def _networks(config: ModelConfig) -> tuple[nn.Module, nn.Module, int]:
    paper = config.variant == "paper"
    n_latent, size, filters = config.latent_dim, config.image_size, config.filters
    if config.kind == "features":
        encoder = nets.mlp_encoder(config.input_dim, config.hidden)
        decoder = nets.mlp_decoder(
            n_latent, config.hidden, config.input_dim, paper=paper
        )
        return encoder, decoder, config.hidden[-1]
    if paper:
        encoder = nets.paper_conv_encoder(size, filters)
        decoder = nets.paper_conv_decoder(n_latent, size, filters)
        return encoder, decoder, filters * (size // 8) ** 2
    width = 256
    encoder = nets.conv_encoder(size, filters, width)
    return encoder, nets.conv_decoder(n_latent, size, filters, width), width
