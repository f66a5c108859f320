"""The figures of a fine-tuning come out of its run folder, as the dock showed them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.image import imread

from napari_disentangle.annotations.values import Annotations, CellClass
from napari_disentangle.recipes.comparison_files import (
    keep_comparison,
    read_kept_comparison,
)
from napari_disentangle.recipes.encode import cell_table, encode
from napari_disentangle.recipes.export_images import (
    ExportConfig,
    ExportSource,
    export_images,
)
from napari_disentangle.recipes.finetune_cells import (
    FinetuneRequest,
    iter_finetune_cells,
)
from napari_disentangle.recipes.finetune_figures import (
    BEFORE_AFTER,
    CURVES,
    find_run,
    finetune_writers,
    separability_text,
)
from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.storage.models import read_model, write_model
from napari_disentangle.tasks import run
from napari_disentangle.training.finetune_config import FinetuneConfig

if TYPE_CHECKING:
    from napari_disentangle.recipes.finetune_cells import FinetunedCells
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops

CONFIG = FinetuneConfig(mode="paper", epochs=3, batch=4)


@pytest.fixture(scope="module")
def tuned(
    crops: Crops, pixel_model: Model, tmp_path_factory: pytest.TempPathFactory
) -> FinetunedCells:
    """A model, fine-tuned on seven cells of two classes."""
    folder = tmp_path_factory.mktemp("models")
    write_model(pixel_model, folder / "pixel")
    classes = CellClass("small", "#ff0000", 1), CellClass("large", "#0000ff", 2)
    some = Annotations(classes).set(crops.table.iloc[:3], "small")
    request = FinetuneRequest(
        folder / "pixel",
        CONFIG,
        folder / "tuned",
        crops=crops,
        annotations=some.set(crops.table.iloc[3:], "large"),
    )
    return run(iter_finetune_cells(request))


def test_the_comparison_is_kept_with_the_run(tuned: FinetunedCells) -> None:
    kept, shown = read_kept_comparison(tuned.tuned.folder), tuned.comparison
    assert kept is not None
    assert kept.dimensions == shown.dimensions
    np.testing.assert_array_equal(kept.kept, shown.kept)
    np.testing.assert_array_equal(kept.drift, shown.drift)
    assert (kept.separability, kept.why_not) == (shown.separability, shown.why_not)
    for name in ("crops", "drawn_before", "drawn_after"):
        np.testing.assert_allclose(
            getattr(kept, name), getattr(shown, name), atol=0.51 / 255
        )


def test_a_comparison_without_pictures_or_classes_is_kept_as_it_is(
    tuned: FinetunedCells, tmp_path: Path
) -> None:
    shown = replace(
        tuned.comparison,
        separability=None,
        why_not="fewer than two classes are annotated",
        drawn_before=None,
        drawn_after=None,
    )
    keep_comparison(tmp_path, shown)
    kept = read_kept_comparison(tmp_path)
    assert kept is not None
    assert kept.separability is None
    assert kept.drawn_before is None
    assert "unknown, fewer than two classes" in separability_text(kept)


def test_export_writes_the_figures_of_the_run_of_its_model_and_of_no_other(
    tuned: FinetunedCells, crops: Crops, pixel_model: Model, tmp_path: Path
) -> None:
    model, folder = tuned.tuned.model, tuned.tuned.folder
    source = source_of(crops, model, (str(folder.parent / "pixel"), str(folder)))
    export_images(source, tmp_path, ExportConfig(traversal=False, methods=False))
    for name in (CURVES, BEFORE_AFTER):
        picture = imread(tmp_path / name)
        assert picture.shape[0] > 300
        assert picture.std() > 0.05
    other = source_of(crops, pixel_model, source.folders)
    found = export_images(other, tmp_path / "other", ExportConfig(traversal=False))
    assert not {CURVES, BEFORE_AFTER} & {path.name for path in found}


def source_of(crops: Crops, model: Model, folders: tuple[str, ...]) -> ExportSource:
    table = cell_table(encode(crops, model))
    image = ImageCells("a.tif", "a", 1, table, crops.table.iloc[:0].assign(reason=""))
    return ExportSource((image,), model, folders=folders)


def test_a_model_with_other_pictures_is_of_the_same_run(tuned: FinetunedCells) -> None:
    card, folder = tuned.tuned.model.card, tuned.tuned.folder
    drawn = card.replace(picture_source="own cells", picture_note="older")
    assert find_run(drawn, ["features", folder]) == folder
    assert find_run(card.replace(seed=99), [folder]) is None
    assert find_run(card, [folder / "gone", folder.parent / "pixel"]) is None


def test_a_run_without_a_comparison_has_curves_only_and_says_so_in_one_sentence(
    tuned: FinetunedCells, crops: Crops, tmp_path: Path
) -> None:
    folder = Path(copytree(tuned.tuned.folder, tmp_path / "run"))
    model = tuned.tuned.model
    known = source_of(crops, model, (str(folder),))
    assert known.without(ExportConfig()) == ""
    for path in folder.glob("comparison.*"):
        path.unlink()
    assert list(finetune_writers(folder)) == [CURVES]
    assert read_model(folder).id == model.id
    assert known.without(ExportConfig()) == (
        "No finetune_before_after.png: the run run keeps no comparison of the model "
        "before and after (it was stopped before, or made by an older version); go on "
        "with it in Fine-tune, or fine-tune anew, to get one."
    )
    assert known.without(ExportConfig(plots=False)) == ""


def test_a_model_whose_run_is_not_known_says_so_and_one_that_has_none_says_nothing(
    tuned: FinetunedCells, crops: Crops, pixel_model: Model
) -> None:
    told = source_of(crops, tuned.tuned.model, ()).without(ExportConfig())
    assert told.startswith("No finetune_curves.png and no finetune_before_after.png: ")
    assert "open that folder in Factors" in told
    assert source_of(crops, pixel_model, ()).without(ExportConfig()) == ""
