"""What fine-tuning minimizes: cells, Source pairs and annotated cells together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import cross_entropy

from napari_disentangle.models.losses import Loss, elbo
from napari_disentangle.training.config import TrainConfig
from napari_disentangle.training.objective import Objective

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, nn

    from napari_disentangle.models.config import Reconstruction
    from napari_disentangle.models.vae import VAE
    from napari_disentangle.training.batches import PairBatch
    from napari_disentangle.training.finetune_config import FinetuneConfig
    from napari_disentangle.training.source import Source


@dataclass(frozen=True, slots=True)
class MixedLoss:
    """Losses of one batch.

    Attributes
    ----------
    cells : Loss
        Evidence lower bound of the cells.
    anchor, classes : Tensor, ()
        Unweighted losses of Source pairs and of the classifier; 0 where there are none.
    total : Tensor, ()
        All that is minimized.
    """

    cells: Loss
    anchor: Tensor
    classes: Tensor
    total: Tensor

    def detach(self) -> MixedLoss:
        """Return the numbers without their history."""
        cells = self.cells
        return MixedLoss(
            Loss(
                cells.total.detach(), cells.reconstruction.detach(), cells.kl.detach()
            ),
            self.anchor.detach(),
            self.classes.detach(),
            self.total.detach(),
        )


class Mixture:
    """The loss of a fine-tuning.

    Parameters
    ----------
    config : FinetuneConfig
        Weights of the parts.
    source : Source or None
        How Source pairs are shared; None if there are none.
    reconstruction : str
        Which error of a reconstruction.
    """

    def __init__(
        self,
        config: FinetuneConfig,
        source: Source | None,
        reconstruction: Reconstruction,
    ) -> None:
        self._config = config
        self._reconstruction = reconstruction
        self._of_pairs = None
        if source is not None:
            learned = TrainConfig(sharing=source.sharing)
            self._of_pairs = Objective(learned, source.pairs.n_factors, reconstruction)

    def loss(
        self,
        model: VAE,
        x: Tensor,
        noise: torch.Generator,
        *,
        pairs: PairBatch | None = None,
        head: nn.Linear | None = None,
        annotated: tuple[Tensor, Tensor] | None = None,
    ) -> MixedLoss:
        """Return the loss of a batch.

        Parameters
        ----------
        model : VAE
            The model being fine-tuned.
        x : Tensor, (B, ...)
            Cells.
        noise : torch.Generator
            Draws the codes.
        pairs : PairBatch, optional
            Source pairs.
        head : Linear, optional
            Classifier on the code.
        annotated : tuple of Tensor, (A, ...) and (A,), optional
            Annotated cells and their classes.
        """
        config = self._config
        cells = self.of_cells(model, x, noise)
        total, none = cells.total, torch.zeros_like(cells.total)
        anchor, classes = none, none
        if pairs is not None and self._of_pairs is not None:
            anchor = self._of_pairs.loss(
                model,
                pairs,
                noise,
                beta=config.beta,
                invariance=self._invariance(pairs.x.device, model.latent_dim),
            ).total
            total = total + config.anchor_weight * anchor
        if head is not None and annotated is not None:
            codes = model.encode(annotated[0]).mean
            classes = cross_entropy(head(codes), annotated[1])
            total = total + config.class_weight * classes
        return MixedLoss(cells, anchor, classes, total)

    def _invariance(self, device: torch.device, latent_dim: int) -> Tensor:
        """Return the weight of each dimension, (L,), none for new ones.

        These are read at random at first, and would fall silent at once.
        """
        weights = torch.full((latent_dim,), self._config.invariance, device=device)
        weights[latent_dim - self._config.residual_dim :] = 0.0
        return weights

    def of_cells(self, model: VAE, x: Tensor, noise: torch.Generator) -> Loss:
        """Return the evidence lower bound of cells, (B, ...)."""
        posterior = model.encode(x)
        decoded = model.decode(posterior.sample(noise))
        return elbo(x, decoded, posterior, self._config.beta, self._reconstruction)


def average(losses: Sequence[Loss], counts: Sequence[int]) -> Loss:
    """Return the mean of batches of `counts` inputs."""
    n = sum(counts)
    weighted = list(zip(losses, (count / n for count in counts), strict=True))
    return Loss(
        torch.stack([w * loss.total for loss, w in weighted]).sum(),
        torch.stack([w * loss.reconstruction for loss, w in weighted]).sum(),
        torch.stack([w * loss.kl for loss, w in weighted]).sum(0),
    )
