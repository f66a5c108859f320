"""The replay of a model: what it was, or a clear error."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.factors import FactorSpace
from napari_disentangle.storage.models import Model, read_model, write_model
from napari_disentangle.storage.replay import Replay, read_replay
from napari_disentangle.storage.weights import read_weights, write_weights
from napari_disentangle.training.batches import GridPairs

if TYPE_CHECKING:
    from pathlib import Path

_SPACE = FactorSpace(("shape", "scale"), (3, 6))


@pytest.fixture
def replaying(tiny_model: Model) -> Model:
    rng = np.random.default_rng(0)
    width = tiny_model.card.model.input_dim
    grid = _SPACE.to_positions(np.arange(_SPACE.n_combinations))
    values = rng.normal(size=(len(grid), width)).astype(np.float32)
    card = tiny_model.card.replace(factors={"shape": 3, "scale": 6})
    replay = Replay.draw(values, grid, _SPACE, 12, rng)
    return replace(tiny_model, card=card, replay=replay)


def test_a_replay_comes_back_and_gives_pairs(replaying: Model, tmp_path: Path) -> None:
    write_model(replaying, tmp_path / "m")
    read, written = read_model(tmp_path / "m"), replaying.replay
    assert read.replay is not None
    assert written is not None
    assert read.id == replaying.id
    assert read.replay.space == _SPACE
    np.testing.assert_array_equal(read.replay.positions, written.positions)
    np.testing.assert_allclose(read.replay.values, written.values, atol=2e-3)
    batch = GridPairs(read.replay.values, read.replay.positions).draw(
        np.random.default_rng(1), 8
    )
    assert batch.x.shape == (16, read.card.model.input_dim)


def test_a_model_without_a_replay_has_none(tiny_model: Model, tmp_path: Path) -> None:
    write_model(tiny_model, tmp_path / "m")
    assert read_model(tmp_path / "m").replay is None


def test_rows_are_drawn_with_their_positions() -> None:
    grid = _SPACE.to_positions(np.arange(_SPACE.n_combinations))
    values = _SPACE.to_index(grid)[:, None].astype(np.float32)
    replay = Replay.draw(values, grid, _SPACE, 5, np.random.default_rng(0))
    assert len(np.unique(replay.values)) == 5
    np.testing.assert_array_equal(
        _SPACE.to_index(replay.positions), replay.values[:, 0].astype(int)
    )


def test_lengths_must_agree() -> None:
    with pytest.raises(DataError, match="2 inputs and 3 rows"):
        Replay.draw(
            np.zeros((2, 4), np.float32),
            np.zeros((3, 2), np.int64),
            _SPACE,
            1,
            np.random.default_rng(0),
        )


@pytest.mark.parametrize("damage", ["lacks", "narrow", "outside"])
def test_a_replay_that_does_not_fit_is_refused(
    replaying: Model, tmp_path: Path, damage: str
) -> None:
    write_model(replaying, tmp_path / "m")
    path = tmp_path / "m" / "replay.safetensors"
    tensors = read_weights(path)
    if damage == "lacks":
        del tensors["positions"]
    elif damage == "narrow":
        tensors["values"] = tensors["values"][:, :-1].contiguous()
    else:
        tensors["positions"][0, 0] = 3
    write_weights(path, tensors)
    with pytest.raises(ModelError, match=r"replay\.safetensors"):
        read_replay(path, replaying.card)
