from __future__ import annotations

import pytest
import torch

from napari_disentangle.config import check_config
from napari_disentangle.errors import ConfigError
from napari_disentangle.models.build import build_model
from napari_disentangle.models.config import ModelConfig

PAPER_FEATURES = {"variant": "paper", "input_dim": 768}


def n_parameters(config: ModelConfig) -> int:
    return sum(weights.numel() for weights in build_model(config).parameters())


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"kind": "pixels", "variant": "paper", "image_size": 224}, 3_643_159),
        ({"kind": "pixels", "variant": "paper", "image_size": 64}, 601_879),
        ({**PAPER_FEATURES, "hidden": (512, 1024, 1536)}, 5_033_748),
        ({**PAPER_FEATURES, "hidden": (256, 512, 768)}, 1_468_692),
    ],
)
def test_paper_models_have_the_papers_parameter_counts(settings, expected) -> None:
    assert n_parameters(ModelConfig(**settings)) == expected


@pytest.mark.parametrize("variant", ["default", "paper"])
@pytest.mark.parametrize("kind", ["features", "pixels"])
def test_a_model_decodes_to_the_shape_it_encodes(kind: str, variant: str) -> None:
    config = ModelConfig(kind=kind, variant=variant, image_size=32, latent_dim=7)
    model = build_model(config)
    x = torch.rand(3, *config.input_shape)
    posterior = model.encode(x)
    assert posterior.mean.shape == posterior.log_var.shape == (3, 7)
    decoded = model.decode(posterior.mean)
    assert decoded.shape == x.shape
    if kind == "pixels" or variant == "paper":
        assert decoded.min() >= 0
        assert decoded.max() <= 1


def test_the_seed_decides_the_weights_and_the_global_state_is_kept() -> None:
    before = torch.random.get_rng_state()
    first, again, other = (build_model(ModelConfig(), seed) for seed in (1, 1, 2))
    assert torch.equal(first.mean_head.weight, again.mean_head.weight)
    assert not torch.equal(first.mean_head.weight, other.mean_head.weight)
    assert torch.equal(before, torch.random.get_rng_state())


def test_paper_layers_start_with_biases_of_a_hundredth() -> None:
    model = build_model(ModelConfig(**PAPER_FEATURES))
    assert (model.encoder[0].bias == 0.01).all()
    assert not (model.mean_head.bias == 0.01).any()


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "pixels", "image_size": 40},
        {"kind": "pixels", "variant": "paper", "image_size": 60},
        {"hidden": ()},
        {"hidden": (256, 0)},
        {"latent": 10},
    ],
)
def test_impossible_models_are_refused_in_one_sentence(values) -> None:
    with pytest.raises(ConfigError):
        check_config(ModelConfig, values)


def test_a_config_survives_json() -> None:
    config = ModelConfig(hidden=(8, 16), latent_dim=3)
    assert ModelConfig.model_validate_json(config.model_dump_json()) == config


def test_fresh_pixel_models_see_their_input_and_draw_with_contrast() -> None:
    model = build_model(ModelConfig(kind="pixels", filters=64), seed=0)
    pictures = torch.rand(16, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    codes = torch.randn(16, 10, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert model.encode(pictures).mean.std(0).min() > 0.05
        assert model.decode(codes).std() > 0.1
