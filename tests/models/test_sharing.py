from __future__ import annotations

import pytest
import torch

from napari_disentangle.models.gaussian import Gaussian
from napari_disentangle.models.sharing import (
    adaptive_mask,
    label_mask,
    share,
    share_product,
)


def random_pair(
    seed: int, n: int = 64, latent_dim: int = 10
) -> tuple[Gaussian, Gaussian]:
    rng = torch.Generator().manual_seed(seed)
    values = torch.randn(4, n, latent_dim, generator=rng)
    return Gaussian(values[0], values[1]), Gaussian(values[2], values[3])


def rows(q: Gaussian, keep: slice) -> Gaussian:
    return Gaussian(q.mean[keep], q.log_var[keep])


def test_label_mask_keeps_only_the_dimensions_of_the_changed_factor() -> None:
    owners = torch.tensor([0, 1, 2, 3, 3, -1])
    mask = label_mask(torch.tensor([0, 3]), owners)
    assert mask.tolist() == [
        [True, False, False, False, False, False],
        [False, False, False, True, True, False],
    ]


def test_adaptive_mask_finds_the_planted_dimension() -> None:
    q1, _ = random_pair(0)
    planted = torch.arange(64) % 10
    shift = torch.nn.functional.one_hot(planted, 10) * 5.0 + 0.01
    q2 = Gaussian(q1.mean + shift, q1.log_var)
    flat = Gaussian(q1.mean, torch.zeros_like(q1.mean))
    moved = Gaussian(q2.mean, torch.zeros_like(q1.mean))
    found = adaptive_mask(flat, moved)
    assert torch.equal(found, label_mask(planted, torch.arange(10)))


@pytest.mark.parametrize("seed", range(5))
def test_adaptive_mask_ignores_other_pairs(seed: int) -> None:
    q1, q2 = random_pair(seed)
    alone = adaptive_mask(rows(q1, slice(0, 1)), rows(q2, slice(0, 1)))
    assert torch.equal(adaptive_mask(q1, q2)[:1], alone)


def test_adaptive_mask_equals_a_two_bin_histogram_of_each_pair() -> None:
    q1, q2 = random_pair(3)
    delta = 0.5 * (q1.kl_to(q2) + q2.kl_to(q1))
    for row, mask in zip(delta, adaptive_mask(q1, q2), strict=True):
        edges = torch.linspace(row.min().item(), row.max().item(), 3)
        assert torch.equal(row >= edges[1], mask)


@pytest.mark.parametrize("sharing", [share, share_product])
def test_equal_posteriors_share_all_with_finite_gradients(sharing) -> None:
    mean = torch.zeros(4, 10, requires_grad=True)
    log_var = torch.zeros(4, 10, requires_grad=True)
    q = Gaussian(mean, log_var)
    mask = adaptive_mask(q, q)
    assert not mask.any()
    q1, q2 = sharing(q, q, mask)
    torch.testing.assert_close(q1.mean, q2.mean)
    (q1.kl_to_standard() + q2.sample().square()).sum().backward()
    assert torch.isfinite(mean.grad).all()
    assert torch.isfinite(log_var.grad).all()


@pytest.mark.parametrize("sharing", [share, share_product])
def test_extreme_posteriors_have_finite_gradients(sharing) -> None:
    mean = torch.tensor([[30.0, -30.0]], requires_grad=True)
    log_var = torch.tensor([[-20.0, 10.0]], requires_grad=True)
    other = Gaussian(torch.zeros(1, 2), torch.tensor([[10.0, -20.0]]))
    q = Gaussian(mean, log_var)
    q1, q2 = sharing(q, other, torch.zeros(1, 2, dtype=torch.bool))
    (q1.kl_to_standard() + q2.kl_to_standard()).sum().backward()
    assert torch.isfinite(mean.grad).all()
    assert torch.isfinite(log_var.grad).all()


@pytest.mark.parametrize("sharing", [share, share_product])
def test_sharing_where_all_changed_is_a_no_op(sharing) -> None:
    q1, q2 = random_pair(1)
    kept1, kept2 = sharing(q1, q2, torch.ones(64, 10, dtype=torch.bool))
    assert torch.equal(kept1.mean, q1.mean)
    assert torch.equal(kept2.log_var, q2.log_var)
