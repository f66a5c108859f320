from __future__ import annotations

import torch

from napari_disentangle.models.gaussian import Gaussian
from napari_disentangle.models.losses import (
    bernoulli,
    elbo,
    paper_features,
    squared_error,
)


def test_squared_error_is_summed_over_an_input() -> None:
    x, decoded = torch.zeros(2, 3, 4), torch.full((2, 3, 4), 0.5)
    assert squared_error(x, decoded).tolist() == [3.0, 3.0]


def test_paper_feature_loss_is_d_times_the_squared_error() -> None:
    x, decoded = torch.rand(5, 768), torch.rand(5, 768)
    torch.testing.assert_close(
        paper_features(x, decoded), 768**2 * (x - decoded).square().mean(1)
    )


def test_bernoulli_is_minus_the_log_likelihood_and_finite_at_the_ends() -> None:
    x, decoded = torch.rand(4, 3, 2, 2), torch.rand(4, 3, 2, 2)
    likelihood = x * decoded.log() + (1 - x) * (1 - decoded).log()
    torch.testing.assert_close(bernoulli(x, decoded), -likelihood.sum((1, 2, 3)))
    assert torch.isfinite(bernoulli(torch.ones(1, 4), torch.zeros(1, 4))).all()


def test_elbo_adds_the_weighted_divergences() -> None:
    q = Gaussian(torch.randn(6, 3), torch.randn(6, 3))
    x, decoded = torch.rand(6, 8), torch.rand(6, 8)
    kl = q.kl_to_standard().mean(0)
    loss = elbo(x, decoded, q, 2.0)
    torch.testing.assert_close(loss.total, loss.reconstruction + 2 * kl.sum())
    weights = torch.tensor([0.0, 1.0, 4.0])
    each = elbo(x, decoded, q, weights)
    torch.testing.assert_close(each.total, each.reconstruction + (weights * kl).sum())
