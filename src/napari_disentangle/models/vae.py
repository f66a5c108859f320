"""The variational autoencoder: an encoder, two heads and a decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from napari_disentangle.models.gaussian import Gaussian

if TYPE_CHECKING:
    from torch import Tensor

LOG_VAR_RANGE = (-20.0, 10.0)
"""Log-variances are kept in this range, as the papers do at inference."""


class VAE(nn.Module):
    """Map inputs to posteriors over codes and codes back to inputs.

    Parameters
    ----------
    encoder : Module
        Maps a batch of inputs to (B, `n_hidden`).
    decoder : Module
        Maps codes, (B, `latent_dim`), to a batch of inputs.
    n_hidden : int
        Width of the encoder's output.
    latent_dim : int
        Numbers in a code, L.
    """

    def __init__(
        self, encoder: nn.Module, decoder: nn.Module, n_hidden: int, latent_dim: int
    ) -> None:
        super().__init__()
        self.latent_dim = latent_dim
        self.encoder = encoder
        self.mean_head = nn.Linear(n_hidden, latent_dim)
        self.log_var_head = nn.Linear(n_hidden, latent_dim)
        self.decoder = decoder

    def encode(self, x: Tensor) -> Gaussian:
        """Return the posterior of each input, (B, L); its mean is the code."""
        hidden = self.encoder(x)  # (B, H)
        return Gaussian(
            self.mean_head(hidden), self.log_var_head(hidden).clamp(*LOG_VAR_RANGE)
        )

    def decode(self, z: Tensor) -> Tensor:
        """Return the inputs that the codes `z`, (B, L), stand for."""
        decoded: Tensor = self.decoder(z)
        return decoded

    def flip(self, dimension: int) -> None:
        """Turn the sign of one dimension, in place; nothing else changes.

        The direction of a dimension is a matter of chance, so that one with a natural
        order may be turned to follow it.
        """
        first = next(m for m in self.decoder.modules() if isinstance(m, nn.Linear))
        with torch.no_grad():
            self.mean_head.weight[dimension] *= -1
            self.mean_head.bias[dimension] *= -1
            first.weight[:, dimension] *= -1
