from __future__ import annotations

import numpy as np

from napari_disentangle.factors import FactorSpace
from napari_disentangle.recipes.source_names import name_dimensions
from napari_disentangle.training.config import AdaptiveSharing, LabelSharing

SPACE = FactorSpace(("shape", "scale", "orientation"), (3, 6, 10))


def test_names_by_construction_follow_the_factors_and_count_second_dimensions() -> None:
    codes = np.zeros((4, 6), np.float32)
    positions = np.zeros((4, 3), np.int64)
    cards = name_dimensions(LabelSharing(twofold=(2,)), codes, positions, SPACE)
    assert [card.name for card in cards] == [
        "shape",
        "scale",
        "orientation",
        "orientation_2",
        "residual_1",
        "residual_2",
    ]
    assert cards[1].direction == "larger"
    assert cards[3].how_named == "by construction"


def test_adaptive_names_are_given_where_a_code_holds_the_factor() -> None:
    rng = np.random.default_rng(0)
    positions = SPACE.sample(rng, 2000)
    noise = rng.normal(size=(2000, 5))
    codes = noise.astype(np.float32)
    codes[:, 4] = positions[:, 0] + 0.1 * noise[:, 4]
    codes[:, 0] = -positions[:, 1] + 0.1 * noise[:, 0]
    codes[:, 2] = positions[:, 2] + 0.1 * noise[:, 2]
    cards = name_dimensions(AdaptiveSharing(), codes, positions, SPACE)
    named = ["scale", "residual_1", "orientation", "residual_2", "shape"]
    assert [card.name for card in cards] == named
    assert cards[0].how_named == "measured"
    assert cards[1].how_named == "unnamed"
