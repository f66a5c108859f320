"""The card of a model survives the disk and refuses what makes no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from napari_disentangle.errors import ConfigError, ModelError
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.storage.card import (
    DimensionCard,
    ModelCard,
    ScoreCard,
    read_card,
    write_card,
)

if TYPE_CHECKING:
    from pathlib import Path


def _card(**changes: object) -> ModelCard:
    card = ModelCard(
        name="small",
        model=ModelConfig(latent_dim=2),
        backbone="efficientnet_lite0",
        dimensions=(
            DimensionCard(name="texture", how_named="by construction"),
            DimensionCard(name="residual_1"),
        ),
        training={"epochs": 3, "beta": {"start": 0.0}},
        scores={"dci": ScoreCard(value=0.8, ceiling=0.95), "mig": ScoreCard(value=0.4)},
        versions={"torch": "2.14"},
    )
    return card.replace(**changes)


def test_a_card_comes_back_equal(tmp_path: Path) -> None:
    write_card(tmp_path / "model.json", _card())
    assert read_card(tmp_path) == _card()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dimensions": ({"name": "texture"},)}, "2 dimensions need as many"),
        ({"dimensions": ({"name": "a"}, {"name": "a"})}, "distinct names"),
        ({"dimensions": ({"name": "Not A Column"}, {"name": "a"})}, "should match"),
        ({"backbone": ""}, "must name its backbone"),
        ({"format_version": 2}, "format_version"),
        ({"name": "../up"}, "name"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        _card(**changes)


def test_a_folder_without_card_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"is not a model folder: it has no model\.json"
    ):
        read_card(tmp_path)


@pytest.mark.parametrize("text", ["", '{"name": "sm', "[]", '{"name": "x"}'])
def test_a_damaged_card_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(ModelError, match=r"model\.json is damaged"):
        read_card(tmp_path)


def test_an_unknown_model_is_one_sentence() -> None:
    with pytest.raises(ModelError, match="There is no model 'nonesuch'"):
        read_card("nonesuch")
