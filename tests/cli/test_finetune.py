"""`finetune` does what the recipe does, tells the names' health, and can go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pytest
import tifffile
import typer
from typer.testing import CliRunner

from napari_disentangle.cli.errors import ErrorGroup
from napari_disentangle.cli.finetune import finetune
from napari_disentangle.recipes.comparison_files import read_kept_comparison
from napari_disentangle.recipes.finetune_figures import (
    BEFORE_AFTER,
    CURVES,
    find_run,
    finetune_writers,
)
from napari_disentangle.storage.models import read_model, write_model

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from numpy.typing import NDArray

    from napari_disentangle.storage.models import Model


def _call(*args: object) -> Result:
    app = typer.Typer(cls=ErrorGroup)
    app.callback()(lambda: None)
    app.command()(finetune)
    return CliRunner().invoke(app, ["finetune", *(str(arg) for arg in args)])


@pytest.fixture(scope="module")
def given(
    tmp_path_factory: pytest.TempPathFactory,
    drawing_model: Model,
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]],
) -> tuple[object, ...]:
    """Return the options that name an image, its labels, a model and a cache."""
    folder = tmp_path_factory.mktemp("cells")
    image, labels = painted_cells
    iio.imwrite(folder / "image.png", image)
    tifffile.imwrite(folder / "labels.tif", labels.astype(np.uint16))
    write_model(drawing_model, folder / "model")
    return (
        *("--image", folder / "image.png", "--labels", folder / "labels.tif"),
        *("--model", folder / "model", "--cache", folder / "cache"),
    )


def test_an_image_is_fine_tuned_on_and_numbers_and_figure_are_written(
    given: tuple[object, ...], tmp_path: Path
) -> None:
    out, numbers = tmp_path / "tuned", tmp_path / "numbers.json"
    options = ("--mode", "paper", "--epochs", 2, "--no-pictures", "--seed", 3)
    files = ("--out", out, "--json", numbers, "--plot", tmp_path / "curves.png")
    result = _call(*given, *options, *files)
    assert result.exit_code == 0, result.stderr
    assert "Epoch 2/2: loss " in result.stderr
    assert "kept on cells: texture " in result.stderr
    document = json.loads(numbers.read_text())
    assert document["model"] == read_model(out).id
    assert document["cells"]["train"] == 7
    assert result.stdout.startswith(document["model"])
    assert (tmp_path / "curves.png").stat().st_size > 10_000
    assert read_model(out).card.seed == 3

    again = _call(*given, *options, "--out", out)
    assert again.exit_code == 1
    assert "Error: " in again.stderr
    assert "already holds a run; go on with a run (--resume)" in again.stderr
    assert "Looking at crops" not in again.stderr
    resumed = _call(
        *given, *options[:2], "--epochs", 3, *options[4:], *files, "--resume"
    )
    assert resumed.exit_code == 0, resumed.stderr
    assert "Epoch 3/3" in resumed.stderr
    assert "Epoch 2/3" not in resumed.stderr
    assert set(finetune_writers(out)) == {CURVES, BEFORE_AFTER}


def test_export_has_the_figures_that_a_dock_would_have_kept_classes_included(
    given: tuple[object, ...],
    painted_cells: tuple[NDArray[np.uint8], NDArray[np.int32]],
    tmp_path: Path,
) -> None:
    labels = [label for label in np.unique(painted_cells[1]) if label]
    classes = "".join(f"{label},{'ab'[i % 2]}\n" for i, label in enumerate(labels))
    (tmp_path / "cells.csv").write_text(f"label,annotation\n{classes}")
    out, files = tmp_path / "tuned", ("--classes", tmp_path / "cells.csv")
    options = ("--mode", "paper", "--epochs", 1, "--no-pictures", "--out", out)
    result = _call(*given, *options, *files)
    assert result.exit_code == 0, result.stderr
    kept = read_kept_comparison(out)
    assert kept is not None
    assert kept.separability is not None
    assert kept.crops.shape == (6, 64, 64, 3)
    model = read_model(out)
    np.testing.assert_array_less(-1.001, kept.kept)
    assert kept.dimensions == model.dimensions
    assert find_run(model.card, [out]) == out
    writers = finetune_writers(out)
    writers[BEFORE_AFTER](tmp_path / BEFORE_AFTER)
    assert iio.imread(tmp_path / BEFORE_AFTER).std() > 5


def test_a_settings_file_decides_all(given: tuple[object, ...], tmp_path: Path) -> None:
    config = tmp_path / "finetune.toml"
    config.write_text('mode = "paper"\nepochs = 1\npicture_steps = 0\nfreeze = ["x"]\n')
    result = _call(*given, "--config", config, "--out", tmp_path / "a")
    assert result.exit_code == 1
    assert "Error: Dimension 'x' cannot be frozen" in result.stderr
    both = _call(*given, "--config", config, "--mode", "paper", "--out", tmp_path / "b")
    assert both.exit_code == 2


def test_a_model_without_source_says_what_to_do(
    given: tuple[object, ...], tmp_path: Path
) -> None:
    result = _call(*given, "--out", tmp_path / "a", "--no-pictures")
    assert result.exit_code == 1
    assert 'set mode to "paper"' in result.stderr
