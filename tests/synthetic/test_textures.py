from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.synthetic.textures import (
    BRODATZ_PLATES,
    COLORS,
    TEXTURES,
    builtin_textures,
    read_textures,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for name in BRODATZ_PLATES:
        plate = rng.integers(0, 256, (260, 250), dtype=np.uint8)
        tifffile.imwrite(tmp_path / f"{name}.tif", plate)
    return tmp_path


def test_colors_are_the_papers() -> None:
    assert COLORS.shape == (7, 3)
    assert COLORS[0].tolist() == [1, 1, 1]
    assert COLORS[3, 1] == 0.7283900430001952
    assert COLORS[6].tolist() == [
        0.90815966865861,
        0.5511103319168646,
        0.7494337214212151,
    ]
    with pytest.raises(ValueError, match="read-only"):
        COLORS[0] = 0


@pytest.mark.parametrize("size", [64, 85, 224])
def test_no_statistic_of_single_pixels_tells_the_texture(size: int) -> None:
    textures = builtin_textures(size)
    assert textures.shape == (len(TEXTURES), size, size)
    assert textures.dtype == np.float32
    values = np.sort(textures.reshape(5, -1), axis=1)
    assert (values == values[0]).all()
    assert values[0, 0] == np.float32(0.2)
    assert values[0, -1] == 1
    assert values[0].mean() == pytest.approx(0.6, abs=1e-4)
    assert values[0].std() == pytest.approx(0.8 / np.sqrt(12), rel=1e-3)


@pytest.mark.parametrize("reach", [37, 50, 74])
def test_mean_under_a_centered_sprite_does_not_tell_the_texture(reach: int) -> None:
    distance = np.hypot(*(np.indices((224, 224)) - 111.5))
    means = builtin_textures(224)[:, distance < reach].mean(axis=1)
    assert np.ptp(means) < 0.015


def spectrum(plate: np.ndarray) -> np.ndarray:
    """Return the log power spectrum averaged over patches of 32 pixels."""
    windows = np.lib.stride_tricks.sliding_window_view(plate, (32, 32))[::8, ::8]
    taper = np.outer(np.hanning(32), np.hanning(32))
    power = abs(np.fft.rfft2((windows - 0.6) * taper)) ** 2
    return np.log(power.mean(axis=(0, 1))).ravel()


def test_the_halves_of_a_texture_look_more_alike_than_two_textures() -> None:
    textures = builtin_textures(224)
    left = np.array([spectrum(texture[:, :112]) for texture in textures])
    right = np.array([spectrum(texture[:, 112:]) for texture in textures])
    distance = np.linalg.norm(left[:, None] - right, axis=2)
    np.testing.assert_array_equal(distance.argmin(axis=0), range(5))
    np.testing.assert_array_equal(distance.argmin(axis=1), range(5))


def test_textures_are_the_same_every_time() -> None:
    np.testing.assert_array_equal(builtin_textures(64), builtin_textures(64))


def test_the_papers_crop_is_used_untouched(plates: Path) -> None:
    textures = read_textures(plates, 224)
    d23 = tifffile.imread(plates / "D23.tif")
    np.testing.assert_allclose(textures[2], d23[20:244, 20:244] / 255, rtol=1e-6)


def test_other_sizes_show_the_whole_crop(plates: Path) -> None:
    small = read_textures(plates, 56)
    blocks = read_textures(plates, 224).reshape(5, 56, 4, 56, 4).mean(axis=(2, 4))
    assert small.shape == (5, 56, 56)
    assert (small >= 0).all()
    assert (small <= 1).all()
    assert np.corrcoef(small.ravel(), blocks.ravel())[0, 1] > 0.9


def test_a_missing_plate_is_named(plates: Path) -> None:
    (plates / "D109.tif").unlink()
    with pytest.raises(StorageError, match=r"D109\.tif is missing.*D11\.tif"):
        read_textures(plates, 224)


def test_a_damaged_plate_is_named(plates: Path) -> None:
    (plates / "D40.tif").write_bytes(b"")
    with pytest.raises(StorageError, match=r"D40\.tif cannot be read"):
        read_textures(plates, 224)


def test_a_small_plate_says_what_is_needed(plates: Path) -> None:
    tifffile.imwrite(plates / "D11.tif", np.zeros((244, 243), np.uint8))
    with pytest.raises(DataError, match=r"244 x 243.*at least 244 x 244"):
        read_textures(plates, 224)


def test_a_color_plate_is_refused(plates: Path) -> None:
    image = np.zeros((250, 250, 3), np.uint8)
    tifffile.imwrite(plates / "D11.tif", image, photometric="rgb")
    with pytest.raises(DataError, match="8-bit gray"):
        read_textures(plates, 224)
