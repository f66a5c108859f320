"""`encode` takes an image or a folder, and tells what it left out."""

import imageio.v3 as iio
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from napari_disentangle.cli.encode import encode
from napari_disentangle.cli.errors import ErrorGroup
from napari_disentangle.export.tabular import read_table
from napari_disentangle.recipes.folders import encode_folder, open_crops
from napari_disentangle.storage.models import write_model

RNG = np.random.default_rng(0)


def call(*args):
    app = typer.Typer(cls=ErrorGroup)
    app.callback()(lambda: None)
    app.command()(encode)
    return CliRunner().invoke(app, ["encode", *map(str, args)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory, pixel_model):
    """Return a folder `cells` of two classes, with a damaged image and a copy."""
    folder = tmp_path_factory.mktemp("encode")
    for name in ("a/1.png", "a/2.bmp", "b/1.jpg"):
        path = folder / "cells" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        iio.imwrite(path, RNG.integers(0, 255, (30, 40, 3), np.uint8))
    copy = (folder / "cells/a/1.png").read_bytes()
    (folder / "cells/b/9.png").write_bytes(copy)
    (folder / "cells/b/broken.png").write_bytes(copy[:300])
    write_model(pixel_model, folder / "model")
    return folder


def test_a_folder_becomes_one_table_with_its_classes(folder, tmp_path):
    out = tmp_path / "cells.csv"
    result = call(
        "--folder", folder / "cells", "--model", folder / "model", "--out", out
    )
    assert result.exit_code == 0, result.stderr
    assert result.stdout.strip() == f"4 cells in {out}"
    table = read_table(out)
    assert table["annotation"].tolist() == ["a", "a", "b", "b"]
    assert table["roi_id"].tolist() == ["a/1.png", "a/2.bmp", "b/1.jpg", "b/9.png"]


def test_what_is_left_out_is_told_and_listed(folder, tmp_path):
    out = tmp_path / "cells.parquet"
    result = call(
        "--folder", folder / "cells", "--model", folder / "model", "--out", out
    )
    assert "1 skipped, listed in" in result.stderr
    assert "damaged" in result.stderr
    skipped = read_table(tmp_path / "cells_skipped.csv")
    assert skipped["roi_id"].tolist() == ["b/broken.png"]
    twice = read_table(tmp_path / "cells_duplicates.csv")
    assert twice[["roi_id", "original"]].to_numpy().tolist() == [["b/9.png", "a/1.png"]]


def test_the_options_of_crops_reach_a_folder(folder, tmp_path, pixel_model):
    out = tmp_path / "cells.csv"
    given = ("--folder", folder / "cells", "--model", folder / "model", "--out", out)
    call(*given, "--window-px", 90)
    crops = open_crops(folder / "cells")
    wide = open_crops(folder / "cells", crops.config.replace(window_px=90))
    expected = encode_folder(wide, pixel_model)
    np.testing.assert_allclose(read_table(out)["z_scale"], expected["z_scale"])


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "give one of --image, --folder"),
        (("--image", "a", "--folder", "b"), "--image, --folder exclude each other"),
        (("--folder", "b", "--labels", "c"), "--labels, --folder exclude each other"),
        (
            ("--image", "a", "--boxes", "b", "--points", "c"),
            "--boxes, --points exclude",
        ),
        (("--folder", "b", "--classes", "c"), "--classes, --folder exclude"),
    ],
)
def test_inputs_that_exclude_each_other_are_wrong_usage(args, message, tmp_path):
    result = call(*args, "--out", tmp_path / "x.csv")
    assert result.exit_code == 2
    words = result.stderr.replace("│", " ").split()
    assert message in " ".join(words)


def test_a_folder_that_is_not_there_is_one_line(folder, tmp_path):
    given = ("--model", folder / "model", "--out", tmp_path / "x.csv")
    result = call("--folder", tmp_path / "nowhere", *given)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Folder")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "x.csv").exists()


def test_points_of_an_image_are_encoded_with_their_class(folder, tmp_path):
    points = tmp_path / "points.txt"
    points.write_text("10 10 x\n20 15 y\n")
    given = ("--image", folder / "cells/a/1.png", "--points", points)
    rest = ("--model", folder / "model", "--out", tmp_path / "p.csv")
    assert call(*given, *rest).exit_code == 1
    result = call(*given, *rest, "--window-px", 12)
    assert result.exit_code == 0, result.stderr
    assert read_table(tmp_path / "p.csv")["annotation"].tolist() == ["x", "y"]


def test_what_is_known_of_images_becomes_columns(folder, tmp_path):
    info, out = tmp_path / "plate.csv", tmp_path / "cells.csv"
    info.write_text("image,day,cell line\na/1.png,1,HeLa\nb/1.jpg,2,\nb/9.png,2,HeLa\n")
    given = ("--folder", folder / "cells", "--model", folder / "model", "--out", out)
    result = call(*given, "--image-info", info)
    assert result.exit_code == 0, result.stderr
    assert "1 images are not in the file: a/2.bmp" in result.stderr
    table = read_table(out)
    assert table["day"].fillna(0).tolist() == [1, 0, 2, 2]
    assert table["cell_line"].fillna("").tolist() == ["HeLa", "", "", "HeLa"]
    info.write_text("image,day\nelsewhere.png,1\n")
    result = call(*given, "--image-info", info)
    assert result.exit_code == 1
    assert "tells of none of these" in result.stderr
