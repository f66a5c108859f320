"""A dimension that the model does not use is known by its divergence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from napari_disentangle.latents.activity import dead_note, kl_of
from napari_disentangle.tables import Embedding


def _embedding(mean: list[list[float]], sd: list[list[float]]) -> Embedding:
    arrays = np.array(mean, np.float32), np.array(sd, np.float32)
    return Embedding(*arrays, ("scale", "residual_1"), "m", pd.DataFrame())


def test_the_prior_has_no_divergence_and_a_sharp_code_has_much() -> None:
    kls = kl_of(_embedding([[0, 2], [0, -2]], [[1, 0.1], [1, 0.1]]))
    expected = 0.5 * (4 + 0.01 - 1) - np.log(0.1)
    np.testing.assert_allclose(kls, [0, expected], atol=1e-5)


def test_only_dead_factors_are_told() -> None:
    embedding = _embedding([[0, 2]], [[1, 0.1]])
    assert dead_note(embedding, ["residual_1"]) == ""
    assert "Scale is dead" in dead_note(embedding, ["scale", "residual_1"])
    assert dead_note(_embedding(np.zeros((0, 2)), np.zeros((0, 2))), ["scale"]) == ""
