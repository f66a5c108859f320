from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.export.source_report import source_report, write_source_report
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.storage.card import DimensionCard, ModelCard, ScoreCard

if TYPE_CHECKING:
    from pathlib import Path


def card_of(seed: int, name: str = "features", **values: float) -> ModelCard:
    spare = {"scale": 0.1, "shape": 0.5} if seed else {}
    return ModelCard(
        name=name,
        model=ModelConfig(input_dim=4, latent_dim=2),
        backbone="efficientnet_lite0",
        dimensions=(
            DimensionCard(
                name="scale",
                how_named="by construction",
                associations={"scale": 0.8, "shape": 0.1 * seed},
            ),
            DimensionCard(name="residual_1", associations=spare),
        ),
        factors={"scale": 6, "shape": 3},
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


def test_each_model_has_a_section_of_its_own() -> None:
    text = source_report([card_of(0, dci=0.8), card_of(0, name="pixels", mig=0.5)])
    assert text.index("## `features`") < text.index("| dci |") < text.index("`pixels`")


def test_what_spare_dimensions_hold_is_told_and_how_often_they_are_silent() -> None:
    text = source_report([card_of(0, dci=0.8), card_of(1, dci=0.9)])
    assert "| scale | by construction | 0 | 0.80 | 0.05 |" in text
    assert "| residual_1 | unnamed | 1 | 0.10 | 0.50 |" in text


def test_one_seed_has_no_spread() -> None:
    assert "| dci | 0.8000 | - | 0.8000" in source_report([card_of(0, dci=0.8)])


def test_models_with_other_scores_are_refused() -> None:
    with pytest.raises(DataError, match="2 different sets"):
        source_report([card_of(0, dci=0.8), card_of(1, mig=0.8)])
    with pytest.raises(DataError, match="at least one model"):
        source_report([])


def test_the_report_is_written_as_text(tmp_path: Path) -> None:
    path = tmp_path / "source.md"
    write_source_report(path, [card_of(0, dci=0.8)])
    assert path.read_text().startswith("# Source models\n")
