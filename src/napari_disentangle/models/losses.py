"""The terms of the evidence lower bound, in nats up to constants; lower is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch.nn.functional import binary_cross_entropy

if TYPE_CHECKING:
    from torch import Tensor

    from napari_disentangle.models.config import Reconstruction
    from napari_disentangle.models.gaussian import Gaussian


@dataclass(frozen=True, slots=True)
class Loss:
    """One batch's loss.

    Attributes
    ----------
    total : Tensor, ()
        What is minimized: ``reconstruction`` plus the weighted divergences.
    reconstruction : Tensor, ()
        Mean error of a reconstruction.
    kl : Tensor, (L,)
        Mean KL divergence of each dimension to N(0, 1), in nats, unweighted.
    """

    total: Tensor
    reconstruction: Tensor
    kl: Tensor


def bernoulli(x: Tensor, decoded: Tensor) -> Tensor:
    """Return the summed cross-entropy of each image, (B,); both in [0, 1].

    Decoded values are kept 1e-6 away from 0 and 1, as in the papers.
    """
    safe = decoded.clamp(1e-6, 1.0 - 1e-6)
    return binary_cross_entropy(safe, x, reduction="none").flatten(1).sum(1)


def squared_error(x: Tensor, decoded: Tensor) -> Tensor:
    """Return the summed squared error of each input, (B,)."""
    return (x - decoded).square().flatten(1).sum(1)


def paper_features(x: Tensor, decoded: Tensor) -> Tensor:
    """Return the papers' feature loss, (B,): D times the summed squared error."""
    return x[0].numel() * squared_error(x, decoded)


RECONSTRUCTIONS = {
    "bernoulli": bernoulli,
    "squared_error": squared_error,
    "paper_features": paper_features,
}


def elbo(
    x: Tensor,
    decoded: Tensor,
    posterior: Gaussian,
    beta: float | Tensor,
    reconstruction: Reconstruction = "squared_error",
) -> Loss:
    """Return the negative, beta-weighted evidence lower bound of a batch.

    Parameters
    ----------
    x, decoded : Tensor, (B, ...)
        Inputs and their reconstructions.
    posterior : Gaussian, (B, L)
        The posteriors that were decoded, after sharing.
    beta : float, or Tensor of (L,)
        Weight of the KL term, for all dimensions or each its own.
    reconstruction : str
        Which error of a reconstruction.
    """
    error = RECONSTRUCTIONS[reconstruction](x, decoded).mean()
    kl = posterior.kl_to_standard().mean(0)  # (L,)
    return Loss(error + (beta * kl).sum(), error, kl)
