from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_disentangle.config import check_config, read_config
from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.factors import FactorSpace
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.recipes.source_data import (
    SourceDataConfig,
    encode,
    iter_source_data,
    split_grid,
)
from napari_disentangle.recipes.train_source import SourceConfig, train_source
from napari_disentangle.storage.models import read_model
from napari_disentangle.synthetic.sprites import SpriteConfig, TextureSprites
from napari_disentangle.tables import NAMED_FACTORS
from napari_disentangle.training.config import DecoderConfig, TrainConfig

ROOT = Path(__file__).resolve().parents[2]

TINY = SourceConfig(
    name="tiny",
    data=SourceDataConfig(held_out=0.6, max_values=2, n_components=16),
    model=ModelConfig(input_dim=16, hidden=(32, 48), latent_dim=7),
    train=TrainConfig(steps=40, epoch_steps=20, batch_pairs=16, learning_rate=5e-3),
    pictures=DecoderConfig(steps=4, batch=4),
    n_pictures=32,
    half=False,
)


def test_the_bundled_models_config_can_be_read() -> None:
    config = read_config(SourceConfig, ROOT / "configs" / "features.toml")
    assert config.name == "features"
    assert config.data.sprites.orientation == "full"


def test_held_out_combinations_are_not_learned() -> None:
    space = FactorSpace(("a", "b", "c"), (5, 6, 7))
    train, test = split_grid(space, SourceDataConfig(held_out=0.2))
    both = np.concatenate([space.to_index(g.positions) for g in (train, test)])
    assert len(test) == 42
    assert np.array_equal(np.sort(both), np.arange(210))


def test_a_thinned_grid_keeps_the_extremes_of_each_factor() -> None:
    space = FactorSpace(("a", "b"), (5, 2))
    train, test = split_grid(space, SourceDataConfig(max_values=3))
    both = np.concatenate([train.positions, test.positions])
    assert {tuple(row) for row in both} == {(a, b) for a in (0, 2, 4) for b in (0, 1)}


def test_a_grid_gives_the_same_jitter_at_every_size() -> None:
    small, large = (TextureSprites(SpriteConfig(size=size)) for size in (32, 64))
    train, _ = split_grid(small.space, SourceDataConfig(max_values=2))
    pairs = zip(train.images(small, 16), train.images(large, 16), strict=True)
    for one, other in pairs:
        halved = other.reshape(len(other), 3, 32, 2, 32, 2).mean((3, 5))
        assert np.abs(halved - one).mean() < 0.02


@pytest.mark.parametrize(
    "values",
    [
        {"model": {"kind": "pixels"}},
        {"model": {"input_dim": 100}},
        {"data": {"images": 3}},
    ],
)
def test_impossible_configs_are_refused(values) -> None:
    with pytest.raises(ConfigError):
        check_config(SourceConfig, values)


def test_held_out_combinations_without_pairs_are_refused_before_the_work() -> None:
    config = SourceDataConfig(held_out=0.1, max_values=2)
    with pytest.raises(DataError, match="intervention pairs"):
        next(iter_source_data(config))


@pytest.mark.slow
def test_a_tiny_source_model_is_trained_scored_written_and_not_made_twice(
    tmp_path,
) -> None:
    models = train_source(TINY, tmp_path, n_seeds=2, device="cpu")
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["seed_0", "seed_1"]
    first = read_model(tmp_path / "seed_0")
    assert first.id == models[0].id != models[1].id
    assert first.dimensions == (*NAMED_FACTORS, "residual_1", "residual_2")
    assert first.card.picture_source == "synthetic"
    assert first.card.dimensions[3].direction == "larger"
    assert first.card.scores["readout.color"].chance == pytest.approx(1 / 7, abs=1e-3)
    assert first.card.scores["scale.spearman"].value > 0
    n = first.card.model.input_dim
    assert encode(first.vae, np.zeros((2, n), np.float32)).shape == (2, 7)

    written = (tmp_path / "seed_0" / "weights.safetensors").stat().st_mtime_ns
    train_source(TINY, tmp_path, n_seeds=2, device="cpu")
    again = (tmp_path / "seed_0" / "weights.safetensors").stat().st_mtime_ns
    assert again == written
