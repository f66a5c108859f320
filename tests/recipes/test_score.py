from __future__ import annotations

import json

import numpy as np
import pytest
import torch
import typer
from typer.testing import CliRunner

from napari_disentangle.cli.errors import ErrorGroup
from napari_disentangle.cli.score import score as command
from napari_disentangle.errors import ModelError
from napari_disentangle.models.build import build_model
from napari_disentangle.models.config import ModelConfig
from napari_disentangle.recipes.score import score
from napari_disentangle.recipes.score_regime import choose_sprites, held_out
from napari_disentangle.recipes.source_data import SourceDataConfig, split_grid
from napari_disentangle.storage.card import DimensionCard, ModelCard
from napari_disentangle.storage.models import Model, write_model
from napari_disentangle.synthetic.sprites import SpriteConfig, TextureSprites
from napari_disentangle.tables import NAMED_FACTORS

QUARTER = SourceDataConfig(sprites=SpriteConfig(orientation="quarter", jitter_px=2))

app = typer.Typer(cls=ErrorGroup)
app.callback()(lambda: None)
app.command("score")(command)


def untrained(names=(*NAMED_FACTORS, "residual_1"), data: object = None) -> Model:
    """Return a small model of pixels, with random weights."""
    config = ModelConfig(kind="pixels", image_size=16, filters=8, latent_dim=len(names))
    card = ModelCard(
        name="untrained",
        model=config,
        dimensions=tuple(DimensionCard(name=name) for name in names),
        training={} if data is None else {"data": data},
    )
    return Model(card, build_model(config, 0).eval().requires_grad_(False))


@pytest.fixture(scope="module")
def model() -> Model:
    return untrained(data=QUARTER.model_dump(mode="json"))


@pytest.fixture(scope="module")
def scores(model):
    torch.set_num_threads(1)
    return score(model, "own", n_images=1_500, n_pairs=2_000)


def test_own_images_are_those_of_the_training(model):
    assert choose_sprites(model.card, "own") == QUARTER.sprites
    centered = choose_sprites(model.card, "centered")
    assert centered == QUARTER.sprites  # the same jitter, the same turns
    full = choose_sprites(model.card, "full_circle")
    assert full == QUARTER.sprites.replace(orientation="full")


def test_combinations_are_held_out_of_the_images_of_the_training_only(model):
    space = TextureSprites(QUARTER.sprites.replace(size=16)).space
    unseen = held_out(model.card, QUARTER.sprites, space)
    np.testing.assert_array_equal(unseen, split_grid(space, QUARTER)[1].positions)
    full = choose_sprites(model.card, "full_circle")
    assert held_out(model.card, full, TextureSprites(full).space) is None


def test_of_free_placement_nothing_is_held_out():
    free = SourceDataConfig(sprites=SpriteConfig(placement="free"))
    card = untrained(data=free.model_dump(mode="json")).card
    space = TextureSprites(free.sprites.replace(size=16)).space
    assert held_out(card, choose_sprites(card, "own"), space) is None


@pytest.mark.parametrize("data", [None, {"images": "mine"}, "blood"])
def test_a_model_of_unknown_training_is_scored_on_given_factors_only(data):
    card = untrained(data=data).card
    assert choose_sprites(card, "centered").orientation == "quarter"
    with pytest.raises(ModelError, match="does not tell which factors"):
        choose_sprites(card, "own")


@pytest.mark.slow
def test_an_untrained_model_reads_out_little(scores):
    assert scores.space.sizes == (5, 7, 3, 6, 10)
    assert scores.unseen
    assert scores.n_scored >= 1_500
    assert scores.dci.disentanglement < 0.5
    np.testing.assert_allclose(
        scores.chance, 1 / np.array(scores.space.sizes), atol=0.06
    )


@pytest.mark.slow
def test_the_document_has_the_promised_keys(scores):
    document = json.loads(json.dumps(scores.to_json(), allow_nan=False))
    assert {"avg", "max", "S", "ordinal_reference", "named_avg"} <= set(
        document["omes"]
    )
    assert {"disentanglement", "without_orientation"} <= set(document["dci"])
    assert set(document["readout"]) == set(document["matching"]) == set(NAMED_FACTORS)
    assert set(document["readout"]["shape"]) == {"accuracy", "chance"}
    assert set(document["seconds"]) == {"encoding", "omes", "mig", "dci"}
    assert document["omes"]["named"] == [0, 1, 2, 3, 4]
    assert document["images"]["unseen_combinations"] is True
    held = [match["index"] for match in document["matching"].values() if match]
    assert len(set(held)) == len(held)


@pytest.mark.slow
def test_command_and_recipe_give_the_same_numbers(tmp_path):
    names = tuple(f"residual_{j}" for j in range(4))
    write_model(untrained(names), tmp_path / "model")
    out = tmp_path / "scores.json"
    args = ["score", "--model", str(tmp_path / "model"), "--json", str(out)]
    result = CliRunner().invoke(app, [*args, "--centred", "--images", "300"])
    assert result.exit_code == 0, result.stderr
    written = json.loads(out.read_text())
    expected = score(untrained(names), "centered", n_images=300)
    numbers = json.loads(json.dumps(expected.to_json()))
    del written["seconds"], numbers["seconds"]
    assert written == numbers
    assert expected.named == tuple(
        sorted(j for j in expected.matching if j is not None)
    )
    assert "orientation: read out" in result.stdout


def test_two_regimes_at_once_are_wrong_usage(tmp_path):
    args = ["score", "--centred", "--full-circle", "--json", str(tmp_path / "s.json")]
    assert CliRunner().invoke(app, args).exit_code == 2


def test_a_missing_model_ends_with_one_line(tmp_path):
    args = ["score", "--model", str(tmp_path / "no"), "--json", str(tmp_path / "s")]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
