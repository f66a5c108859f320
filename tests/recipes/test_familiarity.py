"""Whether cells look like what a model was trained on, said before its names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.annotations.exclusions import exclude
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.latents.in_distribution import InDistribution
from napari_disentangle.recipes.encode import iter_encode_read
from napari_disentangle.recipes.familiarity import (
    MOST_CELLS,
    Familiarity,
    iter_familiarity,
    iter_update_familiarity,
)
from napari_disentangle.recipes.segment import open_cells
from napari_disentangle.storage.models import read_model
from napari_disentangle.synthetic.field import sample_field
from napari_disentangle.tables import Features
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops


def _told(inside: int, n: int, n_cells: int) -> Familiarity:
    within = np.arange(n) < inside
    return Familiarity(
        n_cells, InDistribution(within, np.ones((n, 3)), np.ones(n), 0.7)
    )


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


def test_excluded_cells_do_not_count() -> None:
    cells = pd.DataFrame({"roi_id": "a", "frame": 0, "label": np.arange(1, 11)})
    told = replace(_told(5, 10, 10), looked=cells)
    value = exclude(Annotations(), cells[5:9], "debris")
    found = told.counted(value)
    assert (told.is_outside, found.is_outside) == (True, False)
    assert found.sentence.startswith("83 % of the cells lie within")
    assert told.counted(Annotations()) is told
    assert told.counted(exclude(value, cells, "debris")) is told


def test_a_part_that_was_looked_at_is_called_so() -> None:
    assert "of 1000 cells looked at" in _told(1000, 1000, 20_000).sentence


def test_a_model_without_a_reference_is_not_checked(tiny_model: Model) -> None:
    features = Features(np.zeros((3, 3408), np.float32), _Named().table, "x")
    told = run(iter_familiarity(tiny_model, _Named(), features))
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
    lost, cells = replace(keeps, seen=None), _Named(100)
    kept, others, unknown = (
        run(iter_familiarity(model, cells, Features(given, cells.table, "x")))
        for model, given in (
            (keeps, values[:100]),
            (keeps, values[:100] * uneven),
            (lost, values[:100]),
        )
    )
    assert kept.sentence.endswith("may be read as they stand.")
    assert others.is_outside
    assert unknown.found is None


def knowing(model: Model, values: NDArray[np.float32]) -> Model:
    """Return a model that was fine-tuned on cells with these features."""
    assert model.scaler is not None
    card = model.card.replace(training={"finetune": {}})
    return replace(model, card=card, seen=model.scaler.transform(values))


def test_an_update_tells_what_a_look_at_all_cells_would(tiny_model: Model) -> None:
    rng = np.random.default_rng(0)
    values = rng.random((300, 3408), np.float32)
    model, all_ids = knowing(tiny_model, values), _Named(42)
    before = run(
        iter_familiarity(
            model, _Named(40), Features(values[:40], _Named(40).table, "x")
        )
    )
    assert not before.is_outside
    strange = values[:42] * np.linspace(0, 8, 3408, dtype=np.float32)
    now = np.concatenate([values[:20], strange[20:]])  # 21 to 40 edited, two new
    edited = _Named(22, first=21)
    updated = run(
        iter_update_familiarity(
            before, model, all_ids, edited, Features(now[20:], edited.table, "x")
        )
    )
    anew = run(iter_familiarity(model, all_ids, Features(now, all_ids.table, "x")))
    assert updated.sentence == anew.sentence
    assert updated.is_outside
    assert updated.found is not None
    assert anew.found is not None
    assert updated.looked is not None
    order = np.argsort(updated.looked["label"].to_numpy())
    np.testing.assert_allclose(
        updated.found.ratios[order], anew.found.ratios, rtol=1e-4
    )
    assert updated.found.explained == pytest.approx(anew.found.explained, rel=1e-4)


def test_cells_that_are_gone_are_not_counted_any_more(tiny_model: Model) -> None:
    values = np.random.default_rng(0).random((300, 3408), np.float32)
    model = knowing(tiny_model, values)
    odd = values[:10] * np.linspace(0, 8, 3408, dtype=np.float32)
    mixed = np.concatenate([values[:10], odd])
    before = run(
        iter_familiarity(model, _Named(20), Features(mixed, _Named(20).table, "x"))
    )
    assert before.sentence.startswith("Only 40 %")
    none = _Named(0)
    after = run(iter_update_familiarity(before, model, _Named(10), none, None))
    assert after.sentence.startswith("80 % of the cells lie within")
    assert after.n_cells == 10


def test_of_very_many_cells_a_part_stays_a_part(tiny_model: Model) -> None:
    values = np.random.default_rng(0).random((300, 3408), np.float32)
    model, n = knowing(tiny_model, values), 4 * MOST_CELLS
    some = np.resize(values, (n, 3408))
    before = run(
        iter_familiarity(model, _Named(n), Features(some, _Named(n).table, "x"))
    )
    new = _Named(200, first=n + 1)
    features = Features(values[:200], new.table, "x")
    everyone = _Named(n + 200)
    after = run(iter_update_familiarity(before, model, everyone, new, features))
    assert after.looked is not None
    added = len(after.looked) - MOST_CELLS
    assert 25 <= added <= 75  # a quarter of them
    assert f"of {MOST_CELLS + added} cells looked at" in after.sentence


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


class _Named:
    """Crops of which only the number and the ids count."""

    window_px = 10.0

    def __init__(self, n: int = 3, first: int = 1) -> None:
        ids = np.arange(first, first + n)
        self.table = pd.DataFrame({"roi_id": "a", "frame": 0, "label": ids})

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        raise AssertionError("a model of features reads no crop")
