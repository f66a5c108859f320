"""What a session knows of its images, opened again by the libraries that read it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pytest
import tifffile
from matplotlib.image import imread

from napari_disentangle.annotations.exclusions import exclude, mark_excluded
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.classify.classifier import Classifier
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.crops.axes import to_tzcyx, to_tzyx
from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops
from napari_disentangle.crops.measure import measure
from napari_disentangle.errors import StorageError
from napari_disentangle.recipes.encode import cell_table, encode
from napari_disentangle.recipes.export_images import (
    ExportConfig,
    ExportSource,
    export_images,
    iter_export_images,
)
from napari_disentangle.recipes.image_cells import ImageCells
from napari_disentangle.recipes.traversal import make_traversal
from napari_disentangle.storage.models import read_model

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model


CLASSIFIER = Classifier(
    fitted=cast("Any", None),  # what is told of it needs none
    columns=("z_scale", "z_shape"),
    classes=("blue", "red"),
    counts=(3, 4),
    model="pixels-1",
    config=ClassifierConfig(kind="linear", repeats=2),
    scores={"balanced_accuracy": 0.9, "balanced_accuracy_sd": 0.1, "chance": 0.5},
)


@pytest.fixture(scope="module")
def source(
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]], pixel_model: Model
) -> ExportSource:
    """Return two images with the same cells, one annotated, and an empty one."""
    image, labels = painted_cells
    image, labels = to_tzcyx(image, "yxc"), to_tzyx(labels, "yx")
    crops = plan_crops(image, labels, CropConfig(), roi_id="a.tif")
    measured = measure(image, labels, spacing_um=(0.5, 0.5), roi_id="a.tif")
    embedding = encode(crops, pixel_model)
    table = cell_table(embedding, measured)
    classes = np.where(table["label"] < 10, "red", None)
    first = ImageCells(
        roi_id="a.tif",
        key="a",
        n_frames=1,
        table=table.assign(annotation=classes, prediction="red", probability=0.75),
        skipped=crops.skipped,
        window_px=crops.window_px,
        spacing_um=(0.5, 0.5),
        crop=crops.config,
    )
    second = ImageCells("b.tif", "b", 1, table.assign(roi_id="b.tif"), crops.skipped)
    empty = ImageCells.without_cells("empty.tif", "e")
    stack = make_traversal(pixel_model, embedding, crops, factors=["scale"])
    return ExportSource(
        images=(first, second, empty),
        model=pixel_model,
        crops=crops,
        table=first.table,
        stack=stack,
        classifier=CLASSIFIER,
    )


def test_every_file_is_opened_by_the_library_that_reads_it(
    source: ExportSource, pixel_model: Model, tmp_path: Path
) -> None:
    anndata = pytest.importorskip("anndata", reason="needs the extra tables")
    config = ExportConfig(table="all three", model=True)
    files = export_images(source, tmp_path / "out", config)
    assert {file.name for file in files} == {
        *("cells.csv", "cells.parquet", "cells.h5ad", "images.csv", "methods.md"),
        *("factors.png", "traversal.tif", "traversal_nearest.tif", "traversal.png"),
        "model",
    }
    out = tmp_path / "out"
    assert {file.name for file in out.iterdir()} == {file.name for file in files}
    csv, parquet = (
        pd.read_csv(out / "cells.csv"),
        pd.read_parquet(out / "cells.parquet"),
    )
    cells = anndata.read_h5ad(out / "cells.h5ad")
    for table in (csv, parquet, cells.obs):
        assert table["roi_id"].tolist() == ["a.tif"] * 7 + ["b.tif"] * 7
        assert table["label"].tolist() == 2 * [1, 5, 10, 11, 40, 41, 300]
        assert table["annotation"].tolist()[:2] == ["red", "red"]
        assert table["annotation"].isna().sum() == 12
        assert table["probability"].tolist()[:7] == [0.75] * 7
        assert table["model"].unique().tolist() == [pixel_model.id]
        np.testing.assert_allclose(table["pos_x_um"], table["pos_x"] / 2, rtol=1e-6)
    listed = pd.read_csv(out / "images.csv")
    assert listed.set_index("roi_id")["n_cells"].to_dict() == {
        "a.tif": 7,
        "b.tif": 7,
        "empty.tif": 0,
    }
    assert cells.uns["images"]["roi_id"].tolist() == ["a.tif", "b.tif", "empty.tif"]
    assert json.loads(cells.uns["model_card"])["name"] == pixel_model.card.name
    for name in ("traversal.tif", "traversal_nearest.tif"):
        assert tifffile.imread(out / name).ndim >= 4
    for name in ("factors.png", "traversal.png"):
        assert imread(out / name).ndim == 3
    assert read_model(out / "model").id == pixel_model.id


def test_the_methods_tell_numbers_settings_versions_and_citations(
    source: ExportSource,
) -> None:
    text = source.methods()
    assert "14 cells of 3 images" in text
    assert "1 image had no cells." in text
    assert "2 cells were annotated by hand (2 red)" in text
    assert (
        "by logistic regression that read z_scale, z_shape and were trained on 7 cells "
        "(3 blue, 4 red; balanced accuracy 0.900 ± 0.100 over folds, by chance 0.500, "
        "in cross-validation, 2 times)." in text
    )
    assert source.model.id in text
    assert "napari-disentangle 0" in text
    for year in ("2020", "2024", "2025"):
        assert f"({year})." in text
    block = re.search(r"```json\n(.*)\n```", text, re.S)
    assert block is not None
    settings = json.loads(block.group(1))
    assert settings["crops"] == CropConfig().model_dump(mode="json")
    assert settings["cut"]["window_px"] == source.images[0].window_px
    assert settings["classifier"]["columns"] == ["z_scale", "z_shape"]
    assert settings["classifier"]["cells"] == {"blue": 3, "red": 4}
    assert settings["classifier"]["kind"] == "linear"


def test_what_is_known_of_images_is_reported_with_its_share_of_each_factor(
    source: ExportSource, tmp_path: Path
) -> None:
    named = [
        replace(known, info={known.roi_id: {"day": day, "slide": "S1"}})
        for known, day in zip(source.images, "121", strict=True)
    ]
    files = export_images(replace(source, images=named), tmp_path)
    assert tmp_path / "batch_effects.csv" in files
    written = pd.read_csv(tmp_path / "batch_effects.csv")
    assert set(written["column"]) == {"day", "slide"}
    assert set(written["factor"]) >= {"z_scale", "z_texture"}
    assert "2 images are too few" in written["why_not"].iloc[1]
    text = (tmp_path / "methods.md").read_text()
    assert "Whether factors separate day is not told: 2 images are too few" in text
    assert "Whether factors separate slide is not told: there are fewer than" in text
    assert pd.read_csv(tmp_path / "images.csv")["day"].tolist() == [1, 2, 1]


def test_the_methods_tell_how_many_cells_were_excluded_and_why(
    source: ExportSource,
) -> None:
    first, *others = source.images
    value = exclude(Annotations(), first.table.iloc[:1], "debris")
    value = exclude(value, first.table.iloc[2:4], "out of focus")
    marked = replace(first, table=mark_excluded(first.table, value))
    text = replace(source, images=(marked, *others)).methods()
    assert "3 of the 14 cells were excluded by hand (2 out of focus, 1 debris)" in text
    assert "1 cell was annotated by hand (1 red)" in text
    assert "excluded" not in source.methods()


def test_a_fine_tuned_model_tells_what_it_came_from_and_what_it_has_seen(
    source: ExportSource,
) -> None:
    seen = "6 cells of 2 images: a.tif, b.tif; left out: c.tif (no cells)"
    card = source.model.card.replace(
        parent="features-ab12",
        training={"finetune": {"mode": "anchored"}, "best_epoch": 7},
        data=f"{seen}, fine-tuned from: sprites",
    )
    text = replace(source, model=replace(source.model, card=card)).methods()
    assert (
        "It was fine-tuned without labels from features-ab12, with replayed images of "
        f"the first training, keeping the weights of epoch 7, on {seen}."
    ) in text


def test_what_is_older_than_the_cells_says_so_in_every_file(
    source: ExportSource, tmp_path: Path
) -> None:
    notes = "The traversal was made before 1 cell was edited.", "Pictures are older."
    older = replace(source, stack_note=notes[0], picture_note=notes[1])
    export_images(older, tmp_path, ExportConfig(plots=False, model=True))
    text = (tmp_path / "methods.md").read_text()
    assert all(note in text for note in notes)
    with tifffile.TiffFile(tmp_path / "traversal.tif") as tiff:
        assert notes[0] in json.loads(tiff.imagej_metadata["Info"])["notes"]
    model = read_model(tmp_path / "model")
    assert model.card.picture_note == notes[1]
    stack = make_traversal(model, factors=["scale"])
    assert notes[1] in stack.notes


def test_nothing_but_the_table_is_written_if_nothing_else_is_asked_for(
    source: ExportSource, tmp_path: Path
) -> None:
    config = ExportConfig(plots=False, traversal=False, methods=False)
    files = export_images(source, tmp_path / "out", config)
    assert [file.name for file in files] == ["cells.csv", "images.csv"]


def test_cancel_leaves_whole_files_and_the_old_ones(
    source: ExportSource, tmp_path: Path
) -> None:
    (tmp_path / "methods.md").write_text("old")
    task = iter_export_images(source, tmp_path, ExportConfig())
    next(task)
    next(task)
    task.close()
    assert {file.name for file in tmp_path.iterdir()} == {"cells.csv", "methods.md"}
    assert (tmp_path / "methods.md").read_text() == "old"
    assert len(pd.read_csv(tmp_path / "cells.csv")) == 14


def test_a_folder_that_is_a_file_is_one_sentence(
    source: ExportSource, tmp_path: Path
) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(StorageError, match="out"):
        export_images(source, tmp_path / "out")
