"""Fine-tuning of a model folder: whole, resumable, and honest about the names."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import ConfigError, DataError, StorageError
from napari_disentangle.factors import FactorSpace
from napari_disentangle.recipes.encode import encode
from napari_disentangle.recipes.finetune import finetune_model, iter_finetune_model
from napari_disentangle.recipes.finetune_inputs import iter_cell_inputs, source_of
from napari_disentangle.recipes.finetune_plot import plot_finetune
from napari_disentangle.storage.models import Model, read_model
from napari_disentangle.storage.replay import Replay
from napari_disentangle.storage.runs import read_run
from napari_disentangle.tables import NAMED_FACTORS
from napari_disentangle.tasks import Progress, run
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.training.finetune_state import FinetuneReport

if TYPE_CHECKING:
    from pathlib import Path


CONFIG = FinetuneConfig(
    epochs=4, min_steps=0, batch=4, replay_pairs=8, picture_steps=0, validation=0.3
)


@pytest.fixture(scope="module")
def model(drawing_model: Model) -> Model:
    """Return the tiny model with some Source features to replay."""
    rng = np.random.default_rng(0)
    grid = np.array(list(product(range(2), range(3), range(2), range(2), range(3))))
    positions = np.tile(rng.permutation(grid), (4, 1))
    values = positions @ rng.normal(size=(5, 32)) + rng.normal(
        size=(len(positions), 32)
    )
    space = FactorSpace(NAMED_FACTORS, (2, 3, 2, 2, 3))
    replay = Replay(values.astype(np.float16).astype(np.float32), positions, space)
    factors = dict(zip(space.names, space.sizes, strict=True))
    card = drawing_model.card.replace(factors=factors, sharing="labels")
    return replace(drawing_model, card=card, replay=replay)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("features")


def same(one: Model, other: Model) -> bool:
    return one.id.rpartition("-")[2] == other.id.rpartition("-")[2]


def test_a_fine_tuned_model_is_a_folder_that_encodes_draws_and_tells_its_story(
    crops, model, cache, tmp_path
) -> None:
    config = CONFIG.replace(picture_steps=2, residual_dim=2)
    events = []
    task = iter_finetune_model(crops, model, config, tmp_path / "tuned", cache=cache)
    tuned = run(task, events.append)
    card = tuned.model.card
    assert read_model(tmp_path / "tuned").id == tuned.model.id
    assert (card.parent, card.name) == (model.id, "tuned")
    assert card.dimension_names[-3:] == ("residual_5", "residual_6", "residual_7")
    assert card.picture_source == "own cells"
    assert card.data.startswith("7 cells of 1 images, fine-tuned from: ")
    assert card.training["finetune"]["epochs"] == 4
    assert {"dci", "before.dci", "kept.source.scale", "kept.target.color"} <= set(
        card.scores
    )
    assert encode(crops, tuned.model).mean.shape == (7, 12)
    assert tuned.model.decoder is not None
    assert tuned.model.replay is not None
    reports = [event for event in events if isinstance(event, FinetuneReport)]
    assert [report.epoch for report in reports] == [1, 2, 3, 4]
    stages = {event.stage for event in events if isinstance(event, Progress)}
    assert {"Looking at crops", "Learning pictures"} <= stages
    document = json.loads(json.dumps(tuned.to_json()))
    assert document["persistence"]["source"]["scale"]["kept"] > 0.9
    assert len(document["history"]) == 4
    plot_finetune(tmp_path / "a.png", tuned.result.history, tuned.model.dimensions, 2)
    assert (tmp_path / "a.png").is_file()


def test_features_are_read_once(crops, model, cache) -> None:
    task = iter_cell_inputs(crops, model, CONFIG, cache=cache)
    run(task)
    events = []
    again = run(iter_cell_inputs(crops, model, CONFIG, cache=cache), events.append)
    assert {event.stage for event in events} == {"Looking at crops"}
    fresh = run(iter_cell_inputs(crops, model, CONFIG))
    np.testing.assert_array_equal(again.values, fresh.values)
    assert again.hash() == fresh.hash()


def test_a_cancelled_run_goes_on_to_the_very_weights(
    crops, model, cache, tmp_path
) -> None:
    stopped = tmp_path / "stopped"
    task = iter_finetune_model(crops, model, CONFIG, stopped, cache=cache)
    for event in task:
        if isinstance(event, FinetuneReport) and event.epoch == 2:
            break
    task.close()
    assert not read_run(stopped).is_finished
    assert len(json.loads((stopped / "history.json").read_text())) == 2
    epochs = []
    task = iter_finetune_model(crops, model, CONFIG, stopped, cache=cache, resume=True)
    resumed = run(task, epochs.append)
    assert sum(isinstance(event, FinetuneReport) for event in epochs) == 2
    whole = finetune_model(crops, model, CONFIG, tmp_path / "whole", cache=cache)
    assert same(resumed.model, whole.model)
    assert resumed.result.history == whole.result.history


def test_a_finished_run_can_be_given_more_epochs_but_nothing_else(
    crops, model, cache, tmp_path
) -> None:
    out = tmp_path / "run"
    finetune_model(crops, model, CONFIG, out, cache=cache)
    with pytest.raises(StorageError, match="already holds a run"):
        finetune_model(crops, model, CONFIG, out, cache=cache)
    longer = CONFIG.replace(epochs=6)
    tuned = finetune_model(crops, model, longer, out, cache=cache, resume=True)
    assert [report.epoch for report in tuned.result.history] == [1, 2, 3, 4, 5, 6]
    other = CONFIG.replace(learning_rate=1e-2)
    with pytest.raises(StorageError, match="started with other settings"):
        finetune_model(crops, model, other, out, cache=cache, resume=True)


def test_a_broken_fine_tuning_leaves_what_came_before_it(
    crops, model, cache, tmp_path
) -> None:
    config = CONFIG.replace(learning_rate=1e12, clip_norm=0.0, warm_up=0.0)
    with pytest.raises(ValueError, match="no longer a finite number"):
        finetune_model(crops, model, config, tmp_path / "out", cache=cache)
    assert not read_run(tmp_path / "out").is_finished


def test_a_model_without_source_can_only_be_fine_tuned_plainly(
    crops, drawing_model, cache, tmp_path
) -> None:
    with pytest.raises(ConfigError, match="replays Source images"):
        finetune_model(crops, drawing_model, CONFIG, tmp_path / "a", cache=cache)
    config = FinetuneConfig(mode="paper", epochs=1, picture_steps=0)
    out = tmp_path / "b"
    tuned = finetune_model(crops, drawing_model, config, out, cache=cache)
    assert tuned.persistence.source is None
    assert tuned.to_json()["persistence"]["after"] == {}
    assert {d.how_named for d in tuned.model.card.dimensions} <= {"measured", "unnamed"}


def test_annotated_cells_shape_the_code(crops, model, cache, tmp_path) -> None:
    labels = ["a", "b", "", "a", "b", "a", "b"]
    config = CONFIG.replace(class_weight=10.0)
    tuned = finetune_model(
        crops, model, config, tmp_path / "a", labels=labels, cache=cache
    )
    used = [labels[row] for row in tuned.result.annotated]
    assert set(used) == {"a", "b"}
    assert tuned.result.history[-1].class_error > 0
    with pytest.raises(DataError, match="two classes"):
        finetune_model(crops, model, config, tmp_path / "b", cache=cache)
    with pytest.raises(DataError, match="3 classes"):
        finetune_model(crops, model, config, tmp_path / "c", labels=["a", "b", "c"])


def test_the_classes_of_a_folder_are_found_in_its_table(crops, model, cache) -> None:
    class Annotated:
        table = crops.table.assign(annotation=["b", "a", None, "", "b", "a", "b"])
        window_px, cut = crops.window_px, crops.cut
        groups = np.arange(7) // 2

        def __len__(self) -> int:
            return 7

    inputs = run(iter_cell_inputs(Annotated(), model, CONFIG, cache=cache))
    assert inputs.classes == ("a", "b")
    assert inputs.labels.tolist() == [1, 0, -1, -1, 1, 0, 1]
    assert inputs.groups.tolist() == [0, 0, 1, 1, 2, 2, 3]


@pytest.mark.slow
def test_a_model_of_pixels_is_fine_tuned_with_drawn_pairs(
    crops, pixel_model, tmp_path
) -> None:
    sprites = {"orientation": "quarter", "size": 32}
    data = {"sprites": sprites, "held_out": 0.5, "max_values": 3}
    card = pixel_model.card.replace(training={"data": data}, sharing="labels")
    parent = replace(pixel_model, card=card)
    source = source_of(parent)
    assert source is not None
    assert source.probe.values.dtype == np.uint8
    tuned = finetune_model(crops, parent, CONFIG.replace(epochs=1), tmp_path / "tuned")
    assert tuned.model.kind == "pixels"
    assert tuned.persistence.n_source > 50
    again = replace(tuned.model)
    assert source_of(again) is not None  # it can be fine-tuned once more


def test_no_cells_are_refused(crops, model, tmp_path) -> None:
    class Nothing:
        table = pd.DataFrame(columns=crops.table.columns)
        window_px = 10.0

        def __len__(self) -> int:
            return 0

    with pytest.raises(DataError, match="no cells"):
        finetune_model(Nothing(), model, CONFIG, tmp_path / "a")
    assert not (tmp_path / "a").exists()
