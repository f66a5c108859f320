"""Fine-tuning as a dock asks for it, and two models on the same cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pytest

from napari_disentangle.annotations.exclusions import exclude
from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.recipes.compare_models import compare_models
from napari_disentangle.recipes.finetune_cells import (
    FinetuneRequest,
    _iter_cells,
    iter_finetune_cells,
    read_reports,
)
from napari_disentangle.storage.models import read_model, write_model
from napari_disentangle.storage.runs import read_run
from napari_disentangle.tasks import run
from napari_disentangle.training.finetune_config import FinetuneConfig
from napari_disentangle.training.finetune_state import FinetuneReport

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.crops.cut import LabelCrops
    from napari_disentangle.storage.models import Model

CONFIG = FinetuneConfig(mode="paper", epochs=3, batch=4)


@pytest.fixture(scope="module")
def folder(pixel_model: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "pixel"
    write_model(pixel_model, folder)
    return folder


def test_the_model_before_stays_and_the_one_after_is_compared(
    crops: LabelCrops, folder: Path, tmp_path: Path
) -> None:
    before = read_model(folder).id
    request = FinetuneRequest(folder, CONFIG, tmp_path / "tuned", crops=crops)
    events: list[object] = []
    found = run(iter_finetune_cells(request), events.append)
    assert read_model(folder).id == before
    assert found.tuned.model.card.parent == before
    assert sum(isinstance(event, FinetuneReport) for event in events) == 3
    comparison = found.comparison
    assert comparison.kept.shape == comparison.drift.shape == (5,)
    assert comparison.crops.shape == (6, 64, 64, 3)
    assert comparison.drawn_before is not None
    assert comparison.drawn_after is not None
    assert comparison.separability is None
    assert "fewer than two classes" in comparison.why_not


def test_a_run_goes_on_from_the_model_it_started_from(
    crops: LabelCrops, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tuned"
    task = iter_finetune_cells(FinetuneRequest(folder, CONFIG, out, crops=crops))
    while not isinstance(next(task), FinetuneReport):
        pass
    task.close()
    assert not read_run(out).is_finished
    assert len(read_reports(out)) == 1
    other = tmp_path / "another"
    request = FinetuneRequest(
        other, CONFIG, out, models=[str(folder)], crops=crops, resume=True
    )
    events: list[object] = []
    run(iter_finetune_cells(request), events.append)
    epochs = [event.epoch for event in events if isinstance(event, FinetuneReport)]
    assert epochs == [1, 2, 3]
    assert read_run(out).is_finished
    run(iter_finetune_cells(replace(request, config=CONFIG.replace(epochs=2))))
    assert [report.epoch for report in read_reports(out)] == [1, 2, 3, 4, 5]


def test_a_run_whose_model_is_unknown_says_which_is_wanted(
    crops: LabelCrops, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "tuned"
    run(iter_finetune_cells(FinetuneRequest(folder, CONFIG, out, crops=crops)))
    request = FinetuneRequest("features", CONFIG, out, crops=crops, resume=True)
    with pytest.raises(ModelError, match="started from pixel-"):
        run(iter_finetune_cells(request))


def test_a_folder_of_classes_tells_separability(folder: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, color in (("dark", 40), ("bright", 220)):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(8):
            picture = np.full((40, 40, 3), color, np.uint8)
            picture += rng.integers(0, 30, picture.shape, dtype=np.uint8)
            iio.imwrite(tmp_path / "images" / name / f"{number}.png", picture)
    request = FinetuneRequest(
        folder, CONFIG, tmp_path / "tuned", folder=tmp_path / "images"
    )
    found = run(iter_finetune_cells(request))
    assert found.comparison.separability is not None
    before, after = found.comparison.separability
    assert 0.5 <= before.mean <= 1
    assert 0.5 <= after.mean <= 1
    assert found.tuned.model.card.data.startswith("16 cells of images")


def test_classes_go_along_and_excluded_cells_are_left_out(
    crops: LabelCrops, folder: Path, tmp_path: Path
) -> None:
    known = Annotations().with_class(CellClass("red", "#ff0000"))
    known = known.set(crops.table.iloc[1:2], "red")
    known = exclude(known, crops.table.iloc[2:4], "debris")
    request = FinetuneRequest(
        folder, CONFIG, tmp_path / "tuned", crops=crops, annotations=known
    )
    taken, classes, what = run(_iter_cells(request))
    gone = crops.table["label"].iloc[2:4]
    left = crops.table[~crops.table["label"].isin(gone)]
    assert taken.table["label"].tolist() == left["label"].tolist()
    assert list(classes) == ["", "red", *[""] * (len(left) - 2)]
    assert what == f"{len(left)} cells of image (2 excluded)"


def test_the_same_model_twice_changes_nothing(
    crops: LabelCrops, pixel_model: Model
) -> None:
    labels = ["a", "b", "a", "b", "a", "b", ""]
    found = compare_models(crops, pixel_model, pixel_model, labels=labels)
    np.testing.assert_allclose(found.kept, 1, atol=1e-6)
    np.testing.assert_array_equal(found.drift, 0)
    assert found.separability is not None
    assert found.separability[0] == found.separability[1]


def test_models_of_other_features_do_not_compare(
    crops: LabelCrops, pixel_model: Model, tiny_model: Model
) -> None:
    with pytest.raises(ModelError, match="different features"):
        compare_models(crops, pixel_model, tiny_model)


def test_without_cells_they_are_asked_for(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="choose a folder"):
        run(iter_finetune_cells(FinetuneRequest(folder, CONFIG, tmp_path / "new")))
