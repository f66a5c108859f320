from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
import torch

from napari_disentangle.errors import ModelError
from napari_disentangle.models.build import build_model
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.tasks import run
from napari_disentangle.training.batches import GridPairs
from napari_disentangle.training.config import (
    AdaptiveSharing,
    BetaSchedule,
    LabelSharing,
    TrainConfig,
)
from napari_disentangle.training.loop import iter_train
from napari_disentangle.training.state import TrainState

CPU = torch.device("cpu")
MODEL = ModelConfig(input_dim=12, hidden=(16, 24), latent_dim=5)
CONFIG = TrainConfig(steps=60, batch_pairs=16, epoch_steps=10, validation_pairs=32)


@pytest.fixture(scope="module")
def pairs() -> GridPairs:
    """Return pairs of vectors that a fixed matrix makes from three factors."""
    positions = np.array(list(product(range(5), range(4), range(3))), np.int64)
    mixing = np.random.default_rng(0).normal(size=(3, 12))
    centered = positions - positions.mean(0)
    return GridPairs((3 * centered @ mixing).astype(np.float32), positions)


def started(config: TrainConfig = CONFIG) -> TrainState:
    return TrainState.start(build_model(MODEL, config.seed), config, CPU)


def trained(pairs: GridPairs, config: TrainConfig = CONFIG) -> TrainState:
    state = started(config)
    run(iter_train(state, pairs, config, device=CPU))
    return state


def assert_same(state: TrainState, other: TrainState) -> None:
    mine, theirs = state.to_arrays(), other.to_arrays()
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)
    assert state.to_record() == other.to_record()


def test_training_lowers_the_loss_and_reports_each_epoch(pairs) -> None:
    config = CONFIG.replace(steps=300, epoch_steps=50, learning_rate=5e-3)
    events = []
    state = started(config)
    result = run(iter_train(state, pairs, config, device=CPU), events.append)
    assert [event.step for event in events] == [50, 100, 150, 200, 250, 300]
    assert result.history == tuple(events)
    assert events[-1].train.total < 0.5 * events[0].train.total
    assert not result.stopped_early
    assert set(events[-1].active) >= {0, 1, 2}
    assert len(events[-1].validation.kl) == 5


def test_label_sharing_makes_dimension_i_factor_i(pairs) -> None:
    config = CONFIG.replace(steps=400, epoch_steps=100, learning_rate=5e-3)
    state = trained(pairs, config)
    positions = np.array(list(product(range(5), range(4), range(3))))
    with torch.no_grad():
        codes = state.model.encode(pairs._values).mean.numpy()
    for factor in range(3):
        correlation = np.corrcoef(codes[:, factor], positions[:, factor])[0, 1]
        assert abs(correlation) > 0.95


def test_the_same_seed_gives_the_same_weights(pairs) -> None:
    assert_same(trained(pairs), trained(pairs))
    other = trained(pairs, CONFIG.replace(seed=1))
    assert not torch.equal(
        trained(pairs).model.mean_head.weight, other.model.mean_head.weight
    )


def test_a_resumed_training_equals_an_uninterrupted_one(pairs) -> None:
    stopped = started()
    task = iter_train(stopped, pairs, CONFIG, device=CPU)
    next(task)
    next(task)
    task.close()
    arrays = stopped.to_arrays()
    record = json.loads(json.dumps(stopped.to_record()))

    resumed = started()
    resumed.restore(arrays, record)
    run(iter_train(resumed, pairs, CONFIG, device=CPU))
    assert_same(resumed, trained(pairs))


def test_closing_the_generator_leaves_the_last_report_standing(pairs) -> None:
    state = started()
    task = iter_train(state, pairs, CONFIG, device=CPU)
    report = next(task)
    before = state.to_arrays()
    task.close()
    after = state.to_arrays()
    assert state.step == report.step == 10
    assert state.history == [report]
    assert all(torch.equal(before[name], after[name]) for name in before)
    run(iter_train(state, pairs, CONFIG, device=CPU))  # and it can go on
    assert_same(state, trained(pairs))


def test_the_best_weights_are_kept(pairs) -> None:
    config = CONFIG.replace(learning_rate=0.05, decay="constant")
    state = trained(pairs, config)
    best = min(state.history, key=lambda report: report.validation.total)
    assert state.best_step == best.step
    for name, value in state.model.state_dict().items():
        assert torch.equal(value, state.best[name])


def test_training_stops_when_nothing_improves(pairs) -> None:
    config = CONFIG.replace(learning_rate=1e-12, steps=1000, patience=3)
    state = started(config)
    result = run(iter_train(state, pairs, config, device=CPU))
    assert result.stopped_early
    assert state.step < 1000
    assert state.step >= result.best_step + 30


@pytest.mark.parametrize(
    "changes",
    [
        {"sharing": AdaptiveSharing()},
        {"sharing": AdaptiveSharing(mean="product")},
        {"sharing": LabelSharing(spare_beta=4.0)},
        {"beta": BetaSchedule(kind="cyclical")},
        {"optimizer": "adam", "weight_decay": 0.0, "clip_norm": 0.0},
        {"keep": "last"},
    ],
)
def test_every_choice_trains(pairs, changes) -> None:
    state = trained(pairs, CONFIG.replace(**changes))
    assert np.isfinite(state.history[-1].validation.total)


def test_spare_dimensions_fall_silent_under_their_own_beta(pairs) -> None:
    config = CONFIG.replace(
        steps=200, epoch_steps=100, sharing=LabelSharing(spare_beta=100.0)
    )
    assert trained(pairs, config).history[-1].active == (0, 1, 2)


def test_an_exploding_training_is_told_in_one_sentence(pairs) -> None:
    config = CONFIG.replace(learning_rate=1e6, clip_norm=0.0, optimizer="adam")
    with pytest.raises(ModelError, match="no longer a finite number"):
        trained(pairs, config)


def test_a_state_of_another_model_is_refused(pairs) -> None:
    arrays, record = trained(pairs).to_arrays(), trained(pairs).to_record()
    other = ModelConfig(input_dim=12, hidden=(16,), latent_dim=5)
    state = TrainState.start(build_model(other), CONFIG, CPU)
    with pytest.raises(ModelError, match="does not fit"):
        state.restore(arrays, record)
