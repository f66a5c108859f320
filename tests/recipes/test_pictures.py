"""Pictures are learned from the user's cells, with codes that fit each view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from napari_disentangle.errors import ModelError
from napari_disentangle.latents.render import render_codes
from napari_disentangle.recipes.encode import encode
from napari_disentangle.recipes.pictures import (
    N_TURNS,
    PicturesConfig,
    TurnedCrops,
    iter_learn_pictures,
    learn_pictures,
    turn_picture,
)
from napari_disentangle.tasks import run
from napari_disentangle.training.config import DecoderConfig

if TYPE_CHECKING:
    from napari_disentangle.crops.cut import LabelCrops
    from napari_disentangle.storage.models import Model

SHORT = PicturesConfig(max_views=12, decoder=DecoderConfig(steps=6, batch=8))


def test_the_eight_views_of_a_crop_differ_and_keep_its_pixels() -> None:
    picture = np.random.default_rng(0).random((3, 5, 5), np.float32)
    views = [turn_picture(picture, turn) for turn in range(N_TURNS)]
    np.testing.assert_array_equal(views[0], picture)
    assert len({view.tobytes() for view in map(np.ascontiguousarray, views)}) == 8
    for view in views:
        np.testing.assert_array_equal(np.sort(view, axis=None), np.sort(picture, None))


def test_views_carry_the_ids_of_their_cells(crops: LabelCrops) -> None:
    views = TurnedCrops(crops, np.array([0, 3, 8, 55]))
    assert views.table["label"].tolist() == [1, 1, 5, 300]
    cut = views.cut(np.array([3, 1]), 16)
    cells = crops.cut(np.array([6, 0]), 16)
    np.testing.assert_array_equal(cut[0], turn_picture(cells[0], 7))
    np.testing.assert_array_equal(cut[1], turn_picture(cells[1], 3))


def test_learning_tells_each_stage_and_leaves_the_model_alone(
    crops: LabelCrops, drawing_model: Model
) -> None:
    assert drawing_model.decoder is not None
    before = {k: v.clone() for k, v in drawing_model.decoder.state_dict().items()}
    events: list[object] = []
    taught = run(
        iter_learn_pictures(crops, drawing_model, SHORT, device="cpu"), events.append
    )
    assert taught.card.picture_source == "own cells"
    assert taught.id == drawing_model.id
    assert events
    after = drawing_model.decoder.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert render_codes(taught, np.zeros((2, 10), np.float32)).shape == (2, 64, 64, 3)


def test_equal_configs_give_equal_pictures(
    crops: LabelCrops, tiny_model: Model
) -> None:
    first, second = (
        learn_pictures(crops, tiny_model, SHORT, device="cpu") for _ in range(2)
    )
    codes = np.ones((1, 10), np.float32)
    np.testing.assert_allclose(
        render_codes(first, codes), render_codes(second, codes), atol=1e-4
    )


@pytest.mark.slow
def test_learned_pictures_look_like_the_cells(
    crops: LabelCrops, tiny_model: Model
) -> None:
    config = PicturesConfig(decoder=DecoderConfig(steps=300, batch=16))
    taught = learn_pictures(crops, tiny_model, config, device="cpu")
    codes = encode(crops, tiny_model, device="cpu").mean
    real = np.moveaxis(crops.cut(np.arange(7), 64), 1, -1)
    error = np.square(render_codes(taught, codes) - real).mean()
    assert error < 0.15 * np.square(real - real.mean(axis=0)).mean()


def test_a_pixel_model_learns_no_pictures(
    crops: LabelCrops, pixel_model: Model
) -> None:
    with pytest.raises(ModelError, match="draws pictures by itself"):
        learn_pictures(crops, pixel_model)
