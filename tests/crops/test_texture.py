"""Texture and color measures tell apart what they name, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import ndimage

from napari_disentangle.crops.texture import (
    COLOR_COLUMNS,
    TEXTURE_COLUMNS,
    color,
    texture,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

Y, X = np.mgrid[:64, :64]
DISK = (Y - 32) ** 2 + (X - 32) ** 2 < 28**2


def _noise(smooth_px: float) -> NDArray[np.float64]:
    noise = np.random.default_rng(0).normal(size=(64, 64))
    return np.asarray(ndimage.gaussian_filter(noise, smooth_px))


def test_rough_and_smooth_textures_are_ordered() -> None:
    found = [texture(_noise(smooth), DISK) for smooth in (0, 1, 3)]
    for name, sign in [
        ("texture_contrast", -1),
        ("texture_roughness", -1),
        ("texture_homogeneity", 1),
        ("texture_correlation", 1),
    ]:
        assert (np.diff([each[name] for each in found]) * sign > 0).all(), name


def test_stripes_are_anisotropic_and_noise_is_not() -> None:
    stripes = np.sin(Y * 1.5)
    assert texture(stripes, DISK)["texture_anisotropy"] > 0.5
    assert texture(_noise(1), DISK)["texture_anisotropy"] < 0.4


def test_texture_ignores_brightness_and_what_is_outside() -> None:
    inside = _noise(1)
    outside = np.where(DISK, inside, 100.0)
    first, second = texture(inside, DISK), texture(50 + 3 * outside, DISK)
    for name in set(TEXTURE_COLUMNS) - {"texture_patterns", "texture_edges"}:
        assert first[name] == pytest.approx(second[name], rel=1e-6), name
    assert first["texture_patterns"] == pytest.approx(
        second["texture_patterns"], rel=0.02
    )


@pytest.mark.parametrize("mask", [DISK, (Y == 3) & (X < 5)])
def test_a_flat_or_tiny_cell_has_no_texture(mask: NDArray[np.bool_]) -> None:
    found = texture(np.full((64, 64), 0.3), mask)
    assert tuple(found) == TEXTURE_COLUMNS
    assert np.isnan(list(found.values())).all()


def test_color_is_that_of_the_cell_at_any_brightness() -> None:
    picture = np.zeros((3, 64, 64))
    picture[:, DISK] = np.array([[0.6], [0.3], [0.1]])
    found = color(picture, DISK)
    assert tuple(found) == COLOR_COLUMNS
    assert list(found.values()) == pytest.approx([0.6, 0.3, 0.1, 1 - 1 / 6])
    assert color(picture / 4, DISK) == pytest.approx(found)
    assert np.isnan(list(color(picture * 0, DISK).values())).all()
