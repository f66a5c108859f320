"""Diagonal Gaussians: the posterior of a batch of codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Gaussian:
    """Independent normal distributions, one for each number of a batch of codes.

    A type of its own, so that a mean cannot be passed where a scale is meant.

    Attributes
    ----------
    mean : Tensor, (B, L)
        Means.
    log_var : Tensor, (B, L)
        Natural logarithms of the variances.
    """

    mean: Tensor
    log_var: Tensor

    @property
    def var(self) -> Tensor:
        return self.log_var.exp()

    @property
    def sd(self) -> Tensor:
        return (0.5 * self.log_var).exp()

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """Return one draw of each distribution, (B, L), differentiable.

        Parameters
        ----------
        generator : torch.Generator, optional
            Source of randomness, on the device of the mean.
        """
        noise = torch.randn(
            self.mean.shape,
            generator=generator,
            device=self.mean.device,
            dtype=self.mean.dtype,
        )
        return self.mean + self.sd * noise

    def kl_to_standard(self) -> Tensor:
        """Return the KL divergence to N(0, 1) in nats, (B, L), at least 0."""
        return 0.5 * (self.mean.square() + self.var - 1.0 - self.log_var)

    def kl_to(self, other: Gaussian) -> Tensor:
        """Return KL(self || other) in nats, (B, L), at least 0."""
        gap = (self.mean - other.mean).square()
        ratio = (self.log_var - other.log_var).exp() + gap * (-other.log_var).exp()
        return 0.5 * (ratio - 1.0 + other.log_var - self.log_var)

    def average(self, other: Gaussian) -> Gaussian:
        """Return the means of both means and of both variances (Ada-GVAE)."""
        log_var = torch.logaddexp(self.log_var, other.log_var) - _LOG_2
        return Gaussian(0.5 * (self.mean + other.mean), log_var)

    def product(self, other: Gaussian) -> Gaussian:
        """Return the normalised geometric mean of both densities (Ada-ML-VAE).

        Its precision is the mean precision, its mean is weighted by precision.
        """
        log_precision = torch.logaddexp(-self.log_var, -other.log_var)
        weight = torch.sigmoid(other.log_var - self.log_var)
        mean = weight * self.mean + (1.0 - weight) * other.mean
        return Gaussian(mean, _LOG_2 - log_precision)

    def split(self) -> tuple[Gaussian, Gaussian]:
        """Return the first and the second half of the batch, (B / 2, L) each."""
        mean1, mean2 = self.mean.chunk(2)
        log_var1, log_var2 = self.log_var.chunk(2)
        return Gaussian(mean1, log_var1), Gaussian(mean2, log_var2)

    def join(self, other: Gaussian) -> Gaussian:
        """Return both batches as one, (2 B, L), this one first."""
        return Gaussian(
            torch.cat([self.mean, other.mean]),
            torch.cat([self.log_var, other.log_var]),
        )


_LOG_2 = 0.6931471805599453
