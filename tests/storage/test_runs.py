"""Runs can be killed at any moment, and go on as they were."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from napari_disentangle.errors import StorageError
from napari_disentangle.storage.checkpoint import Checkpoint
from napari_disentangle.storage.layout import CHECKPOINT, HISTORY, RUN_MANIFEST
from napari_disentangle.storage.models import read_model
from napari_disentangle.storage.runs import (
    RunManifest,
    free_run,
    list_runs,
    read_run,
    start_run,
)

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.storage.models import Model

MANIFEST = RunManifest(parent="features-1", config={"epochs": 3}, data_hash="ab")


def _checkpoint(step: int) -> Checkpoint:
    state = np.random.default_rng(step).bit_generator.state
    record = {"step": step, "rng": state, "history": [{"epoch": 1, "loss": 0.1}]}
    noise = torch.Generator().manual_seed(step).get_state()
    return Checkpoint({"weight": torch.full((2, 3), step), "noise": noise}, record)


def test_a_run_is_found_again_with_its_last_checkpoint(tmp_path: Path) -> None:
    run = start_run(tmp_path / "run", MANIFEST)
    assert run.read_checkpoint() is None
    for step in (1, 2):
        run.write_checkpoint(_checkpoint(step))
    found = read_run(tmp_path / "run")
    assert (found.manifest, found.is_finished) == (MANIFEST, False)
    checkpoint = found.read_checkpoint()
    assert checkpoint is not None
    assert checkpoint.record == _checkpoint(2).record
    for name, tensor in _checkpoint(2).arrays.items():
        assert torch.equal(checkpoint.arrays[name], tensor)
    history = json.loads((tmp_path / "run" / HISTORY).read_text())
    assert history == [{"epoch": 1, "loss": 0.1}]


def test_a_finished_run_is_a_model_folder_and_keeps_its_files(
    tmp_path: Path, tiny_model: Model
) -> None:
    run = start_run(tmp_path / "run", MANIFEST)
    run.write_checkpoint(_checkpoint(1))
    run.finish(tiny_model)
    assert read_model(tmp_path / "run").id == tiny_model.id
    found = read_run(tmp_path / "run")
    assert found.is_finished
    assert found.read_checkpoint() is not None
    names = {file.name for file in (tmp_path / "run").iterdir()}
    assert {RUN_MANIFEST, CHECKPOINT, HISTORY} < names
    assert not [file for file in tmp_path.iterdir() if file.name != "run"]


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    start_run(tmp_path / "run", MANIFEST)
    with pytest.raises(StorageError, match="already holds a run"):
        start_run(tmp_path / "run", MANIFEST)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    with pytest.raises(StorageError, match="already holds something else"):
        start_run(tmp_path / "notes", MANIFEST)
    with pytest.raises(StorageError, match="no run"):
        read_run(tmp_path / "notes")


def test_damage_is_told_in_one_sentence(tmp_path: Path) -> None:
    run = start_run(tmp_path / "run", MANIFEST)
    run.write_checkpoint(_checkpoint(1))
    file = tmp_path / "run" / CHECKPOINT
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(StorageError, match="damaged"):
        run.read_checkpoint()
    (tmp_path / "run" / RUN_MANIFEST).write_text("{")
    with pytest.raises(StorageError, match="is damaged"):
        read_run(tmp_path / "run")


def test_runs_are_listed_by_name_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    for name in ("b", "a"):
        start_run(tmp_path / name, MANIFEST)
    (tmp_path / "notes").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / RUN_MANIFEST).write_text("{")
    assert [run.folder.name for run in list_runs(tmp_path)] == ["a", "b"]
    assert list_runs(tmp_path / "missing") == ()


def test_a_new_run_gets_a_free_name(tmp_path: Path) -> None:
    assert free_run(tmp_path, "tuned") == tmp_path / "tuned"
    for name in ("tuned", "tuned-2"):
        start_run(tmp_path / name, MANIFEST)
    assert free_run(tmp_path, "tuned") == tmp_path / "tuned-3"


def test_the_history_grows_with_the_checkpoints(tmp_path: Path) -> None:
    run = start_run(tmp_path / "run", MANIFEST)
    assert run.read_history() == []
    run.write_checkpoint(_checkpoint(1))
    assert run.read_history() == _checkpoint(1).record["history"]
    (tmp_path / "run" / HISTORY).write_text("{")
    with pytest.raises(StorageError, match="damaged"):
        run.read_history()
