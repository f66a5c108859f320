"""`explain` and `traverse` say what their recipes say, in files that are reopened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import imageio.v3 as iio
import pandas as pd
import pytest
import tifffile
from typer.testing import CliRunner

from napari_disentangle.cli import app
from napari_disentangle.export.traversal_tiff import read_traversal
from napari_disentangle.recipes.explain_inputs import explain_image
from napari_disentangle.recipes.explain_json import explanation_document
from napari_disentangle.storage.models import read_model, write_model

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from click.testing import Result
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model

    Painted = tuple[NDArray[np.uint8], NDArray[np.int32]]


def _run(*args: object) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args])


@pytest.fixture
def files(tmp_path: Path, pixel_model: Model, painted_cells: Painted) -> Path:
    """Return a folder with a model that needs no backbone, an image and its labels."""
    image, labels = painted_cells
    write_model(pixel_model, tmp_path / "model")
    iio.imwrite(tmp_path / "cells.png", image)
    tifffile.imwrite(tmp_path / "labels.tif", labels)
    return tmp_path


def _explain(files: Path, *args: object) -> Result:
    return _run(
        "explain", "--model", files / "model", "--json", files / "out.json", *args
    )


def test_command_writes_what_the_recipe_returns(files: Path) -> None:
    result = _explain(
        files,
        "--image",
        files / "cells.png",
        "--labels",
        files / "labels.tif",
        "--html",
        files / "out.html",
        "--table",
        files / "out.csv",
    )
    assert result.exit_code == 0, result.output
    document = json.loads((files / "out.json").read_text())
    model = read_model(files / "model")
    found = explain_image(model, files / "cells.png", files / "labels.tif")
    assert document == explanation_document(found)
    assert [factor["name"] for factor in document["factors"]] == list(model.dimensions)
    assert (files / "out.html").read_text().startswith("<!doctype html>")
    labels = pd.read_csv(files / "out.csv")["label"].tolist()
    assert labels == [1, 5, 10, 11, 40, 41, 300]


def test_a_folder_of_classes_is_explained(files: Path, painted_cells: Painted) -> None:
    image, _ = painted_cells
    for name, columns in (("a", slice(0, 50)), ("b", slice(50, 100))):
        (files / "classes" / name).mkdir(parents=True)
        for n in range(3):
            crop = image[n : n + 48, columns]
            iio.imwrite(files / "classes" / name / f"{n}.png", crop)
    result = _explain(files, "--folder", files / "classes", "--background", "keep")
    assert result.exit_code == 0, result.output
    document = json.loads((files / "out.json").read_text())
    assert document["n_cells"] == 6
    assert any("no masks" in note for note in document["notes"])


@pytest.mark.slow
def test_the_sample_tells_how_well_dimensions_follow_the_truth(files: Path) -> None:
    result = _explain(files, "--sample", "known-factors")
    assert result.exit_code == 0, result.output
    document = json.loads((files / "out.json").read_text())
    truths = [factor["truth_rank_correlation"] for factor in document["factors"]]
    assert all(isinstance(truth, float) for truth in truths)


@pytest.mark.parametrize(
    "args", [[], ["--sample", "known-factors", "--image", "x.png"], ["--sample", "me"]]
)
def test_cells_come_from_one_place(files: Path, args: list[str]) -> None:
    assert _explain(files, *args).exit_code == 2


def test_what_cannot_be_read_is_one_line(files: Path) -> None:
    result = _explain(files, "--image", files / "none.png")
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "none.png" in result.stderr


@pytest.mark.parametrize("name", ["walk.tif", "walk.gif", "walk.png", "walk.ome.zarr"])
def test_traverse_writes_what_the_ending_asks_for(files: Path, name: str) -> None:
    result = _run(
        "traverse",
        "--model",
        files / "model",
        "--image",
        files / "cells.png",
        "--labels",
        files / "labels.tif",
        "--cell",
        40,
        "--factor",
        "scale",
        "--steps",
        3,
        "--out",
        files / name,
    )
    assert result.exit_code == 0, result.output
    assert (files / name).exists()
    words = "drawn, synthetic" if name.endswith(("tif", "zarr")) else "and real"
    assert words in result.stdout
    if name == "walk.tif":
        assert read_traversal(files / name)[0].shape == (1, 3, 32, 32, 3)


def test_traverse_refuses_an_ending_before_it_draws(files: Path) -> None:
    result = _run("traverse", "--model", files / "model", "--out", files / "walk.avi")
    assert result.exit_code == 1
    assert "none of them" in result.stderr


def test_traverse_tells_what_a_walk_cannot_show(files: Path) -> None:
    result = _run("traverse", "--model", files / "model", "--out", files / "walk.tif")
    assert "Note: There are no cells" in result.stderr
