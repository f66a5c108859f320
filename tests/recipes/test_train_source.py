from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from napari_disentangle.config import check_config, read_config
from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.factors import FactorSpace
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.recipes.source_config import SourceConfig, plan_runs
from napari_disentangle.recipes.source_data import (
    SourceDataConfig,
    encode,
    iter_source_data,
    split_grid,
)
from napari_disentangle.recipes.train_source import iter_train_source, train_source
from napari_disentangle.storage.history import read_history
from napari_disentangle.storage.layout import checkpoint_beside
from napari_disentangle.storage.models import read_model
from napari_disentangle.synthetic.sprites import SpriteConfig, TextureSprites
from napari_disentangle.tables import NAMED_FACTORS
from napari_disentangle.training.batches import GridPairs
from napari_disentangle.training.config import (
    AdaptiveSharing,
    DecoderConfig,
    TrainConfig,
)
from napari_disentangle.training.state import EpochReport

ROOT = Path(__file__).resolve().parents[2]

TINY = SourceConfig(
    name="tiny",
    data=SourceDataConfig(held_out=0.6, max_values=2, n_components=16),
    model=ModelConfig(input_dim=16, hidden=(32, 48), latent_dim=7),
    train=TrainConfig(steps=40, epoch_steps=20, batch_pairs=16, learning_rate=5e-3),
    pictures=DecoderConfig(steps=4, batch=4),
    n_pictures=32,
    n_replay=60,
    n_seeds=2,
    half=False,
)

TINY_PIXELS = SourceConfig(
    name="tiny-pixels",
    data=SourceDataConfig(held_out=0.5, max_values=3),
    model=ModelConfig(kind="pixels", image_size=32, filters=8, latent_dim=8),
    train=TrainConfig(
        steps=20, epoch_steps=10, batch_pairs=8, sharing=AdaptiveSharing()
    ),
    half=False,
)


@pytest.mark.parametrize(
    "path",
    [p for p in sorted((ROOT / "configs").glob("*.toml")) if p.stem != "transfer"],
    ids=lambda path: path.stem,
)
def test_the_configs_of_the_docs_can_be_read(path: Path) -> None:
    assert read_config(SourceConfig, path).name == path.stem


def test_the_bundled_models_learn_the_full_circle() -> None:
    for name in ("features", "pixels"):
        config = read_config(SourceConfig, ROOT / "configs" / f"{name}.toml")
        assert config.data.sprites.orientation == "full"


def test_seeds_and_betas_have_folders_of_their_own(tmp_path: Path) -> None:
    runs = plan_runs(TINY, tmp_path, betas=(1, 2))
    folders = [str(folder.relative_to(tmp_path)) for _, folder in runs]
    assert folders == [f"beta_{b}/seed_{s}" for b in (1, 2) for s in (0, 1)]
    kinds = [(c.train.beta.value, c.train.seed) for c, _ in runs]
    assert kinds == [(1, 0), (1, 1), (2, 0), (2, 1)]
    ((_, alone),) = plan_runs(TINY_PIXELS, tmp_path)
    assert alone == tmp_path


def test_free_sprites_are_learned_as_stars_that_give_pairs() -> None:
    space = TextureSprites(SpriteConfig(size=16, placement="free")).space
    train, test = split_grid(space, SourceDataConfig(n_stars=50))
    assert train.positions.shape == (50 * 8, 7)
    assert len(test) == 2000 * 8
    values = np.zeros((len(train), 2), np.float32)
    assert GridPairs(values, train.positions).n_factors == 7


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
    models = train_source(TINY, tmp_path, device="cpu")
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["seed_0", "seed_1"]
    first = read_model(tmp_path / "seed_0")
    assert first.id == models[0].id != models[1].id
    assert first.dimensions == (*NAMED_FACTORS, "residual_1", "residual_2")
    assert first.card.picture_source == "synthetic"
    assert first.card.dimensions[3].direction == "larger"
    assert first.card.scores["readout.color"].chance == pytest.approx(1 / 7, abs=1e-3)
    assert first.card.scores["scale.spearman"].value > 0
    assert first.card.dimensions[0].associations.keys() == first.card.factors.keys()
    assert first.replay is not None
    n = first.card.model.input_dim
    assert first.replay.values.shape == (13, n)
    assert encode(first.vae, np.zeros((2, n), np.float32)).shape == (2, 7)

    written = (tmp_path / "seed_0" / "weights.safetensors").stat().st_mtime_ns
    train_source(TINY, tmp_path, device="cpu")
    again = (tmp_path / "seed_0" / "weights.safetensors").stat().st_mtime_ns
    assert again == written


def test_a_stopped_training_goes_on_from_its_checkpoint_to_the_same_model(
    tmp_path: Path,
) -> None:
    (whole,) = train_source(TINY_PIXELS, tmp_path / "whole", device="cpu")
    out = tmp_path / "stopped"
    runs = plan_runs(TINY_PIXELS, out)
    task = iter_train_source(runs, device="cpu")
    while not isinstance(event := next(task), EpochReport):
        pass
    task.close()
    assert event.step == 10
    assert checkpoint_beside(out).is_file()
    assert not out.exists()

    again = iter_train_source(runs, device="cpu")
    steps = [event.step for event in again if isinstance(event, EpochReport)]
    assert steps == [20]
    assert not checkpoint_beside(out).exists()
    assert read_model(out).id == whole.id
    curves = [read_history(folder) for folder in (out, tmp_path / "whole")]
    assert [epoch["step"] for epoch in curves[0]] == [10, 20]
    assert curves[0] == curves[1]


def test_a_checkpoint_of_another_config_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "m"
    task = iter_train_source(plan_runs(TINY_PIXELS, out), device="cpu")
    while not isinstance(next(task), EpochReport):
        pass
    task.close()
    other = TINY_PIXELS.replace(train=TINY_PIXELS.train.replace(seed=7))
    runs = plan_runs(other, out)
    events = list(iter_train_source(runs, device="cpu"))
    steps = [event.step for event in events if isinstance(event, EpochReport)]
    assert steps == [10, 20]


def test_a_tiny_model_of_pixels_is_named_by_measurement(tmp_path: Path) -> None:
    (model,) = train_source(TINY_PIXELS, tmp_path / "m", device="cpu")
    assert (model.kind, model.scaler, model.replay) == ("pixels", None, None)
    named = [c for c in model.card.dimensions if c.how_named == "measured"]
    assert {card.name for card in named} == set(NAMED_FACTORS)
    assert len(model.card.scores) == 11
