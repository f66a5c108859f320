"""Fixtures used by more than one room."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model

settings.register_profile(
    "any machine",
    deadline=None,  # however busy it is
    derandomize="CI" in os.environ,  # elsewhere new examples are tried each time
)
settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _same_chance() -> None:
    """Let tests that draw from torch's own generator draw the same each time."""
    if torch := sys.modules.get("torch"):
        torch.manual_seed(0)


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave what the user keeps alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NAPARI_DISENTANGLE_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder with the real data sets, or skip."""
    home = os.environ.get("NAPARI_DISENTANGLE_SHARED")
    data = (Path(home) if home else ROOT.parent / "shared") / "data"
    if not data.is_dir():
        pytest.skip(f"no real data at {data}; set NAPARI_DISENTANGLE_SHARED")
    return data


@pytest.fixture(scope="session")
def tiny_model() -> Model:
    """Return a small feature model with the real backbone's width, without pictures."""
    from napari_disentangle.backbones.scaling import FeatureScaler
    from napari_disentangle.models.build import build_model
    from napari_disentangle.models.config import ModelConfig
    from napari_disentangle.storage.card import DimensionCard, ModelCard
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import NAMED_FACTORS

    values = np.random.default_rng(0).random((64, 3408), np.float32)
    scaler = FeatureScaler.fit(values, n_components=32)
    config = ModelConfig(input_dim=32, hidden=(24,), latent_dim=10)
    named = [
        DimensionCard(name=name, how_named="by construction") for name in NAMED_FACTORS
    ]
    residual = [DimensionCard(name=f"residual_{n}") for n in range(1, 6)]
    card = ModelCard(
        name="tiny",
        model=config,
        backbone="efficientnet_lite0",
        dimensions=(*named, *residual),
    )
    vae = build_model(config, seed=1).eval().requires_grad_(False)
    return Model(card, vae, scaler)


@pytest.fixture(scope="session")
def drawing_model(tiny_model: Model) -> Model:
    """Return the tiny model with an (unfitted) decoder, so that it draws pictures."""
    from napari_disentangle.models.decoder import build_decoder

    decoder = build_decoder(10, 64).eval().requires_grad_(False)
    return tiny_model.with_pictures(decoder, "synthetic")


@pytest.fixture(scope="session")
def pixel_model() -> Model:
    """Return a small model that reads and draws pixels."""
    from napari_disentangle.testing import untrained_model

    return untrained_model("pixel")


@pytest.fixture(scope="session")
def painted_cells() -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return an RGB image, (120, 160, 3), of seven disks and their labels.

    Ids are not contiguous, disks grow and redden with their id, one is cut by the
    border.
    """
    y, x = np.mgrid[:120, :160]
    image = np.full((120, 160, 3), 20, np.uint8)
    labels = np.zeros((120, 160), np.int32)
    centers = [(25, 25), (25, 70), (25, 118), (72, 25), (72, 75), (75, 125), (112, 60)]
    for rank, (label, center) in enumerate(
        zip((1, 5, 10, 11, 40, 41, 300), centers, strict=True)
    ):
        inside = (y - center[0]) ** 2 + (x - center[1]) ** 2 <= (9 + rank) ** 2
        image[inside] = (90 + 25 * rank, 120, 220 - 25 * rank)
        labels[inside] = label
    return image, labels
