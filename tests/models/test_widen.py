"""New dimensions change nothing that was there, and have something to say."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from napari_disentangle.models.build import build_model
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.models.decoder import build_decoder
from napari_disentangle.models.widen import widen, widen_pictures

FEATURES = ModelConfig(input_dim=12, hidden=(16, 24), latent_dim=5)
PIXELS = ModelConfig(kind="pixels", image_size=32, filters=8, latent_dim=5)


@pytest.mark.parametrize("config", [FEATURES, PIXELS])
def test_old_dimensions_and_reconstructions_stay(config: ModelConfig) -> None:
    vae = build_model(config).eval()
    wide = widen(vae, 3)
    x = torch.rand(7, *config.input_shape)
    with torch.no_grad():
        old, new = vae.encode(x), wide.encode(x)
        torch.testing.assert_close(new.mean[:, :5], old.mean)
        torch.testing.assert_close(new.log_var[:, :5], old.log_var)
        z = torch.randn(7, 8)
        torch.testing.assert_close(wide.decode(z), vae.decode(z[:, :5]))
        assert new.mean[:, 5:].std(0).min() > 0.01
    assert (vae.latent_dim, wide.latent_dim) == (5, 8)


def test_a_widened_model_is_that_of_the_wider_config() -> None:
    wide = widen(build_model(FEATURES), 3)
    same = build_model(FEATURES.replace(latent_dim=8))
    same.load_state_dict(wide.state_dict())


def test_new_dimensions_can_learn() -> None:
    wide = widen(build_model(FEATURES), 2).requires_grad_(True)
    noise = torch.Generator().manual_seed(0)
    x = torch.rand(7, 12)
    decoded = wide.decode(wide.encode(x).sample(noise))
    (x - decoded).square().sum().backward()
    first = next(m for m in wide.decoder.modules() if isinstance(m, torch.nn.Linear))
    assert first.weight.grad is not None
    assert (first.weight.grad[:, 5:] != 0).any()


def test_the_original_is_not_changed_and_no_new_dimension_is_a_copy() -> None:
    vae = build_model(FEATURES)
    copy = widen(vae, 0)
    assert copy is not vae
    with torch.no_grad():
        copy.mean_head.weight.zero_()
    assert vae.mean_head.weight.abs().sum() > 0


def test_pictures_ignore_new_dimensions() -> None:
    decoder = build_decoder(5, 16).eval()
    wide = widen_pictures(decoder, 3)
    z = torch.from_numpy(np.random.default_rng(0).normal(size=(4, 8))).float()
    with torch.no_grad():
        torch.testing.assert_close(wide(z), decoder(z[:, :5]))
    build_decoder(8, 16).load_state_dict(wide.state_dict())
