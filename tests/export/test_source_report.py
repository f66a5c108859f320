from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.export.source_report import source_report, write_source_report
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.storage.card import DimensionCard, ModelCard, ScoreCard

if TYPE_CHECKING:
    from pathlib import Path


def card_of(seed: int, **values: float) -> ModelCard:
    return ModelCard(
        name="features",
        model=ModelConfig(input_dim=4, latent_dim=2),
        backbone="efficientnet_lite0",
        dimensions=(DimensionCard(name="scale"), DimensionCard(name="residual_1")),
        sharing="labels",
        training={},
        seed=seed,
        scores={
            name: ScoreCard(value=value, chance=0.25, protocol="8 unseen images")
            for name, value in values.items()
        },
        data="sprites",
    )


def test_a_score_is_reported_as_mean_and_sample_sd_over_seeds() -> None:
    text = source_report([card_of(0, dci=0.8), card_of(1, dci=0.9)])
    assert "Seeds: 0, 1." in text
    assert "| dci | 0.8500 | 0.0707 | 0.8000 | 0.9000 | 0.25 | - |" in text
    assert "8 unseen images" in text


def test_one_seed_has_no_spread() -> None:
    assert "| dci | 0.8000 | - | 0.8000" in source_report([card_of(0, dci=0.8)])


def test_models_with_other_scores_are_refused() -> None:
    with pytest.raises(DataError, match="2 models with 2 different sets"):
        source_report([card_of(0, dci=0.8), card_of(1, mig=0.8)])
    with pytest.raises(DataError, match="0 models"):
        source_report([])


def test_the_report_is_written_as_text(tmp_path: Path) -> None:
    path = tmp_path / "source.md"
    write_source_report(path, [card_of(0, dci=0.8)])
    assert path.read_text().startswith("# Source model `features`\n")
