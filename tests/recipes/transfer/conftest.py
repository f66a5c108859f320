"""A data set in memory and one on disk, small enough to run the whole plan."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pandas as pd
import pytest
import torch

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.factors import FactorSpace
from napari_disentangle.recipes.finetune_inputs import scored_probe, source_of
from napari_disentangle.recipes.persistence import iter_name_scores
from napari_disentangle.recipes.targets import Target, open_folder
from napari_disentangle.recipes.transfer.cells import Bench
from napari_disentangle.recipes.transfer.material import Material
from napari_disentangle.recipes.transfer.plan import TransferConfig
from napari_disentangle.recipes.transfer.sources import Sourced
from napari_disentangle.storage.models import Model, write_model
from napari_disentangle.storage.replay import Replay
from napari_disentangle.tables import NAMED_FACTORS
from napari_disentangle.tasks import run
from napari_disentangle.training.health import encode_all

if TYPE_CHECKING:
    from pathlib import Path

TINY = TransferConfig(
    n_seeds=1,
    epochs=2,
    scratch_steps=4,
    most_steps=4,
    trees=3,
    mlp_epochs=2,
    few=0,
    folds=3,
    source_images=300,
)


@pytest.fixture(scope="session")
def tiny() -> TransferConfig:
    return TINY


@pytest.fixture(scope="session")
def replaying_model(tiny_model: Model) -> Model:
    """Return the tiny model with some Source features to replay."""
    rng = np.random.default_rng(0)
    sizes = (2, 3, 2, 2, 3)
    grid = np.array(list(product(*map(range, sizes))))
    positions = np.tile(rng.permutation(grid), (4, 1))
    values = positions @ rng.normal(size=(5, 32))
    values += 0.1 * rng.normal(size=values.shape)
    kept = values.astype(np.float16).astype(np.float32)
    factors = dict(zip(NAMED_FACTORS, sizes, strict=True))
    card = tiny_model.card.replace(factors=factors, sharing="labels")
    space = FactorSpace(NAMED_FACTORS, sizes)
    return replace(tiny_model, card=card, replay=Replay(kept, positions, space))


@pytest.fixture(scope="session")
def sourced(replaying_model: Model) -> Sourced:
    probe = scored_probe(replaying_model)
    assert probe is not None
    codes = encode_all(replaying_model.vae, probe.values, torch.device("cpu"))
    before = run(iter_name_scores(codes, probe, replaying_model.dimensions))
    return Sourced(replaying_model, source_of(replaying_model), probe, codes, before)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of three classes of ten pictures, and a class of one picture."""
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:40, :40]
    away = (y - 20) ** 2 + (x - 20) ** 2
    for kind, color in {"blue": 2, "green": 1, "red": 0, "rare": 0}.items():
        (folder / kind).mkdir()
        for number in range(1 if kind == "rare" else 10):
            image = rng.integers(0, 40, (40, 40, 3), np.uint8)
            image[away < (8 + number) ** 2, color] += 150
            iio.imwrite(folder / kind / f"{number}.png", image)
    return folder


@pytest.fixture(scope="session")
def target(pictures: Path) -> Target:
    return open_folder("disks", pictures, CropConfig())


@pytest.fixture(scope="session")
def material(target: Target) -> Material:
    """Return features of twelve hidden causes, one of which tells classes apart."""
    rng = np.random.default_rng(1)
    y = np.repeat(np.arange(3), 10)
    causes = rng.normal(size=(30, 12))
    causes[:, 0] = 4.0 * y + 0.3 * causes[:, 0]
    features = (causes @ rng.normal(size=(12, 3408))).astype(np.float32)
    measures = pd.DataFrame({"area": y + rng.normal(size=30), "solidity": np.nan})
    short = replace(
        target, classes=("a", "b", "c"), y=y.astype(np.int64), groups=np.arange(30)
    )
    return Material(short, features, np.empty((30, 3, 0, 0), np.uint8), measures, "id")


@pytest.fixture(scope="session")
def bench(material: Material, sourced: Sourced) -> Bench:
    return Bench(material, sourced, (5, 10), TINY, torch.device("cpu"))


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory, replaying_model: Model) -> Path:
    """Return a folder of two Source models."""
    folder = tmp_path_factory.mktemp("sources")
    for seed in (0, 1):
        write_model(replaying_model, folder / f"seed_{seed}")
    return folder
