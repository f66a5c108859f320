from __future__ import annotations

import torch
from torch.distributions import Normal, kl_divergence

from napari_disentangle.models.gaussian import Gaussian


def random_gaussian(seed: int, n: int = 32, latent_dim: int = 10) -> Gaussian:
    rng = torch.Generator().manual_seed(seed)
    mean, log_var = torch.randn(2, n, latent_dim, generator=rng, dtype=torch.float64)
    return Gaussian(mean, log_var)


def test_kl_to_standard_equals_torch_distributions() -> None:
    q = random_gaussian(0)
    standard = Normal(torch.zeros_like(q.mean), torch.ones_like(q.mean))
    torch.testing.assert_close(
        q.kl_to_standard(), kl_divergence(Normal(q.mean, q.sd), standard)
    )


def test_kl_to_another_equals_torch_distributions() -> None:
    q1, q2 = random_gaussian(0), random_gaussian(1)
    expected = kl_divergence(Normal(q1.mean, q1.sd), Normal(q2.mean, q2.sd))
    torch.testing.assert_close(q1.kl_to(q2), expected)


def test_average_is_the_mean_of_means_and_of_variances() -> None:
    q1, q2 = random_gaussian(0), random_gaussian(1)
    shared = q1.average(q2)
    torch.testing.assert_close(shared.mean, (q1.mean + q2.mean) / 2)
    torch.testing.assert_close(shared.var, (q1.var + q2.var) / 2)


def test_product_is_weighted_by_precision() -> None:
    q1, q2 = random_gaussian(0), random_gaussian(1)
    shared = q1.product(q2)
    var = 2 * q1.var * q2.var / (q1.var + q2.var)
    torch.testing.assert_close(shared.var, var)
    torch.testing.assert_close(
        shared.mean, (q1.mean / q1.var + q2.mean / q2.var) * var / 2
    )


def test_sample_has_the_moments_and_follows_its_generator() -> None:
    q = Gaussian(torch.full((20_000, 1), 2.0), torch.full((20_000, 1), -2.0))
    drawn = q.sample(torch.Generator().manual_seed(0))
    assert abs(drawn.mean().item() - 2.0) < 0.02
    assert abs(drawn.std().item() - q.sd[0].item()) < 0.01
    again = q.sample(torch.Generator().manual_seed(0))
    assert torch.equal(drawn, again)


def test_split_undoes_join() -> None:
    q1, q2 = random_gaussian(0), random_gaussian(1)
    first, second = q1.join(q2).split()
    assert torch.equal(first.mean, q1.mean)
    assert torch.equal(second.log_var, q2.log_var)
