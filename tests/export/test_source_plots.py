from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.export.source_plots import (
    SourceCurves,
    score_dots,
    training_curves,
)
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.storage.card import DimensionCard, ModelCard, ScoreCard


def card_of(seed: int, value: float) -> ModelCard:
    return ModelCard(
        name="pixels",
        model=ModelConfig(kind="pixels", latent_dim=1),
        dimensions=(DimensionCard(name="scale"),),
        seed=seed,
        scores={"dci": ScoreCard(value=value, chance=0.1, ceiling=0.95)},
    )


def test_each_seed_is_a_dot_between_chance_and_ceiling() -> None:
    axes = score_dots([card_of(0, 0.8), card_of(1, 0.9)]).axes[0]
    dots = axes.lines[0]
    assert list(dots.get_xdata()) == [0.8, 0.9]
    chance, ceiling = (line.get_xdata()[0] for line in axes.lines[1:3])
    assert (chance, ceiling) == (0.1, 0.95)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["dci"]


def test_each_named_dimension_has_a_color_and_the_others_are_gray() -> None:
    steps = np.array([10, 20])
    curves = SourceCurves(
        3, steps, np.array([2.0, 1.0]), np.ones((2, 3)), ("a", "b", "residual_1")
    )
    error, kl = training_curves([curves]).axes
    assert list(error.lines[0].get_ydata()) == [2.0, 1.0]
    colors = [line.get_color() for line in kl.lines]
    assert len(set(colors)) == 3
    assert colors[2] == "0.75"
    names = [text.get_text() for text in kl.get_legend().get_texts()]
    assert names == ["a", "b", "without a name"]


def test_nothing_to_plot_is_refused() -> None:
    for draw in (score_dots, training_curves):
        with pytest.raises(DataError, match="at least one"):
            draw([])
