from __future__ import annotations

from typing import TYPE_CHECKING

import dask.array as da
import numpy as np
import pytest
from napari.components import ViewerModel

from napari_disentangle.widgets._layers.identity import (
    file_key,
    fingerprint,
    image_file,
    image_key,
    image_name,
    keep_identity,
    known_key,
    open_files,
)
from napari_disentangle.widgets._layers.read import read_source

if TYPE_CHECKING:
    from pathlib import Path

    from napari.layers import Image
    from numpy.typing import NDArray

    from napari_disentangle.widgets._layers.read import Source


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 255, (40, 60), np.uint8)


def open_image(pixels: object, name: str = "image") -> tuple[Image, Source]:
    """Open pixels with a cell in a viewer without a window."""
    viewer = ViewerModel()
    image = viewer.add_image(pixels, name=name)
    cells = viewer.add_labels(np.ones((40, 60), np.int32))
    return image, read_source(image, cells, "yx")


def test_a_renamed_layer_keeps_its_first_name_in_tables(
    pixels: NDArray[np.uint8],
) -> None:
    image, _ = open_image(pixels)
    assert image_name(image) == "image"
    image.name = "other"
    assert image_name(image) == "image"


def test_the_same_pixels_are_the_same_image_and_others_are_not(
    pixels: NDArray[np.uint8],
) -> None:
    other = pixels.copy()
    other[0, 0] += 1
    keys = [fingerprint(open_image(each)[1]) for each in (pixels, pixels + 0, other)]
    assert keys[0] == keys[1] != keys[2]


def test_pixels_that_are_read_in_pieces_look_the_same(
    pixels: NDArray[np.uint8],
) -> None:
    lazy = da.from_array(pixels, chunks=20)
    assert fingerprint(open_image(lazy)[1]) == fingerprint(open_image(pixels)[1])


def test_an_edit_in_place_keeps_an_image_and_an_array_in_its_place_does_not(
    pixels: NDArray[np.uint8],
) -> None:
    image, source = open_image(pixels)
    before = fingerprint(source)
    image.data[:20] = 0
    assert fingerprint(source) == before
    image.data = 255 - image.data
    cells = source.objects_layer()
    assert cells is not None
    assert fingerprint(read_source(image, cells, "yx")) != before


def test_an_array_that_is_said_to_be_an_edit_keeps_the_image(
    pixels: NDArray[np.uint8],
) -> None:
    image, source = open_image(pixels)
    before = fingerprint(source)
    image.data = 255 - image.data
    keep_identity(source)
    assert fingerprint(source) == before


def test_an_image_of_a_file_is_known_by_its_path_until_that_is_gone(
    pixels: NDArray[np.uint8], tmp_path: Path
) -> None:
    path = tmp_path / "slide.png"
    path.write_bytes(b"")
    image, source = open_image(pixels)
    image.source.__dict__["path"] = str(path)
    assert image_file(source) == path
    assert image_name(image) == "slide.png"
    assert image_key(source) == file_key(path) == known_key(image)
    path.unlink()
    assert image_file(source) is None
    assert image_key(source) == fingerprint(source)


def test_a_file_that_is_opened_twice_is_listed_once(
    pixels: NDArray[np.uint8], tmp_path: Path
) -> None:
    path = tmp_path / "slide.png"
    path.write_bytes(b"")
    viewer = ViewerModel()
    for name in ("a", "b", "of no file"):
        image = viewer.add_image(pixels, name=name)
        if name != "of no file":
            image.source.__dict__["path"] = str(path)
    viewer.add_labels(np.ones((40, 60), np.int32))
    assert open_files(viewer) == [path]
