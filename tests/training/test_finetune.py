from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
import torch

from napari_disentangle.errors import ConfigError, ModelError
from napari_disentangle.factors import FactorSpace
from napari_disentangle.models.build import build_model
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.storage.replay import Replay
from napari_disentangle.synthetic.sprites import SpriteConfig, TextureSprites
from napari_disentangle.tasks import run
from napari_disentangle.training.batches import RenderedPairs
from napari_disentangle.training.config import LabelSharing, TrainConfig
from napari_disentangle.training.finetune import iter_finetune
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.training.finetune_state import FinetuneState
from napari_disentangle.training.health import encode_all
from napari_disentangle.training.loop import iter_train
from napari_disentangle.training.source import Probe, Source
from napari_disentangle.training.state import TrainState

CPU = torch.device("cpu")
NAMES = ("a", "b", "c", "residual_1", "residual_2")
MODEL = ModelConfig(input_dim=12, hidden=(16, 24), latent_dim=5)
CONFIG = FinetuneConfig(epochs=3, batch=16, min_steps=0, replay_pairs=16)
POSITIONS = np.array(list(product(range(5), range(4), range(3))), np.int64)
CENTERED = POSITIONS - POSITIONS.mean(0)
MIXING = np.random.default_rng(0).normal(size=(3, 12))


@pytest.fixture(scope="module")
def source() -> Source:
    """Return Source data that a fixed matrix makes from three factors."""
    values = (3 * CENTERED @ MIXING).astype(np.float32)
    return Source.of_replay(
        Replay(values, POSITIONS, FactorSpace(("a", "b", "c"), (5, 4, 3)))
    )


@pytest.fixture(scope="module")
def vae(source: Source):
    """Return a model whose dimension i is factor i."""
    config = TrainConfig(
        steps=400, batch_pairs=16, epoch_steps=400, learning_rate=5e-3, seed=0
    )
    state = TrainState.start(build_model(MODEL), config, CPU)
    run(iter_train(state, source.pairs, config, device=CPU))
    return state.model.eval().requires_grad_(False)


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    """Return cells in which the factors do not vary alone, and much else does."""
    rng = np.random.default_rng(1)
    rows = rng.integers(0, len(POSITIONS), 120)
    turned = MIXING[[1, 2, 0]] + rng.normal(size=(3, 12))
    values = 3 * CENTERED[rows] @ turned + 4 * rng.normal(size=(120, 12))
    return values.astype(np.float32)


def tuned(vae, cells, source, config=CONFIG, **options):
    return run(iter_finetune(vae, cells, config, device=CPU, source=source, **options))


def same(one, other) -> bool:
    theirs = other.state_dict()
    return all(torch.equal(value, theirs[k]) for k, value in one.state_dict().items())


def test_fine_tuning_lowers_the_loss_of_the_cells_and_leaves_the_model_alone(
    vae, cells, source
) -> None:
    before = {k: v.clone() for k, v in vae.state_dict().items()}
    events = []
    task = iter_finetune(
        vae, cells, CONFIG.replace(epochs=20), device=CPU, source=source
    )
    result = run(task, events.append)
    assert [event.epoch for event in events] == list(range(1, 21))
    assert result.history == tuple(events)
    assert events[-1].train.reconstruction < 0.8 * events[0].train.reconstruction
    assert all(torch.equal(value, before[k]) for k, value in vae.state_dict().items())
    assert not any(w.requires_grad for w in result.vae.parameters())
    assert events[0].health.names == NAMES


def test_anchored_keeps_names_that_plain_fine_tuning_loses(vae, cells, source) -> None:
    config = CONFIG.replace(epochs=30, learning_rate=1e-2)
    plain = FinetuneConfig(
        mode="paper", epochs=30, batch=16, learning_rate=1e-2, validation=0.1
    )
    kept = tuned(vae, cells, source, config).history[-1].health
    lost = tuned(vae, cells, source, plain).history[-1].health
    assert min(kept.source[:3]) > 0.9
    assert min(lost.source[:3]) < min(kept.source[:3]) - 0.1
    assert kept.mig > lost.mig


def test_the_health_of_an_unchanged_model_is_perfect(vae, cells, source) -> None:
    report = tuned(vae, cells, source, CONFIG.replace(learning_rate=1e-12)).history[-1]
    assert report.health.source == report.health.target == (1.0,) * 5
    assert (report.health.swapped, report.health.dead) == ((), ())
    assert "kept on Source (on cells): a 1.00 (1.00), b 1.00" in str(report)


def test_the_same_seed_gives_the_same_weights(vae, cells, source) -> None:
    one, other = (tuned(vae, cells, source) for _ in range(2))
    assert same(one.vae, other.vae)
    assert not same(tuned(vae, cells, source, CONFIG.replace(seed=1)).vae, one.vae)


@pytest.mark.parametrize("class_weight", [0.0, 5.0])
def test_a_resumed_fine_tuning_equals_an_uninterrupted_one(
    vae, cells, source, class_weight
) -> None:
    config = CONFIG.replace(
        epochs=5, class_weight=class_weight, freeze=("b",), residual_dim=2
    )
    labels = np.arange(len(cells)) % 2
    options = {"source": source, "device": CPU, "labels": labels}
    n_classes = 2 if class_weight else 0
    stopped = FinetuneState.start(vae, config, CPU, NAMES, n_classes)
    task = iter_finetune(vae, cells, config, **options, state=stopped)
    next(task)
    next(task)
    task.close()
    arrays = stopped.to_arrays()
    record = json.loads(json.dumps(stopped.to_record()))

    resumed = FinetuneState.start(vae, config, CPU, NAMES, n_classes)
    resumed.restore(arrays, record)
    result = run(iter_finetune(vae, cells, config, **options, state=resumed))
    whole = run(iter_finetune(vae, cells, config, **options))
    assert same(result.vae, whole.vae)
    assert result.history == whole.history


def test_frozen_dimensions_are_exactly_what_they_were(vae, cells, source) -> None:
    config = CONFIG.replace(freeze=("a", "c"), learning_rate=1e-2)
    result = tuned(vae, cells, source, config)
    old, new = (encode_all(model, cells, CPU) for model in (vae, result.vae))
    assert np.array_equal(old[:, [0, 2]], new[:, [0, 2]])
    assert not np.allclose(old[:, 1], new[:, 1])
    with pytest.raises(ConfigError, match="'d' cannot be frozen: the model has a, b"):
        tuned(vae, cells, source, CONFIG.replace(freeze=("d",)))


def test_new_dimensions_take_up_what_the_old_ones_leave(vae, cells, source) -> None:
    config = CONFIG.replace(epochs=40, learning_rate=5e-3, residual_dim=4)
    wide = tuned(vae, cells, source, config)
    narrow = tuned(vae, cells, source, config.replace(residual_dim=0))
    assert wide.vae.latent_dim == 9
    assert set(wide.history[-1].active) - set(range(5))
    errors = (r.history[-1].train.reconstruction for r in (wide, narrow))
    assert next(errors) < next(errors)
    assert len(wide.history[-1].health.source) == 5


def test_few_labels_shape_the_code(vae, cells, source) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, len(cells))
    marked = cells + 6.0 * labels[:, None] * rng.normal(size=12).astype(np.float32)
    config = CONFIG.replace(epochs=30, class_weight=200.0, labels_per_class=10)
    result = tuned(vae, marked.astype(np.float32), source, config, labels=labels)
    assert len(result.annotated) == 20
    assert result.history[-1].class_error < 0.5 * result.history[0].class_error
    codes = encode_all(result.vae, marked.astype(np.float32), CPU)
    gap = np.abs(codes[labels == 1].mean(0) - codes[labels == 0].mean(0))
    assert (gap / codes.std(0)).max() > 1.2


def test_the_best_epoch_is_kept_and_patience_ends_it(vae, cells, source) -> None:
    config = CONFIG.replace(epochs=500, learning_rate=5e-2, patience=4)
    result = tuned(vae, cells, source, config)
    best = min(result.history, key=lambda report: report.validation.total)
    assert result.stopped_early
    assert result.best_epoch == best.epoch == result.history[-1].epoch - 4


def test_images_are_kept_out_whole(vae, cells, source) -> None:
    groups = np.arange(len(cells)) // 12
    result = tuned(vae, cells, source, groups=groups)
    assert len(result.validation) == 12
    assert not set(groups[result.train]) & set(groups[result.validation])


def test_plain_fine_tuning_needs_no_source_and_anchored_does(vae, cells) -> None:
    config = FinetuneConfig(mode="paper", epochs=2, batch=16)
    result = tuned(vae, cells, None, config)
    assert result.history[-1].health.source == ()
    assert len(result.validation) == 0
    assert "kept on cells: " in str(result.history[-1])
    with pytest.raises(ConfigError, match="replays Source images"):
        tuned(vae, cells, None)


def test_an_exploding_fine_tuning_is_told_in_one_sentence(vae, cells, source) -> None:
    config = CONFIG.replace(learning_rate=1e9, clip_norm=0.0, warm_up=0.0)
    with pytest.raises(ModelError, match="no longer a finite number"):
        tuned(vae, cells, source, config)


def test_a_checkpoint_of_another_model_is_refused(vae) -> None:
    state = FinetuneState.start(vae, CONFIG, CPU, NAMES, 2)
    other = FinetuneState.start(vae, CONFIG.replace(residual_dim=1), CPU, NAMES, 2)
    with pytest.raises(ModelError, match="does not fit"):
        other.restore(state.to_arrays(), state.to_record())
    plain = FinetuneState.start(vae, CONFIG, CPU, NAMES)
    with pytest.raises(ModelError, match="no such classifier"):
        state.restore(plain.to_arrays(), plain.to_record())


def test_pixels_are_fine_tuned_from_bytes_and_drawn_pairs(tmp_path) -> None:
    config = ModelConfig(kind="pixels", image_size=32, filters=8, latent_dim=7)
    model = build_model(config).eval().requires_grad_(False)
    sprites = TextureSprites(SpriteConfig(size=32))
    rng = np.random.default_rng(0)
    images = sprites.render(sprites.space.sample(rng, 40), rng)
    file = np.memmap(tmp_path / "crops", np.uint8, "w+", shape=images.shape)
    file[:] = np.round(255 * images)
    probe = Probe.drawn(sprites, rng)
    source = Source(RenderedPairs(sprites), probe, LabelSharing())
    tuning = CONFIG.replace(epochs=2, replay_pairs=4)
    result = tuned(model, file, source, tuning)
    assert len(result.history[-1].health.source) == 7
    first, last = result.history[0].train, result.history[-1].train
    assert last.reconstruction < first.reconstruction
