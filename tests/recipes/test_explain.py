"""Factor cards: complete, honest, and the same for the same seed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.factors import FactorSpace
from napari_disentangle.latents.embed import iter_embed
from napari_disentangle.recipes.card_files import iter_write_cards
from napari_disentangle.recipes.counterfactual import edit_words
from napari_disentangle.recipes.edits import iter_edit_words
from napari_disentangle.recipes.explain import ExplainConfig, explain
from napari_disentangle.recipes.explain_json import explanation_document
from napari_disentangle.storage.card import ScoreCard
from napari_disentangle.storage.replay import Replay
from napari_disentangle.tables import Features
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.storage.models import Model

N = 40


class DiskCrops:
    """Crops of one disk each, growing with the row, on black."""

    window_px = 32.0

    def __init__(self, n: int = N) -> None:
        labels = np.arange(1, n + 1) * 3
        self.table = pd.DataFrame(
            {"roi_id": "image", "frame": 0, "label": labels, "index": labels}
        )

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        y, x = (np.mgrid[:size, :size] + 0.5) / size - 0.5
        crops = np.zeros((len(rows), 3, size, size), np.float32)
        for crop, row in zip(crops, rows, strict=True):
            disk = y**2 + x**2 < (0.15 + 0.3 * row / N) ** 2
            noise = np.random.default_rng(row).uniform(0.3, 0.9, (3, size, size))
            crop[:] = disk * noise
        return crops


def _features(n: int = N, seed: int = 0) -> Features:
    values = np.random.default_rng(seed).random((n, 3408), np.float32)
    return Features(values, DiskCrops(n).table, "efficientnet_lite0")


def _with_replay(model: Model) -> Model:
    rng = np.random.default_rng(1)
    assert model.scaler is not None
    values = model.scaler.transform(rng.random((120, 3408), np.float32))
    space = FactorSpace(("scale",), (6,))
    return replace(model, replay=Replay(values, rng.integers(0, 6, (120, 1)), space))


def _explain(
    model: Model,
    n: int = N,
    measured: pd.DataFrame | None = None,
    truth: pd.DataFrame | None = None,
) -> Explanation:
    return explain(
        model,
        DiskCrops(n),
        measured=measured,
        truth=truth,
        features=_features(n),
        config=ExplainConfig(starts=2),
    )


@pytest.fixture(scope="module")
def explanation(drawing_model: Model) -> Explanation:
    truth = DiskCrops().table.assign(true_scale=np.arange(N), true_texture=0)
    return _explain(_with_replay(drawing_model), truth=truth)


def test_every_dimension_has_a_card_with_all_that_is_known(
    explanation: Explanation, drawing_model: Model
) -> None:
    assert tuple(c.name for c in explanation.cards) == drawing_model.dimensions
    assert [c.dimension for c in explanation.cards] == list(range(10))
    for card in explanation.cards:
        assert card.decoded
        assert card.nearest
        assert card.reason.endswith(".")
        assert card.grade in ("A", "B", "C", "D", "none")
        assert card.kl >= 0
    residual = explanation.card("residual_1")
    assert residual.grade == "none"
    assert residual.how_named == "unnamed"
    assert residual.truth_rank_correlation is None
    assert -1 <= (explanation.card("scale").truth_rank_correlation or 9) <= 1


def test_what_is_known_of_the_data_comes_before_any_name(
    explanation: Explanation,
) -> None:
    assert explanation.in_distribution is not None
    assert explanation.notes[0] == explanation.in_distribution.sentence
    assert explanation.table["in_distribution"].dtype == bool
    assert any("no masks" in note for note in explanation.notes)


def test_equal_seeds_give_equal_cards(
    explanation: Explanation, drawing_model: Model
) -> None:
    truth = DiskCrops().table.assign(true_scale=np.arange(N), true_texture=0)
    again = _explain(_with_replay(drawing_model), truth=truth)
    assert explanation_document(again) == explanation_document(explanation)


def test_the_document_has_the_promised_keys_and_is_plain_json(
    explanation: Explanation,
) -> None:
    document = json.loads(
        json.dumps(explanation_document(explanation), allow_nan=False)
    )
    factor = document["factors"][3]
    assert {
        "name",
        "dimension",
        "how_named",
        "kl",
        "active",
        "measured_response",
        "correlations",
        "drift",
        "grade",
        "reason",
        "truth_rank_correlation",
    } <= set(factor)
    assert factor["name"] == "scale"
    assert set(factor["correlations"]["area"]) == {"value", "low", "high", "n"}
    area = factor["measured_response"]["decoded"]["area"]
    assert len(area["values"]) >= 5
    assert -1 <= area["monotonicity"] <= 1


def test_masks_replace_what_was_measured_in_crops(drawing_model: Model) -> None:
    measured = DiskCrops().table.assign(
        area=np.arange(N)[::-1] + 5.0, area_um2=(np.arange(N)[::-1] + 5.0) * 0.25
    )
    found = _explain(drawing_model, measured=measured)
    np.testing.assert_allclose(found.table["area"], measured["area"])
    calibration = found.card("scale").calibration
    assert calibration is not None
    assert calibration.unit == "um"
    assert not any("no masks" in note for note in found.notes)
    with pytest.raises(DataError, match="None of the cells was measured"):
        _explain(drawing_model, measured=measured.assign(roi_id="other"))


def test_in_a_stack_scale_reads_as_the_diameter_of_the_projection(
    drawing_model: Model,
) -> None:
    area = np.arange(N)[::-1] + 5.0
    flat = DiskCrops().table.assign(area=area, area_um2=area * 0.25)
    stack = flat.assign(area=7 * area, area_projected=area)
    one, other = (
        _explain(drawing_model, measured=measured).card("scale").calibration
        for measured in (flat, stack)
    )
    assert one is not None
    assert one == other


def test_drift_is_what_the_card_of_a_fine_tuned_model_tells(
    tiny_model: Model,
) -> None:
    scores = {
        "kept.source.scale": ScoreCard(value=0.99),
        "kept.target.scale": ScoreCard(value=0.8),
    }
    card = tiny_model.card.replace(scores=scores, parent="other-1")
    found = _explain(replace(tiny_model, card=card))
    assert found.card("scale").drift == {"source": 0.99, "target": 0.8}
    assert found.card("color").drift is None


def test_a_single_cell_gets_cards_without_grades(drawing_model: Model) -> None:
    found = _explain(drawing_model, 1)
    assert {card.grade for card in found.cards} == {"none"}
    assert any("single cell" in note for note in found.notes)
    assert found.stack is not None
    json.dumps(explanation_document(found), allow_nan=False)


def test_a_model_without_decoder_is_explained_by_real_cells(tiny_model: Model) -> None:
    found = _explain(tiny_model)
    assert not found.card("scale").decoded
    assert found.card("scale").nearest
    assert any("draws no pictures" in note for note in found.notes)
    assert "cannot be told" in found.notes[0]


def test_a_dead_dimension_says_so(drawing_model: Model) -> None:
    import copy

    import torch

    vae = copy.deepcopy(drawing_model.vae)
    with torch.no_grad():
        vae.mean_head.weight[3] = 0
        vae.mean_head.bias[3] = 0
        vae.log_var_head.weight[3] = 0
        vae.log_var_head.bias[3] = 0
    found = _explain(replace(drawing_model, vae=vae)).card("scale")
    assert not found.active
    assert found.grade == "none"
    assert "dead" in found.reason


def test_pixel_models_are_explained_too(pixel_model: Model) -> None:
    found = explain(pixel_model, DiskCrops(), config=ExplainConfig(starts=2))
    assert len(found.cards) == 5
    assert found.card("scale").decoded


def test_no_cells_are_refused(tiny_model: Model) -> None:
    with pytest.raises(DataError, match="no cells"):
        explain(tiny_model, DiskCrops(0))


def test_words_for_edits_are_those_of_the_cards(tiny_model: Model) -> None:
    features = _features()
    scale = run(iter_embed(tiny_model, features)).mean[:, 3]
    features.values[:] = features.values[scale.argsort()]  # scale grows with the disks
    explanation = explain(tiny_model, DiskCrops(), features=features)
    embedding = run(iter_embed(tiny_model, features))
    words = run(iter_edit_words(embedding, DiskCrops()))
    assert [word.factor for word in words][:2] == ["scale", "scale"]
    assert words == edit_words(explanation)
    with pytest.raises(DataError, match="no cells"):
        run(iter_edit_words(embedding, DiskCrops(0)))


def test_cards_are_saved_as_a_page_or_a_document(
    explanation: Explanation, tmp_path: Path
) -> None:
    run(iter_write_cards(explanation, tmp_path / "cards.html"))
    run(iter_write_cards(explanation, tmp_path / "cards.json"))
    assert "<h2>" in (tmp_path / "cards.html").read_text()
    document = json.loads((tmp_path / "cards.json").read_text())
    assert document == explanation_document(explanation)
    with pytest.raises(DataError, match=r"as \.html or \.json"):
        run(iter_write_cards(explanation, tmp_path / "cards.txt"))
