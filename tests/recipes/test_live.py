"""A slider shows what the recipes show: the same picture, the same nearest cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.latents.walk_notes import PRIOR_REACH
from napari_disentangle.recipes.counterfactual import edit_cell
from napari_disentangle.recipes.live import LivePictures
from napari_disentangle.tables import Embedding

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model

N = 40


class GrayCrops:
    """Crops of one gray each: row / N."""

    window_px = 8.0

    def __init__(self, n: int = N) -> None:
        labels = np.arange(1, n + 1) * 10
        self.table = pd.DataFrame(
            {"roi_id": "image", "frame": 0, "label": labels, "index": labels}
        )
        self.n_cut = 0

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        self.n_cut += 1
        gray = (rows / N)[:, None, None, None]
        return np.broadcast_to(gray, (len(rows), 3, size, size)).astype(np.float32)


def _embedding(model: Model, n: int = N) -> Embedding:
    codes = np.random.default_rng(0).normal(size=(n, 10)).astype(np.float32)
    table = GrayCrops(n).table
    sd = np.full_like(codes, 0.1)
    return Embedding(codes, sd, model.dimensions, model.id, table)


def test_a_moved_slider_shows_the_edited_cell(drawing_model: Model) -> None:
    embedding, crops = _embedding(drawing_model), GrayCrops()
    live = LivePictures(drawing_model, embedding, crops)
    place = live.to_sd(embedding.mean[7])
    place[3] += 1.5
    shown = live.show(live.code_of(place), embedding.mean[7])
    edited = edit_cell(drawing_model, embedding, crops, 7, {"scale": 1.5})
    assert edited.decoded is not None
    assert edited.nearest is not None
    assert shown.drawn is not None
    assert shown.nearest is not None
    np.testing.assert_allclose(shown.drawn, edited.decoded[1], atol=1e-4)
    np.testing.assert_array_equal(shown.nearest, edited.nearest[1])
    assert shown.row == edited.nearest_rows[1]
    assert shown.label == 10 * (shown.row + 1)
    assert shown.distance == pytest.approx(edited.distance[1], abs=1e-4)
    assert "The real cell has Scale" in shown.sentence
    back = live.show(embedding.mean[7], embedding.mean[7])
    assert (back.row, back.sentence) == (7, "Among the cells you have.")


def test_the_real_cell_follows_the_slider_that_was_moved(drawing_model: Model) -> None:
    embedding = _embedding(drawing_model)
    live = LivePictures(drawing_model, embedding, GrayCrops())
    start, ends = embedding.mean[7], []
    for goal in (-1.5, 1.5):
        place = live.to_sd(start)
        place[3] = goal
        row = live.show(live.code_of(place), start).row
        ends.append(live.to_sd(embedding.mean[row])[3])
    assert ends[1] - ends[0] > 1


def test_places_and_codes_are_inverse(drawing_model: Model) -> None:
    embedding = _embedding(drawing_model)
    live = LivePictures(drawing_model, embedding, None)
    code = embedding.mean[3]
    np.testing.assert_allclose(live.code_of(live.to_sd(code)), code, atol=1e-5)
    np.testing.assert_allclose(live.to_sd(embedding.mean.mean(0)), 0, atol=1e-5)


def test_each_distance_from_the_data_has_its_sentence(drawing_model: Model) -> None:
    embedding = _embedding(drawing_model)
    live = LivePictures(drawing_model, embedding, GrayCrops())
    assert live.show(embedding.mean[0]).sentence == "Among the cells you have."
    top = embedding.mean.max(axis=0)
    assert live.show(top).sentence.startswith("Far from every cell")
    top[3] += 1
    assert top.max() < PRIOR_REACH
    assert live.show(top).sentence.startswith("Beyond every cell in Scale by 1.")
    assert "Beyond what the model" in live.show(top + 3).sentence
    single = _embedding(drawing_model, 1)
    alone = LivePictures(drawing_model, single, GrayCrops(1))
    assert alone.show(single.mean[0]).sentence.startswith("One cell")


def test_a_model_without_pictures_shows_the_nearest_cell(tiny_model: Model) -> None:
    embedding = _embedding(tiny_model)
    shown = LivePictures(tiny_model, embedding, GrayCrops()).show(embedding.mean[4])
    assert shown.drawn is None
    assert shown.nearest is not None
    assert shown.nearest.shape == (64, 64, 3)
    assert shown.label == 50


def test_the_same_nearest_cell_is_cut_once(drawing_model: Model) -> None:
    embedding, crops = _embedding(drawing_model), GrayCrops()
    live = LivePictures(drawing_model, embedding, crops)
    for step in range(5):
        live.show(embedding.mean[4] + np.float32(1e-3 * step))
    assert crops.n_cut == 1


def test_codes_of_others_are_refused(drawing_model: Model) -> None:
    embedding = _embedding(drawing_model)
    with pytest.raises(ModelError, match="encode the cells again"):
        LivePictures(drawing_model, replace(embedding, model_id="other"), None)
    with pytest.raises(DataError, match="3 crops and 40 codes"):
        LivePictures(drawing_model, embedding, GrayCrops(3))
    with pytest.raises(DataError, match="no cells"):
        LivePictures(drawing_model, _embedding(drawing_model, 0), None)
