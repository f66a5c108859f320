"""The demo command as a user runs it, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import tifffile
from matplotlib.image import imread

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def demo(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "napari_disentangle", "demo", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_demo_writes_every_file_and_keeps_the_label_ids(
    tmp_path: Path, sparse_image: NDArray[np.uint8], sparse_labels: NDArray[np.int32]
) -> None:
    image, labels, out = tmp_path / "a.tif", tmp_path / "ids.tif", tmp_path / "out"
    tifffile.imwrite(image, sparse_image, photometric="rgb")
    tifffile.imwrite(labels, sparse_labels.astype(np.uint16))
    done = demo(
        *("--image", image, "--labels", labels, "--out", out, "--picture-steps", 2)
    )
    assert done.returncode == 0, done.stderr
    written = {line.rsplit("/", 1)[-1] for line in done.stdout.splitlines()}
    assert written == {
        *("labels.tif", "cells.csv", "cells.parquet", "traversal.tif"),
        *("napari.png", "factors.png", "manifest.json"),
    }
    np.testing.assert_array_equal(tifffile.imread(out / "labels.tif"), sparse_labels)
    csv, parquet = (
        pd.read_csv(out / "cells.csv"),
        pd.read_parquet(out / "cells.parquet"),
    )
    assert csv["label"].tolist() == parquet["index"].tolist() == [1, 5, 10]
    assert csv["roi_id"].unique().tolist() == ["a.tif"]
    assert csv["z_scale"].notna().all()
    with tifffile.TiffFile(out / "traversal.tif") as tiff:
        assert tiff.is_imagej
        assert tiff.series[0].axes[:2] == "TZ"
    assert imread(out / "napari.png").shape[1] >= 1280
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["n_cells"] == 3
    assert manifest["model"]["id"].startswith("features-")
    assert len(manifest["input"]["image_sha256"]) == 64


def empty(folder: Path) -> list[object]:
    (folder / "empty.tif").touch()
    return ["--image", folder / "empty.tif", "--out", folder / "out"]


def truncated(folder: Path) -> list[object]:
    path = folder / "cut.tif"
    tifffile.imwrite(path, np.zeros((64, 64), np.uint8))
    path.write_bytes(path.read_bytes()[:200])
    return ["--image", path, "--out", folder / "out"]


def no_model(folder: Path) -> list[object]:
    return ["--model", folder / "none", "--out", folder / "out"]


def no_folder(folder: Path) -> list[object]:
    (folder / "file").touch()
    return ["--out", folder / "file" / "out"]


@pytest.mark.slow
@pytest.mark.parametrize("given", [empty, truncated, no_model, no_folder])
def test_bad_input_is_one_line_and_exit_code_1(tmp_path: Path, given) -> None:
    done = demo(*given(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
