"""Fitting an image decoder on finished codes; the encoder learns nothing from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import l1_loss

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from napari_disentangle.models.decoder import ImageDecoder
    from napari_disentangle.tasks import Task
    from napari_disentangle.training.config import DecoderConfig

_LEAST_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class DecoderReport:
    """Some steps of fitting.

    Attributes
    ----------
    step, total : int
        Optimizer steps done and expected.
    loss : float
        Error of the last batch; lower is better.
    """

    step: int
    total: int
    loss: float


def iter_fit_decoder(
    decoder: ImageDecoder,
    codes: NDArray[np.float32],
    images: NDArray[np.float32] | NDArray[np.uint8],
    config: DecoderConfig,
    *,
    device: torch.device,
) -> Task[DecoderReport, ImageDecoder]:
    """Fit `decoder` in place so that it draws `images` from `codes`.

    Parameters
    ----------
    decoder : ImageDecoder
        The decoder; it also learns the center and spread of the codes.
    codes : array, (N, L), float32
        Finished codes: arrays, so no gradient can reach an encoder.
    images : array, (N, 3, size, size)
        Pictures in [0, 1], or in 0..255 as uint8.
    config : DecoderConfig
        How to fit.
    device : torch.device
        Where to fit.

    Raises
    ------
    DataError
        If there are no pictures, or shapes do not fit the decoder.
    """
    _check(decoder, codes, images)
    z, pictures = torch.from_numpy(codes), torch.from_numpy(images)
    decoder.center.copy_(z.mean(0))
    decoder.spread.copy_(z.std(0, correction=0).clamp(min=_LEAST_SPREAD))
    decoder.to(device).to(memory_format=torch.channels_last).train()
    noise_sd = config.code_noise * decoder.spread
    generator = torch.Generator().manual_seed(config.seed)
    optimizer = torch.optim.Adam(decoder.parameters(), lr=config.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, config.learning_rate, total_steps=config.steps + 1, pct_start=0.1
    )
    for step in range(1, config.steps + 1):
        rows = torch.randint(len(z), (config.batch,), generator=generator)
        noise = torch.randn(config.batch, z.shape[1], generator=generator)
        wanted = _as_float(pictures[rows]).to(device)
        drawn = decoder(z[rows].to(device) + noise_sd * noise.to(device))
        loss = picture_loss(drawn, wanted, config.edge_weight)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
        if step % config.report_steps == 0 or step == config.steps:
            yield DecoderReport(step, config.steps, loss.item())
    return decoder.eval()


def picture_loss(drawn: Tensor, wanted: Tensor, edge_weight: float) -> Tensor:
    """Return the error of pictures, (B, 3, H, W) both; 0 where they are equal.

    Absolute error keeps contrast, squared error keeps mean color, and the absolute
    error of horizontal and vertical differences keeps edges.
    """
    gap = drawn - wanted
    edges = sum(l1_loss(d, torch.zeros_like(d)) for d in (gap.diff(dim=2), gap.diff()))
    return gap.abs().mean() + gap.square().mean() + edge_weight * edges


def _as_float(pictures: Tensor) -> Tensor:
    return pictures / 255.0 if pictures.dtype == torch.uint8 else pictures.float()


def _check(
    decoder: ImageDecoder,
    codes: NDArray[np.float32],
    images: NDArray[np.float32] | NDArray[np.uint8],
) -> None:
    n = len(codes)
    shapes = (n, decoder.latent_dim), (n, 3, decoder.size, decoder.size)
    if n == 0 or codes.shape != shapes[0] or images.shape != shapes[1]:
        raise DataError(
            f"An image decoder needs codes and pictures of shapes {shapes}, at least "
            f"one; got {codes.shape} and {images.shape}."
        )
