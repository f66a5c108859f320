"""Whether cells look like what a model was trained on, said before its names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.latents.in_distribution import InDistribution
from napari_disentangle.recipes.encode import iter_encode_read
from napari_disentangle.recipes.familiarity import Familiarity, iter_familiarity
from napari_disentangle.recipes.segment import open_cells
from napari_disentangle.storage.models import read_model
from napari_disentangle.synthetic.field import sample_field
from napari_disentangle.tables import Features
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops


def _told(inside: int, n: int, n_cells: int) -> Familiarity:
    within = np.arange(n) < inside
    return Familiarity(n_cells, InDistribution(within, np.ones((n, 3)), 0.5, 0.7))


@pytest.mark.parametrize(
    ("inside", "begins", "outside"),
    [
        (10, "100 % of the cells lie within", False),
        (5, "Only 50 % of the cells lie within", True),
        (1, "90 % of the cells lie outside", True),
    ],
)
def test_the_sentence_follows_the_share(
    inside: int, begins: str, outside: bool
) -> None:
    told = _told(inside, 10, 10)
    assert told.sentence.startswith(begins)
    assert told.is_outside is outside
    assert ("dock Fine-tune" in told.sentence) is outside
    assert told.sentence.count(".") == 1


def test_all_and_none_are_said_of_all_and_none_only() -> None:
    assert _told(999, 1000, 1000).sentence.startswith("99 % of the cells lie within")
    assert _told(1, 1000, 1000).sentence.startswith("99 % of the cells lie outside")


def test_a_part_that_was_looked_at_is_called_so() -> None:
    assert "of 1000 cells looked at" in _told(1000, 1000, 20_000).sentence


def test_a_model_without_a_reference_is_not_checked(tiny_model: Model) -> None:
    features = Features(np.zeros((3, 3408), np.float32), _Three.table, "x")
    told = run(iter_familiarity(tiny_model, _Three(), features))
    assert told.sentence.startswith("Not checked:")
    assert not told.is_outside


def test_a_fine_tuned_model_knows_the_cells_it_saw(tiny_model: Model) -> None:
    rng = np.random.default_rng(0)
    values = rng.random((300, 3408), np.float32)
    uneven = np.linspace(0, 8, 3408, dtype=np.float32)
    card = tiny_model.card.replace(training={"finetune": {}})
    assert tiny_model.scaler is not None
    seen = tiny_model.scaler.transform(values)
    keeps = replace(tiny_model, card=card, seen=seen)
    lost = replace(keeps, seen=None)
    kept, others, unknown = (
        run(iter_familiarity(model, _Three(100), Features(given, _Three.table, "x")))
        for model, given in (
            (keeps, values[:100]),
            (keeps, values[:100] * uneven),
            (lost, values[:100]),
        )
    )
    assert kept.sentence.endswith("may be read as they stand.")
    assert others.is_outside
    assert unknown.found is None


@pytest.mark.slow
def test_the_bundled_model_knows_sprites_and_not_photographs_of_cells(
    shared_data: Path,
) -> None:
    model, sample = read_model("features"), sample_field()
    sprites = plan_crops(
        to_tzcyx(sample.image, "yxc"), to_tzyx(sample.labels, "yx"), CropConfig()
    )
    image = min((shared_data / "bccd" / "images").iterdir())
    cells = open_cells(image).crops
    known, unknown = (_familiarity(model, crops) for crops in (sprites, cells))
    assert known.found is not None
    assert unknown.found is not None
    assert not known.is_outside
    assert known.found.share > unknown.found.share
    assert _familiarity(read_model("pixels"), cells).sentence.startswith(
        "100 % of the cells lie outside"
    )


def _familiarity(model: Model, crops: Crops) -> Familiarity:
    _, features = run(iter_encode_read(crops, model, device="cpu"))
    return run(iter_familiarity(model, crops, features, device="cpu"))


class _Three:
    """Crops of which only the number counts."""

    table = None

    def __init__(self, n: int = 3) -> None:
        self._n = n

    def __len__(self) -> int:
        return self._n
