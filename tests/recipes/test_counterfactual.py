"""Edits, ways and contrasts, with the real cells beside them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.recipes.counterfactual import (
    contrast_groups,
    cross,
    edit_cell,
    edit_words,
    walk_between,
)
from napari_disentangle.tables import Embedding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.storage.models import Model

N = 60


class GrayCrops:
    """Crops of one gray each: row / N."""

    window_px = 8.0
    table = pd.DataFrame(
        {
            "roi_id": np.repeat(["a", "b", "c", "d", "e", "f"], 10),
            "frame": 0,
            "label": np.arange(1, N + 1),
            "index": np.arange(1, N + 1),
        }
    )

    def __len__(self) -> int:
        return N

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        gray = (rows / N)[:, None, None, None]
        return np.broadcast_to(gray, (len(rows), 3, size, size)).astype(np.float32)


def _embedding(model: Model) -> Embedding:
    codes = np.random.default_rng(0).normal(size=(N, 10)).astype(np.float32)
    codes[30:, 1] += 3
    sd = np.full_like(codes, 0.1)
    return Embedding(codes, sd, model.dimensions, model.id, GrayCrops.table)


def test_an_edited_cell_stands_beside_itself(drawing_model: Model) -> None:
    embedding = _embedding(drawing_model)
    found = edit_cell(drawing_model, embedding, GrayCrops(), 7, {"scale": 1.5})
    assert found.decoded is not None
    assert found.nearest is not None
    assert found.decoded.shape == found.nearest.shape == (2, 64, 64, 3)
    np.testing.assert_array_equal(found.codes[0], embedding.mean[7])
    changed = found.codes[1] - found.codes[0]
    assert np.flatnonzero(changed).tolist() == [3]
    assert found.nearest_rows[0] == 7
    assert found.distance[0] == pytest.approx(0)
    assert found.distance[1] > 0
    with pytest.raises(DataError, match="no row 60"):
        edit_cell(drawing_model, embedding, None, N, {"scale": 1})


def test_what_is_far_from_every_cell_is_said(drawing_model: Model) -> None:
    found = edit_cell(
        drawing_model, _embedding(drawing_model), GrayCrops(), 7, {"scale": 30}
    )
    assert any("1 of 2 pictures are far" in note for note in found.notes)


def test_a_way_leads_from_cell_to_cell_or_center(tiny_model: Model) -> None:
    embedding = _embedding(tiny_model)
    found = walk_between(tiny_model, embedding, GrayCrops(), 3, 50, steps=5)
    assert found.decoded is None
    assert found.nearest_rows[[0, -1]].tolist() == [3, 50]
    assert found.notes[0].startswith("This model draws no pictures")
    center = embedding.mean[30:].mean(axis=0)
    there = walk_between(tiny_model, embedding, GrayCrops(), 3, center, steps=5)
    np.testing.assert_allclose(there.codes[-1], center, rtol=1e-5)
    with pytest.raises(ModelError, match="no cells to show"):
        walk_between(tiny_model, embedding, None, 3, 50)
    with pytest.raises(ModelError, match="encode the cells again"):
        walk_between(tiny_model, replace(embedding, model_id="x-1"), None, 3, 50)


def test_groups_are_parted_by_their_factor_and_crossed(drawing_model: Model) -> None:
    embedding = _embedding(drawing_model)
    groups = np.where(np.arange(N) < 30, "red", "white")
    first = contrast_groups(embedding, groups, "red", "white")[0]
    assert first.name == "color"
    assert first.effect.unit == "image"
    assert first.effect.delta == 1
    walk = cross(drawing_model, embedding, GrayCrops(), first, steps=7)
    assert walk.codes[-1, 1] - walk.codes[0, 1] == pytest.approx(3, abs=0.6)
    assert np.ptp(np.delete(walk.codes, 1, axis=1), axis=0).max() < 1e-6
    with pytest.raises(DataError, match="both are"):
        contrast_groups(embedding, groups, "red", "red")
    with pytest.raises(DataError, match="at least 3"):
        contrast_groups(embedding, groups, "red", "blue")


def test_only_earned_names_offer_words() -> None:
    def card(name: str, grade: str, direction: str, measure: str) -> object:
        return SimpleNamespace(
            name=name, grade=grade, direction=direction, measure=measure
        )

    cards = (
        card("scale", "C", "smaller", "area"),
        card("shape", "D", "rounder", "form_factor"),
        card("orientation", "A", "", "orientation"),
    )
    words = edit_words(cast("Explanation", SimpleNamespace(cards=cards)))
    assert [(w.words, w.factor, w.sign) for w in words] == [
        ("smaller", "scale", 1),
        ("larger", "scale", -1),
    ]
