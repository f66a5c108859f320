"""The whole plan on pictures on disk: complete, resumable, the same again."""

import json
from dataclasses import replace

import pytest

from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.recipes.transfer.material import iter_open, without_rare
from napari_disentangle.recipes.transfer.plan import (
    OPEN_SET_ARMS,
    TransferConfig,
    Wanted,
    want,
)
from napari_disentangle.recipes.transfer.run import transfer
from napari_disentangle.recipes.transfer.show import write_transfer
from napari_disentangle.recipes.transfer.sources import find_model
from napari_disentangle.storage.models import write_model
from napari_disentangle.tasks import run

ACCURACY_KEYS = {
    "dataset",
    "crop",
    "input",
    "finetune",
    "classifier",
    "code",
    "balanced_accuracy_mean",
    "balanced_accuracy_sd",
    "n",
    "seeds",
}


@pytest.fixture(scope="module")
def wanted(pictures):
    return (Wanted("disks", pictures, "folder", "folder"),)


@pytest.fixture(scope="module")
def config(tiny):
    arms = ("features-none", "features-anchored", "pca-none", "raw-none")
    arms = (*arms, "features-anchored-joined", "pca-none-wide")
    return tiny.replace(arms=arms)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def result(wanted, config, sources, out):
    return transfer(wanted, out, config, sources=sources, device="cpu")


def test_every_arm_has_its_rows(result):
    document = result.to_json()
    rows = document["accuracy"]
    assert all(set(row) >= ACCURACY_KEYS for row in rows)
    found = {(row["input"], row["finetune"]) for row in rows}
    assert found == {
        ("features", "none"),
        ("features", "anchored"),
        ("pca", "none"),
        ("raw", "none"),
        ("chance", "none"),
    }
    assert all(row["n"] == 30 for row in rows)
    (chance,) = [row for row in rows if row["input"] == "chance"]
    assert chance["balanced_accuracy_mean"] == pytest.approx(1 / 3, abs=1e-4)
    scored = document["disentanglement"]
    assert [row["finetune"] for row in scored] == ["none", "anchored"]
    assert all(
        {"omes_before", "omes_after", "dci_after", "mig_after"} <= set(row)
        for row in scored
    )
    beyond = [(row["variant"], row["width"]) for row in document["beyond"]]
    assert sorted(beyond) == [("joined", 10)] * 2 + [("wide", 19)] * 2  # of 20
    left_out = {row["held_out"] for row in document["open_set"]}
    assert left_out == {"blue", "green", "red"}
    json.dumps(document, allow_nan=False)


def test_a_model_without_source_images_is_not_anchored(
    wanted, config, tiny_model, tmp_path
):
    write_model(tiny_model, tmp_path / "sources" / "seed_0")
    arms = ("features-none", "features-anchored")
    found = transfer(
        wanted,
        tmp_path / "out",
        config.replace(arms=arms, open_set=False, measure=False),
        sources=tmp_path / "sources",
        device="cpu",
    )
    assert [record.finetune for record in found.records] == ["none"]
    assert any("without Source images to replay" in note for note in found.notes)
    assert found.rows().disentanglement == ()


def test_what_is_left_out_is_told(result):
    (target,) = result.targets
    assert target.counts == {"blue": 10, "green": 10, "red": 10}
    assert target.skipped == {"its class is in one image only": 1}


def test_an_interrupted_run_goes_on_and_gives_the_same(
    result, wanted, config, sources, out
):
    cells = sorted((out / "cells").rglob("*.json"))
    assert len(cells) == 10  # arms, and open sets
    lost = cells[0]
    written = {cell: cell.stat().st_mtime_ns for cell in cells}
    lost.unlink()
    again = transfer(wanted, out, config, sources=sources, device="cpu")
    changed = [c for c in cells if c.stat().st_mtime_ns != written[c]]
    assert changed == [lost]
    first, second = result.to_json(), again.to_json()
    assert first["accuracy"] == second["accuracy"]
    assert first["open_set"] == second["open_set"]


def test_other_settings_are_other_cells(result, wanted, config, sources, out):
    before = {*(out / "cells").rglob("*.json")}
    few = config.replace(trees=2, open_set=False, arms=("pca-none",))
    transfer(wanted, out, few, sources=sources, device="cpu")
    after = {*(out / "cells").rglob("*.json")}
    assert len(after - before) == 1
    assert before < after


def test_the_page_shows_ours_beside_the_papers(result, tmp_path):
    write_transfer(tmp_path / "transfer.md", result)
    page = (tmp_path / "transfer.md").read_text(encoding="utf-8")
    assert "93.55 ± .019" in page
    assert f"transfer --seeds {result.config.n_seeds}` with" in page
    assert "principal components of the target" in page
    assert "| disks | folder | joined: named and principal components | 10 |" in page
    assert "| disks | folder | features |" in page


def test_nothing_to_transfer_to_is_told(config, sources, tmp_path):
    with pytest.raises(ConfigError, match="no data set"):
        transfer((), tmp_path, config, sources=sources)


def test_one_class_is_told(target):
    alone = replace(target, y=target.y * 0, classes=("red",))
    with pytest.raises(DataError, match="two classes"):
        without_rare(alone)


def test_thinning_keeps_rare_classes(wanted, config):
    target = run(iter_open(wanted[0], config.replace(max_crops=9)))
    assert sorted(target.y.tolist()) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert len(target.crops) == 9


def test_quick_takes_two_data_sets_in_one_crop_each(tmp_path):
    quick = TransferConfig.quick(2)
    sets = want({"own": tmp_path}, tmp_path, tmp_path, quick)
    assert [(each.name, each.crop) for each in sets] == [
        ("bccd", "tight"),
        ("wbc1", "masked"),
    ]
    full = want({"own": tmp_path}, tmp_path, tmp_path, TransferConfig())
    assert len(full) == 5
    assert quick.n_seeds == 2
    names = {arm.name for arm in quick.chosen}
    assert {"features-anchored", "pca-none", "scratch-none", "raw-none"} <= names
    assert "pixels-paper" in names


def test_seeds_take_turns_with_source_models(sources):
    names = [find_model("features", seed, sources).name for seed in range(3)]
    assert names == ["seed_0", "seed_1", "seed_0"]
    assert find_model("features", 0) == "features"


def test_open_set_arms_are_arms():
    assert len({arm.name for arm in OPEN_SET_ARMS}) == len(OPEN_SET_ARMS)
