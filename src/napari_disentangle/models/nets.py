"""Encoders and decoders: plain stacks of layers.

An encoder maps a batch of inputs to (B, H); the two heads that turn it into a posterior
belong to the `VAE`. A decoder maps codes, (B, L), to a batch of inputs.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


_SLOPE = 0.02  # of LeakyReLU in convolutional nets


class HalfTanh(nn.Module):
    """Squash to (0, 1) by (tanh + 1) / 2, the last layer of the papers' decoders."""

    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * (x.tanh() + 1.0)


def mlp_encoder(input_dim: int, hidden: Sequence[int]) -> nn.Sequential:
    """Return linear layers of widths `hidden`, each with LeakyReLU(0.2)."""
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise([input_dim, *hidden]):
        layers += [nn.Linear(n_in, n_out), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers)


def mlp_decoder(
    latent_dim: int, hidden: Sequence[int], output_dim: int, *, paper: bool = False
) -> nn.Sequential:
    """Return the mirror of `mlp_encoder`.

    The papers' decoder ends in LeakyReLU and `HalfTanh`, for features scaled to
    [0, 1]; ours is linear at the end, for standardised features.
    """
    layers = list(mlp_encoder(latent_dim, [*reversed(hidden), output_dim]))
    return nn.Sequential(*layers, HalfTanh()) if paper else nn.Sequential(*layers[:-1])


def paper_conv_encoder(image_size: int, filters: int) -> nn.Sequential:
    """Return the papers' three-stage encoder, output (B, filters * (size / 8)²)."""
    widths = (3, filters // 4, filters // 2, filters)
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(widths):
        layers += [
            nn.Conv2d(n_in, n_out, 4, stride=2, padding=1),
            nn.BatchNorm2d(n_out),
            nn.LeakyReLU(_SLOPE),
        ]
    return nn.Sequential(
        *layers, nn.Flatten(), nn.LayerNorm(filters * (image_size // 8) ** 2)
    )


def paper_conv_decoder(latent_dim: int, image_size: int, filters: int) -> nn.Sequential:
    """Return the papers' decoder, output (B, 3, size, size) in (0, 1)."""
    side = image_size // 8
    layers: list[nn.Module] = [
        nn.Linear(latent_dim, filters * side**2),
        nn.LeakyReLU(_SLOPE),
        nn.Unflatten(1, (filters, side, side)),
    ]
    for n_in, n_out in pairwise((filters, filters // 2, filters // 4, 3)):
        layers += [
            nn.ConvTranspose2d(n_in, n_out, 4, stride=2, padding=1),
            nn.LeakyReLU(_SLOPE),
        ]
    return nn.Sequential(*layers, HalfTanh())


def conv_encoder(image_size: int, filters: int, width: int = 256) -> nn.Sequential:
    """Return our encoder: four halvings, then a linear layer of `width`."""
    widths = (3, filters // 4, filters // 2, filters, filters)
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(widths):
        layers += [
            nn.Conv2d(n_in, n_out, 4, stride=2, padding=1),
            nn.LeakyReLU(_SLOPE),
        ]
    n_flat = filters * (image_size // 16) ** 2
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(n_flat, width), nn.LeakyReLU(_SLOPE)
    )


def conv_decoder(
    latent_dim: int, image_size: int, filters: int, width: int = 256
) -> nn.Sequential:
    """Return our decoder: linear layers, then three doublings, (B, 3, size, size).

    The linear part reaches an eighth of the resolution. Weights of later layers are
    the same at all places, so that fine texture that stays in place is hard for them.
    """
    side = image_size // 8
    layers: list[nn.Module] = [
        nn.Linear(latent_dim, width),
        nn.LeakyReLU(_SLOPE),
        nn.Linear(width, filters * side**2),
        nn.LeakyReLU(_SLOPE),
        nn.Unflatten(1, (filters, side, side)),
    ]
    for n_in, n_out in pairwise((filters, filters // 2, filters // 4)):
        layers += [
            nn.ConvTranspose2d(n_in, n_out, 4, stride=2, padding=1),
            nn.LeakyReLU(_SLOPE),
        ]
    last = nn.ConvTranspose2d(filters // 4, 3, 4, stride=2, padding=1)
    return nn.Sequential(*layers, last, nn.Sigmoid())


def start_evenly(module: nn.Module) -> None:
    """Set weights such that signals neither fade nor grow from layer to layer.

    With PyTorch's own, a stack of six layers starts all but blind to its input, and
    color and texture are not learned in thousands of steps (He et al., ICCV 2015).
    """
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, _SLOPE)
        elif isinstance(layer, nn.ConvTranspose2d):  # each output sees 1 / stride² taps
            n_in, _, height, width = layer.weight.shape
            taps = n_in * height * width / (layer.stride[0] * layer.stride[1])
            nn.init.normal_(layer.weight, std=(2 / (1 + _SLOPE**2) / taps) ** 0.5)
        else:
            continue
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)


def start_as_paper(module: nn.Module) -> None:
    """Set Xavier-uniform weights and biases of 0.01 in all linear and conv layers."""
    for layer in module.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.constant_(layer.bias, 0.01)
