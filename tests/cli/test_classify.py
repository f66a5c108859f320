"""`classify` trains, validates and predicts, and says what it left out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from napari_disentangle.cli.classify import classify
from napari_disentangle.cli.errors import ErrorGroup
from napari_disentangle.export.tabular import read_table, write_table
from napari_disentangle.storage.models import write_model

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from napari_disentangle.storage.models import Model


def _call(*args: object) -> Result:
    app = typer.Typer(cls=ErrorGroup)
    app.callback()(lambda: None)
    app.command()(classify)
    return CliRunner().invoke(app, ["classify", *map(str, args)])


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """Return a table of cells of two classes, one of them not annotated."""
    rng = np.random.default_rng(0)
    kind = np.arange(60) % 2
    table = pd.DataFrame(
        {
            "label": np.arange(60) + 1,
            "index": np.arange(60) + 1,
            "roi_id": [f"{k}.tif" for k in np.arange(60) // 10],
            "frame": 0,
            "z_color": rng.normal(size=60),
            "z_scale": rng.normal(size=60) + 5 * kind,
            "annotation": np.array(["round", "long"])[kind],
            "model": "tiny-0123abcd",
        }
    )
    table.loc[0, "annotation"] = None
    write_table(table, tmp_path / "cells.csv")
    return tmp_path / "cells.csv"


def test_trains_and_predicts(cells: Path, tmp_path: Path) -> None:
    out, numbers = tmp_path / "classifier", tmp_path / "scores.json"
    result = _call(
        *("--table", cells, "--classifier", "linear", "--out", out),
        *("--json", numbers, "--seed", 3),
    )
    assert result.exit_code == 0, result.stderr
    assert "Balanced accuracy" in result.stdout
    assert "1 cells left out: no annotation." in result.stderr
    assert "Trained on 59 cells of 2 classes" in result.stderr
    document = json.loads(numbers.read_text())
    assert document["balanced_accuracy"]["mean"] > 0.9
    assert document["classifier"] == "linear"
    assert document["config"]["seed"] == 3
    assert document["cross_validation"]["grouped_by"] == "roi_id"
    assert set(document["importances"]) == {"z_color", "z_scale"}

    predicted = tmp_path / "predicted.csv"
    result = _call(
        *("--use", out, "--table", cells, "--out", predicted),
        *("--min-probability", 0.9),
    )
    assert result.exit_code == 0, result.stderr
    assert result.stdout.endswith(f"60 cells in {predicted}\n")
    assert "not predicted: no class is probable enough" in result.stderr
    table = read_table(predicted)
    assert table["probability"].notna().all()
    assert table["prediction"].isna().sum() == (table["probability"] < 0.9).sum() > 0


def test_settings_come_from_a_file_and_options_change_them(
    cells: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('kind = "gbt"\ntrees = 3\nfolds = 2\nrepeats = 1\n')
    result = _call(
        *("--table", cells, "--config", config, "--out", tmp_path / "c"),
        *("--balanced", "--json", tmp_path / "s.json"),
    )
    assert result.exit_code == 0, result.stderr
    used = json.loads((tmp_path / "s.json").read_text())["config"]
    assert (used["trees"], used["folds"], used["balanced"]) == (3, 2, True)


def test_errors_are_one_line(cells: Path, tmp_path: Path) -> None:
    out = tmp_path / "c"
    for args, message in (
        (("--table", tmp_path / "no.csv"), "does not exist"),
        (("--table", cells, "--columns", "z_hue"), "no column 'z_hue'"),
        (("--table", cells, "--min-probability", "3"), "min_probability = 3.0"),
        (("--table", cells, "--use", tmp_path), "not a classifier folder"),
    ):
        ending = ".csv" if "--use" in args else ""
        result = _call(*args, "--out", f"{out}{ending}")
        assert result.exit_code == 1
        assert message in result.stderr.splitlines()[-1]
        assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert _call("--out", out).exit_code == 2
    assert _call("--table", cells, "--folder", tmp_path, "--out", out).exit_code == 2


@pytest.mark.slow
def test_a_folder_of_classes_is_encoded_first(
    tiny_model: Model, tmp_path: Path
) -> None:
    write_model(tiny_model, tmp_path / "model")
    rng = np.random.default_rng(0)
    for name, color in (("red", (220, 40, 40)), ("blue", (40, 40, 220))):
        (tmp_path / "images" / name).mkdir(parents=True)
        for k in range(6):
            image = np.full((40, 40, 3), color) + rng.integers(-30, 30, (40, 40, 3))
            path = tmp_path / "images" / name / f"{k}.png"
            iio.imwrite(path, image.clip(0, 255).astype(np.uint8))
    result = _call(
        *("--folder", tmp_path / "images", "--model", tmp_path / "model"),
        *("--columns", "all", "--classifier", "linear", "--out", tmp_path / "c"),
    )
    assert result.exit_code == 0, result.stderr
    assert "12 cells, 5 folds" in result.stdout
    assert "Balanced accuracy 1.000" in result.stdout
