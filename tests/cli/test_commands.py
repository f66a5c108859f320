"""Commands do what the recipes do, and say so in the right place."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
import typer
from typer.testing import CliRunner

from napari_disentangle.cli.encode import encode
from napari_disentangle.cli.errors import ErrorGroup
from napari_disentangle.cli.export import export
from napari_disentangle.cli.models import models
from napari_disentangle.cli.options import parse_channels
from napari_disentangle.cli.segment import segment
from napari_disentangle.cli.traverse import traverse
from napari_disentangle.errors import ConfigError
from napari_disentangle.export.tabular import read_table
from napari_disentangle.export.traversal_tiff import read_traversal
from napari_disentangle.recipes.encode import encode_cells
from napari_disentangle.recipes.segment import open_cells
from napari_disentangle.storage.models import read_model, write_model

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model


def _app() -> typer.Typer:
    app = typer.Typer(cls=ErrorGroup)
    app.callback()(lambda: None)
    for command in (encode, export, models, segment, traverse):
        app.command()(command)
    return app


def _call(*args: object) -> Result:
    return CliRunner().invoke(_app(), [str(arg) for arg in args])


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory,
    drawing_model: Model,
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]],
) -> Path:
    """Return a folder with image.png, labels.tif and a model."""
    folder = tmp_path_factory.mktemp("cells")
    image, labels = painted_cells
    iio.imwrite(folder / "image.png", image)
    tifffile.imwrite(folder / "labels.tif", labels.astype(np.uint16))
    write_model(drawing_model, folder / "model")
    return folder


@pytest.fixture(scope="module")
def given(folder: Path) -> tuple[object, ...]:
    """Return the options that name the image, its labels and the model."""
    return (
        *("--image", folder / "image.png", "--labels", folder / "labels.tif"),
        *("--model", folder / "model"),
    )


def test_encode_writes_what_the_recipe_returns(
    folder: Path, given: tuple[object, ...], tmp_path: Path
) -> None:
    result = _call("encode", *given, "--out", tmp_path / "cells.csv")
    assert result.exit_code == 0
    assert result.stdout.strip() == f"7 cells in {tmp_path / 'cells.csv'}"
    assert "Reading features" in result.stderr
    table = read_table(tmp_path / "cells.csv")
    cells = open_cells(folder / "image.png", folder / "labels.tif")
    expected = encode_cells(cells, read_model(folder / "model")).table
    flags = ["excluded", "exclusion_reason"]
    assert [name for name in table if name not in flags] == list(expected)
    assert table["label"].tolist() == [1, 5, 10, 11, 40, 41, 300]
    assert set(table["roi_id"]) == {"image.png"}
    for name in ("z_scale", "z_residual_5_sd", "area"):
        np.testing.assert_allclose(table[name], expected[name], atol=1e-3)


def test_a_table_of_no_known_kind_ends_before_any_work(
    given: tuple[object, ...], tmp_path: Path
) -> None:
    result = _call("encode", *given, "--out", tmp_path / "cells.xlsx")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(
        "Error: A table is written as .csv, .parquet or .h5ad"
    )


def test_traverse_walks_from_a_cell(given: tuple[object, ...], tmp_path: Path) -> None:
    out = tmp_path / "walk.tif"
    result = _call(
        *("traverse", *given, "--cell", 300, "--factor", "scale", "--steps", 5),
        *("--picture", "nearest", "--out", out),
    )
    assert result.exit_code == 0
    assert result.stdout.strip() == f"scale (real) in {out}"
    pictures, info = read_traversal(out)
    assert pictures.shape == (1, 5, 64, 64, 3)
    assert info.steps_sd == (-2.5, -1.25, 0.0, 1.25, 2.5)
    assert info.picture == "nearest"


def test_traverse_without_an_image_walks_the_prior(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "walk.tif"
    result = _call("traverse", "--model", folder / "model", "--out", out)
    assert result.exit_code == 0
    assert read_traversal(out)[0].shape == (10, 11, 64, 64, 3)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--cell", 5), "need the image"),
        (("--factor", "size"), "no factor 'size'"),
        (("--low", 3), "low_sd must be below high_sd"),
        (("--picture", "nearest"), "no nearest pictures"),
    ],
)
def test_what_traverse_cannot_do_is_one_line(
    folder: Path, tmp_path: Path, args: tuple[object, ...], message: str
) -> None:
    out = tmp_path / "walk.tif"
    result = _call("traverse", "--model", folder / "model", "--out", out, *args)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1 or "Drawing" in result.stderr
    assert not out.exists()


def test_segment_finds_the_painted_disks(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.tif"
    result = _call("segment", "--image", folder / "image.png", "--out", out)
    assert result.exit_code == 0
    assert result.stdout.strip() == f"7 cells in {out}"
    assert len(np.unique(tifffile.imread(out))) == 8


def test_export_writes_everything_once(
    given: tuple[object, ...], tmp_path: Path
) -> None:
    result = _call("export", *given, "--factor", "color", "--out", tmp_path / "new")
    assert result.exit_code == 0
    printed = sorted(result.stdout.split())
    assert printed == sorted(str(file) for file in (tmp_path / "new").iterdir())


def test_models_lists_cards(folder: Path, tmp_path: Path) -> None:
    result = _call(
        "models", "--model", folder / "model", "--json", tmp_path / "models.json"
    )
    assert result.exit_code == 0
    assert "reads: features of efficientnet_lite0" in result.stdout
    assert "10, named: texture, color, shape, scale, orientation" in result.stdout
    document = json.loads((tmp_path / "models.json").read_text())
    assert document["models"][0]["name"] == "tiny"


@pytest.mark.parametrize("command", ["encode", "export"])
def test_files_that_are_not_there_are_one_line(
    command: str, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "cells.csv"
    missing = ("--image", tmp_path / "no.tif", "--model", folder / "model")
    result = _call(command, *missing, "--out", out)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no.tif cannot be read" in result.stderr
    result = _call(
        command, "--image", folder / "image.png", "--model", "nope", "--out", out
    )
    assert result.exit_code == 1
    assert "There is no model 'nope'" in result.stderr


def test_models_gets_a_published_one(folder: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "sent"), "zip", folder / "model")
    done = _call("models", "--get", tmp_path / "sent.zip")
    assert done.exit_code == 0, done.output
    unpacked, _, card = done.stdout.partition("\n")
    assert read_model(unpacked).id == read_model(folder / "model").id
    assert "tiny" in card


@pytest.mark.parametrize(
    "command", ["encode", "export", "models", "segment", "traverse"]
)
def test_each_help_has_an_example(command: str) -> None:
    result = _call(command, "--help")
    assert f"napari-disentangle {command}" in " ".join(result.stdout.split())


def test_channels_are_numbers_separated_by_commas() -> None:
    assert parse_channels("2, 0") == (2, 0)
    assert parse_channels("") == ()
    with pytest.raises(ConfigError, match="'red' are not numbers"):
        parse_channels("red")
