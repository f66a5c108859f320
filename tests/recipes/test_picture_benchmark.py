"""Both models draw cells that nothing was learned from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.errors import ModelError
from napari_disentangle.recipes.picture_benchmark import (
    PictureRepeat,
    picture_benchmark,
)
from napari_disentangle.recipes.picture_data import (
    SOURCE,
    GridCrops,
    PictureData,
    iter_generated,
    iter_wbc1,
)
from napari_disentangle.recipes.source_data import Grid
from napari_disentangle.storage.models import read_model
from napari_disentangle.synthetic.sprites import SpriteConfig
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.storage.models import Model
    from napari_disentangle.tasks import Task


def test_generated_images_are_new_to_the_model_and_the_same_at_any_size() -> None:
    found = run(iter_generated(read_model("pixels"), n=5))
    assert (found.name, found.train, len(found.test)) == (SOURCE, None, 5)
    small, large = (found.test.cut(np.arange(5), size) for size in (32, 64))
    halved = large.reshape(5, 3, 32, 2, 32, 2).mean(axis=(3, 5))
    assert np.abs(halved - small).mean() < 0.02


def test_a_model_that_does_not_tell_its_data_is_refused(tiny_model: Model) -> None:
    with pytest.raises(ModelError, match="does not tell"):
        run(iter_generated(tiny_model))


@pytest.mark.slow
def test_both_models_are_compared_on_the_same_pictures() -> None:
    test = GridCrops(Grid(np.zeros((6, 5), np.int64), 1), SpriteConfig(), 6)

    def iter_cells() -> Task[Progress, PictureData]:
        yield Progress("Drawing", 0, 1)
        return PictureData("drawn", None, test)

    model = read_model("pixels")
    repeats = [PictureRepeat(model, model, (iter_cells(),)) for _ in range(2)]
    found = picture_benchmark(repeats)
    assert [(record.drawer, record.repeat) for record in found.records] == [
        ("image decoder", 0),
        ("pixel model", 0),
        ("image decoder", 1),
        ("pixel model", 1),
    ]
    assert found.records[0].found == found.records[1].found
    json.dumps([record.to_json() for record in found.records], allow_nan=False)
    (shown,) = found.shown
    assert next(name for name, _ in shown.rows) == "real"


@pytest.mark.slow
def test_bundled_models_draw_combinations_that_they_never_saw() -> None:
    features, pixels = read_model("features"), read_model("pixels")
    repeat = PictureRepeat(features, pixels, (iter_generated(features, n=60),))
    found = {r.drawer: r.found for r in picture_benchmark([repeat]).records}
    assert found["image decoder"].ssim_cell > 0.85
    assert found["image decoder"].found > 0.85
    assert found["pixel model"].ssim_cell > 0.9


@pytest.mark.slow
def test_no_tested_cell_is_of_an_image_to_learn_from(shared_data: Path) -> None:
    found = run(iter_wbc1(shared_data / "wbc1"))
    assert found.train is not None
    assert not set(found.train.table["roi_id"]) & set(found.test.table["roi_id"])
    assert found.n_learned + len(found.test) > 290
