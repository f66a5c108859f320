"""Traversals are reopened by the libraries that read them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pytest

from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.export.montage import traversal_montage
from napari_disentangle.export.traversal_file import (
    check_traversal_path,
    holds_one_kind,
    write_traversal_file,
)
from napari_disentangle.export.traversal_film import film_frames
from napari_disentangle.export.traversal_tiff import TraversalInfo, read_traversal
from napari_disentangle.export.traversal_zarr import read_traversal_zarr

if TYPE_CHECKING:
    from numpy.typing import NDArray

INFO = TraversalInfo(
    factors=("scale", "color"),
    steps_sd=(-1.0, 0.0, 1.0),
    picture="decoded",
    model_id="m-1",
    picture_source="synthetic",
)


def _pictures() -> NDArray[np.float32]:
    return np.random.default_rng(0).random((2, 3, 64, 64, 3), np.float32)


def _stacks() -> list[tuple[NDArray[np.float32], TraversalInfo]]:
    real = INFO.replace(picture="nearest", picture_source="")
    return [(_pictures(), INFO), (1 - _pictures(), real)]


def test_ome_zarr_is_read_back_and_by_ome_zarr(tmp_path: Path) -> None:
    path = tmp_path / "walk.ome.zarr"
    write_traversal_file(path, _stacks())
    pictures, info = read_traversal_zarr(path)
    assert info == INFO
    np.testing.assert_allclose(pictures / 255, _pictures(), atol=1 / 255)

    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    location = parse_url(path)
    assert location is not None
    (node,) = list(Reader(location)())
    assert node.data[0].shape == (3, 3, 2, 64, 64)
    assert [axis["name"] for axis in node.metadata["axes"]] == list("tczyx")
    np.testing.assert_array_equal(
        np.asarray(node.data[0])[1, :, 0], pictures[0, 1].transpose(2, 0, 1)
    )


def test_ome_zarr_metadata_is_valid(tmp_path: Path) -> None:
    import zarr
    from ome_zarr_models.v05.image import Image

    path = tmp_path / "walk.ome.zarr"
    write_traversal_file(path, _stacks())
    image = Image.from_zarr(zarr.open_group(path, mode="r"))
    assert image.attributes.ome.multiscales[0].name == "walk"


def test_ome_zarr_is_replaced_but_no_other_folder_is(tmp_path: Path) -> None:
    path = tmp_path / "walk.ome.zarr"
    write_traversal_file(path, _stacks())
    write_traversal_file(path, _stacks()[1:])
    assert read_traversal_zarr(path)[1].picture == "nearest"
    other = tmp_path / "mine.zarr"
    other.mkdir()
    (other / "precious.txt").write_text("x")
    with pytest.raises(StorageError, match="no traversal"):
        write_traversal_file(other, _stacks())
    assert (other / "precious.txt").exists()
    with pytest.raises(StorageError, match="not a traversal"):
        read_traversal_zarr(other)


# imageio leaves the pipe of its ffmpeg reader to the garbage collector
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", ["walk.gif", "walk.mp4"])
def test_films_are_read_by_imageio(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_traversal_file(path, _stacks())
    frames = iio.imread(path, index=None)
    drawn = np.stack(film_frames(_stacks()))
    assert frames.shape == drawn.shape
    assert np.abs(frames.astype(float) - drawn).mean() < 12
    assert list(tmp_path.iterdir()) == [path]


def test_a_film_has_beneath_it_what_must_be_said() -> None:
    notes = (
        "The traversal was made before 3 cells were excluded.",
        "It is extrapolated.",
    )
    told = [(each, info.replace(notes=notes)) for each, info in _stacks()]
    plain, noted = film_frames(_stacks())[0], film_frames(told)[0]
    height, width = plain.shape[:2]
    assert noted.shape[0] > height
    np.testing.assert_array_equal(noted[:height, :width], plain)
    assert noted[height:].std() > 0


def test_a_film_walks_there_and_back_with_even_sides() -> None:
    frames = film_frames(_stacks())
    assert len(frames) == 4
    assert frames[0].shape[0] % 2 == frames[0].shape[1] % 2 == 0
    np.testing.assert_array_equal(frames[1], frames[3])
    assert (frames[0] != frames[1]).any()
    assert film_frames(_stacks()[:1])[0].shape[0] < frames[0].shape[0]


def test_png_is_a_montage_and_tiff_a_stack(tmp_path: Path) -> None:
    write_traversal_file(tmp_path / "walk.png", _stacks())
    assert iio.imread(tmp_path / "walk.png").ndim == 3
    write_traversal_file(tmp_path / "walk.tif", _stacks())
    assert read_traversal(tmp_path / "walk.tif")[1] == INFO


def test_a_montage_says_where_real_cells_lie_and_how_far_walks_leave_the_data() -> None:
    (_, drawn), (pictures, real) = _stacks()
    real = real.replace(
        reached_sd=((-1.1, 0.1, 0.2), (-0.9, 0.0, 1.0)),
        cells=((4, 5, 6), (7, 8, 9)),
        notes=("The walks go beyond all 6 cells.",),
    )
    notes = drawn.replace(notes=real.notes)
    figure = traversal_montage([(pictures, notes), (pictures, real)])
    labels = [axes.xaxis.label for axes in figure.axes if axes.get_xlabel()]
    assert labels[0].get_text() == "cell 4, -1.1 sd"
    assert len(labels) == 6
    far = [label.get_text() for label in labels if label.get_color() == "#b3312c"]
    assert far == ["cell 6, +0.2 sd"]
    assert figure.get_supxlabel() == "The walks go beyond all 6 cells."


def test_unknown_endings_and_shapes_are_refused_in_one_sentence(
    tmp_path: Path,
) -> None:
    assert check_traversal_path(Path("A.OME.ZARR")) == ".ome.zarr"
    assert holds_one_kind(Path("a.tif"))
    assert not holds_one_kind(Path("a.gif"))
    with pytest.raises(DataError, match=r"walk\.avi is none of them"):
        write_traversal_file(tmp_path / "walk.avi", _stacks())
    for name in ("walk.gif", "walk.ome.zarr"):
        with pytest.raises(DataError, match="need pictures of shape"):
            write_traversal_file(tmp_path / name, [(_pictures()[:1], INFO)])
    assert not list(tmp_path.iterdir())
