"""What training minimizes: the two halves of a pair, with what they share averaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from napari_disentangle.models.gaussian import Gaussian
from napari_disentangle.models.losses import Loss, elbo
from napari_disentangle.models.sharing import (
    adaptive_mask,
    label_mask,
    share,
    share_product,
)
from napari_disentangle.training.config import AdaptiveSharing, LabelSharing

if TYPE_CHECKING:
    from torch import Tensor

    from napari_disentangle.models.config import Reconstruction
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.training.batches import PairBatch
    from napari_disentangle.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Objective:
    """The loss of a batch of pairs.

    Attributes
    ----------
    config : TrainConfig
        Sharing, and the extra weight of spare dimensions.
    n_factors : int
        Number of factors; with label sharing, further dimensions are spare.
    reconstruction : str
        Which error of a reconstruction.
    """

    config: TrainConfig
    n_factors: int
    reconstruction: Reconstruction = "squared_error"

    def loss(
        self,
        model: VAE,
        batch: PairBatch,
        noise: torch.Generator,
        *,
        beta: float,
        invariance: float | Tensor,
    ) -> Loss:
        """Return the mean of both elements' losses, plus the invariance penalty.

        Parameters
        ----------
        model : VAE
            The model.
        batch : PairBatch
            Pairs on the model's device.
        noise : torch.Generator
            Draws the codes, independently for the two elements of a pair.
        beta : float
            Weight of the KL term.
        invariance : float, or Tensor of (L,)
            Weight of the squared gaps between shared means, for all dimensions or each
            its own.
        """
        q1, q2 = model.encode(batch.x).split()  # (B, L) each
        owners = self._owners(q1.mean)  # (L,)
        changed = self._changed(q1, q2, batch.factor, owners)  # (B, L)
        gap = torch.where(changed, 0.0, q1.mean - q2.mean)
        posterior = Gaussian.join(*self._share(q1, q2, changed))  # (2 B, L)
        decoded = model.decode(posterior.sample(noise)).float()
        weights = self._beta_weights(owners, beta)
        loss = elbo(batch.x, decoded, posterior, weights, self.reconstruction)
        penalty = (invariance * gap.square()).sum(1).mean()
        return Loss(loss.total + penalty, loss.reconstruction, loss.kl)

    def _owners(self, mean: Tensor) -> Tensor:
        """Return the factor that owns each dimension, (L,); -1 where none is known."""
        latent_dim, sharing = mean.shape[1], self.config.sharing
        if isinstance(sharing, LabelSharing):
            known = sharing.owners(self.n_factors, latent_dim)
            return torch.tensor(known, device=mean.device)
        return torch.full((latent_dim,), -1, device=mean.device)

    def _changed(
        self, q1: Gaussian, q2: Gaussian, factor: Tensor, owners: Tensor
    ) -> Tensor:
        if isinstance(self.config.sharing, LabelSharing):
            return label_mask(factor, owners)
        return adaptive_mask(q1, q2)

    def _share(
        self, q1: Gaussian, q2: Gaussian, changed: Tensor
    ) -> tuple[Gaussian, Gaussian]:
        sharing = self.config.sharing
        if isinstance(sharing, AdaptiveSharing) and sharing.mean == "product":
            return share_product(q1, q2, changed)
        return share(q1, q2, changed)

    def _beta_weights(self, owners: Tensor, beta: float) -> Tensor:
        """Return the KL weight of each dimension, (L,)."""
        weights = torch.full(owners.shape, beta, device=owners.device)
        if isinstance(self.config.sharing, LabelSharing):
            weights[owners < 0] *= self.config.sharing.spare_beta
        return weights
