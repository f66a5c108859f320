"""Crops of a folder side by side, each found again by its id."""

from __future__ import annotations

import imageio.v3 as iio
import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.montage import GAP_PX, iter_open_montage, tile_side
from napari_disentangle.tasks import run


@pytest.fixture
def folder(tmp_path):
    """Return a folder of three gray images, each brighter than the one before."""
    for at, name in enumerate(("a/1", "a/2", "b/1")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        image = np.full((40, 44), 60 + 60 * at, np.uint8)
        image[::2] += 5
        iio.imwrite(tmp_path / f"{name}.png", image)
    return tmp_path


def test_each_tile_shows_the_crop_of_its_row(folder):
    crops, montage = run(iter_open_montage(folder, CropConfig(background="keep")))
    assert crops.table["index"].tolist() == [1, 2, 3]
    assert crops.table["label"].tolist() == [1, 1, 1]
    pictures = np.round(255 * crops.cut(np.arange(3), 64))
    for row, picture in enumerate(pictures):
        ys, xs = np.nonzero(montage.labels == row + 1)
        tile = montage.image[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
        np.testing.assert_array_equal(tile, picture.transpose(1, 2, 0))


def test_the_place_of_a_crop_is_the_center_of_its_tile(folder):
    crops, montage = run(iter_open_montage(folder, CropConfig()))
    placed = montage.placed(crops.table)
    for row in range(3):
        center, side = montage.place(crops.table.iloc[row])
        ys, xs = np.nonzero(montage.labels == row + 1)
        assert center.tolist() == [ys.mean(), xs.mean()]
        assert side == np.ptp(ys) + 1
        assert placed[["pos_y", "pos_x"]].iloc[row].tolist() == center.tolist()


def test_many_crops_get_smaller_tiles():
    assert tile_side(10_000) == 64
    assert (tile_side(50_000) + GAP_PX) ** 2 * 50_000 <= 60_000_000
    assert tile_side(10_000_000) == 16
