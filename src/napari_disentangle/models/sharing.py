"""Weak supervision: a pair of images shares all dimensions but the changed ones.

Two ways to know which dimensions changed. With **labels**, factor i changed and
the dimensions that factor i owns are kept, so that they *are* factor i by construction
(one each, or two for a factor that goes around, such as an angle). **Adaptively**
(Locatello et al., 2020), the dimensions whose posteriors differ most are kept; which
factor a dimension holds must then be measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from napari_disentangle.models.gaussian import Gaussian

if TYPE_CHECKING:
    from torch import Tensor


def label_mask(factor: Tensor, owners: Tensor) -> Tensor:
    """Return which dimensions differ within each pair, (B, L) bool.

    Parameters
    ----------
    factor : Tensor, (B,), int64
        The factor that differs within each pair.
    owners : Tensor, (L,), int64
        The factor that owns each dimension, -1 for a spare one, always shared.
    """
    return factor[:, None] == owners


def adaptive_mask(q1: Gaussian, q2: Gaussian) -> Tensor:
    """Return which dimensions differ within each pair, (B, L) bool.

    A dimension counts as changed where its symmetric KL is at least half way between
    the smallest and the largest of *its own pair* (Locatello et al., 2020). A pair
    whose dimensions all differ by the same amount, as an identical one, shares all.
    """
    delta = 0.5 * (q1.kl_to(q2) + q2.kl_to(q1)).detach()  # (B, L)
    low, high = delta.aminmax(dim=1, keepdim=True)  # (B, 1) each
    return (delta >= 0.5 * (low + high)) & (high > low)


def share(q1: Gaussian, q2: Gaussian, changed: Tensor) -> tuple[Gaussian, Gaussian]:
    """Average the posteriors wherever `changed`, (B, L), is False (Ada-GVAE)."""
    return _keep(q1, q2, changed, q1.average(q2))


def share_product(
    q1: Gaussian, q2: Gaussian, changed: Tensor
) -> tuple[Gaussian, Gaussian]:
    """Multiply the posteriors wherever `changed`, (B, L), is False (Ada-ML-VAE)."""
    return _keep(q1, q2, changed, q1.product(q2))


def _keep(
    q1: Gaussian, q2: Gaussian, changed: Tensor, shared: Gaussian
) -> tuple[Gaussian, Gaussian]:
    def pick(own: Gaussian) -> Gaussian:
        return Gaussian(
            torch.where(changed, own.mean, shared.mean),
            torch.where(changed, own.log_var, shared.log_var),
        )

    return pick(q1), pick(q2)
