"""Every command counts the cells that the docks count: without the excluded ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
from typer.testing import CliRunner

from napari_disentangle.annotations.exclusions import exclude
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.cli import app
from napari_disentangle.export.tabular import read_table
from napari_disentangle.export.traversal_tiff import read_traversal
from napari_disentangle.recipes.folders import open_crops
from napari_disentangle.recipes.segment import open_cells
from napari_disentangle.storage.annotations import annotation_file, write_annotations
from napari_disentangle.storage.models import write_model

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops

BAD = [5, 300]
TOLD = "2 of 7 cells are excluded (2 debris)"


def call(*args: object) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture
def here(
    tmp_path: Path,
    pixel_model: Model,
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]],
) -> Path:
    """Return a folder with image, labels and model; cells 5 and 300 are debris."""
    image, labels = painted_cells
    iio.imwrite(tmp_path / "image.png", image)
    tifffile.imwrite(tmp_path / "labels.tif", labels.astype(np.uint16))
    write_model(pixel_model, tmp_path / "model")
    crops = open_cells(tmp_path / "image.png", tmp_path / "labels.tif").crops
    keep_excluded(crops, tmp_path / "image.png", BAD)
    return tmp_path


def keep_excluded(crops: Crops, image: Path, labels: list[int]) -> None:
    """Write what the docks would write if these cells were excluded."""
    bad = crops.table[crops.table["label"].isin(labels)]
    seen = "folder" if image.is_dir() else ""
    file = annotation_file(image, image.name, seen)
    write_annotations(exclude(Annotations(), bad, "debris"), file)


@pytest.fixture
def given(here: Path) -> tuple[object, ...]:
    return (
        *("--image", here / "image.png", "--labels", here / "labels.tif"),
        *("--model", here / "model"),
    )


def test_encode_marks_them_before_the_model(
    here: Path, given: tuple[object, ...]
) -> None:
    result = call("encode", *given, "--out", here / "cells.csv")
    assert result.exit_code == 0, result.stderr
    assert TOLD in result.stderr.splitlines()
    table = read_table(here / "cells.csv").set_index("label")
    assert table.index[table["excluded"]].tolist() == BAD
    assert table.loc[BAD, "exclusion_reason"].tolist() == ["debris"] * 2
    assert list(table)[-3:] == ["excluded", "exclusion_reason", "model"]
    assert table["z_scale"].notna().all()


def test_encode_finds_them_after_a_new_segmentation(here: Path) -> None:
    image, model = ("--image", here / "image.png"), ("--model", here / "model")
    labels = tifffile.imread(here / "labels.tif")
    tifffile.imwrite(here / "other.tif", np.where(labels == 300, 2, labels))
    out = here / "cells.csv"
    result = call(
        "encode", *image, "--labels", here / "other.tif", *model, "--out", out
    )
    assert result.exit_code == 0, result.stderr
    table = read_table(out).set_index("label")
    assert table.index[table["excluded"]].tolist() == [2, 5]
    gone = np.where(labels == 300, 0, labels)
    tifffile.imwrite(here / "fewer.tif", gone)
    result = call(
        "encode", *image, "--labels", here / "fewer.tif", *model, "--out", out
    )
    assert "1 of 6 cells are excluded (1 debris); 1 more that were" in result.stderr
    assert "annotations" in str(next((here / "napari-disentangle").iterdir()))
    assert len(list((here / "napari-disentangle/annotations").iterdir())) == 1


def test_traverse_leaves_them_out_and_refuses_to_start_from_one(
    here: Path, given: tuple[object, ...]
) -> None:
    out = here / "walk.tif"
    walk = ("traverse", *given, "--factor", "scale", "--out", out)
    result = call(*walk, "--picture", "nearest")
    assert result.exit_code == 0, result.stderr
    assert "Note: 2 excluded cells left out." in result.stderr.splitlines()
    _, info = read_traversal(out)
    assert not set(np.ravel(info.cells)) & set(BAD)
    result = call(*walk, "--cell", 300)
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("Error: Cell 300 is excluded")


def test_explain_counts_the_rest_and_says_so(
    here: Path, given: tuple[object, ...]
) -> None:
    result = call("explain", *given, "--json", here / "cards.json")
    assert result.exit_code == 0, result.stderr
    assert "2 excluded cells left out." in result.stdout.splitlines()
    assert json.loads((here / "cards.json").read_text())["n_cells"] == 5


def test_finetune_learns_from_the_rest(here: Path, given: tuple[object, ...]) -> None:
    out = here / "tuned"
    result = call(
        *("finetune", *given, "--mode", "paper", "--epochs", 1, "--out", out),
        *("--cache", here / "cache"),
    )
    assert result.exit_code == 0, result.stderr
    assert TOLD in result.stderr.splitlines()
    card = json.loads((out / "model.json").read_text())
    assert card["data"].startswith("5 cells of image.png (2 excluded)")


def test_export_marks_them_and_walks_among_the_rest(
    here: Path, given: tuple[object, ...]
) -> None:
    result = call("export", *given, "--factor", "scale", "--out", here / "out")
    assert result.exit_code == 0, result.stderr
    assert TOLD in result.stderr.splitlines()
    table = read_table(here / "out/cells.csv")
    assert table["label"][table["excluded"]].tolist() == BAD
    _, info = read_traversal(here / "out/traversal_nearest.tif")
    assert not set(np.ravel(info.cells)) & set(BAD)


def test_a_folder_is_classified_and_fine_tuned_on_without_them(here: Path) -> None:
    rng, cells = np.random.default_rng(0), here / "cells"
    for name, color in (("dark", 40), ("bright", 220)):
        (cells / name).mkdir(parents=True)
        for number in range(8):
            picture = np.full((40, 40, 3), color, np.uint8)
            picture += rng.integers(0, 30, picture.shape, dtype=np.uint8)
            iio.imwrite(cells / name / f"{number}.png", picture)
    crops = open_crops(cells)
    bad = crops.table["roi_id"].isin(["dark/3.png", "bright/7.png"])
    value = exclude(Annotations(), crops.table[bad], "debris")
    write_annotations(value, annotation_file(cells, cells.name, "folder"))
    given = ("--folder", cells, "--model", here / "model")
    fast = here / "fast.toml"
    fast.write_text('kind = "linear"\nfolds = 2\nrepeats = 1\n')
    result = call("classify", *given, "--config", fast, "--out", here / "classifier")
    assert result.exit_code == 0, result.stderr
    assert "2 of 16 cells are excluded (2 debris)" in result.stderr
    assert "2 cells left out: excluded." in result.stderr
    out = here / "predicted.csv"
    result = call("classify", *given, "--use", here / "classifier", "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "2 cells not predicted: they are excluded." in result.stderr
    table = read_table(out).set_index("roi_id")
    missing = table["prediction"].isna()
    assert table.index[missing].tolist() == ["bright/7.png", "dark/3.png"]
    result = call(
        *("finetune", *given, "--mode", "paper", "--epochs", 1),
        *("--out", here / "tuned", "--cache", here / "cache"),
    )
    assert result.exit_code == 0, result.stderr
    card = json.loads((here / "tuned/model.json").read_text())
    assert card["data"].startswith("14 cells of cells (2 excluded)")


def test_a_damaged_file_is_one_line_and_nothing_is_counted(
    here: Path, given: tuple[object, ...]
) -> None:
    file = annotation_file(here / "image.png", "image.png", "")
    file.write_text("{")
    result = call("encode", *given, "--out", here / "cells.csv")
    assert result.exit_code == 1
    assert "move the file away" in result.stderr.splitlines()[-1]
    assert not (here / "cells.csv").exists()
    assert file.read_text() == "{"


def test_all_excluded_is_one_line_with_the_remedy(
    here: Path, given: tuple[object, ...]
) -> None:
    crops = open_cells(here / "image.png", here / "labels.tif").crops
    keep_excluded(crops, here / "image.png", crops.table["label"].tolist())
    result = call("explain", *given, "--json", here / "cards.json")
    assert result.exit_code == 1
    assert "All 7 cells are excluded; include some" in result.stderr.splitlines()[-1]
    result = call("encode", *given, "--out", here / "cells.csv")
    assert result.exit_code == 0
    assert read_table(here / "cells.csv")["excluded"].all()


def test_without_exclusions_nothing_is_told_and_no_folder_is_made(
    here: Path, given: tuple[object, ...]
) -> None:
    annotation_file(here / "image.png", "image.png", "").unlink()
    (here / "napari-disentangle/annotations").rmdir()
    (here / "napari-disentangle").rmdir()
    result = call("encode", *given, "--out", here / "cells.csv")
    assert result.exit_code == 0
    assert "excluded" not in result.stderr
    assert not read_table(here / "cells.csv")["excluded"].any()
    assert not (here / "napari-disentangle").exists()
