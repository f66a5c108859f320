"""Codes in micrometers and degrees, with the error of a new cell."""

from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.latents.calibration import (
    calibrate_orientation,
    calibrate_scale,
)

RNG = np.random.default_rng(0)


def test_scale_reads_as_a_diameter_in_micrometers() -> None:
    code = RNG.normal(size=200)
    diameter = 30 + 5 * code + RNG.normal(0, 1, 200)  # pixels
    found = calibrate_scale(code, np.pi * (diameter / 2) ** 2, 0.5)
    assert found is not None
    assert found.unit == "um"
    np.testing.assert_allclose(found.read([0.0, 1.0]), [15, 17.5], atol=0.2)
    assert found.residual == pytest.approx(0.5, rel=0.15)
    assert found.chance == pytest.approx(2.5, rel=0.15)
    assert "µm" in found.sentence
    pixels = calibrate_scale(code, np.pi * (diameter / 2) ** 2)
    assert pixels is not None
    assert pixels.residual == pytest.approx(2 * found.residual)
    assert pixels.unit == "px"


def test_orientation_reads_in_degrees_without_a_seam() -> None:
    code = RNG.uniform(-1, 1, 300)
    angle = np.deg2rad(85 + 40 * code)  # across the seam at 90 degrees
    wrapped = (angle + np.pi / 2) % np.pi - np.pi / 2
    found = calibrate_orientation(code, wrapped, np.full(300, 0.8))
    assert found is not None
    assert found.residual < 2
    assert found.chance > 15
    apart = np.abs(found.read([0.0]) - 85) % 180
    assert min(apart[0], 180 - apart[0]) < 2


def test_a_code_that_knows_nothing_is_told_to() -> None:
    found = calibrate_orientation(
        RNG.normal(size=100), RNG.uniform(-1.5, 1.5, 100), np.full(100, 0.8)
    )
    assert found is not None
    assert "no better than a guess" in found.sentence


def test_round_or_few_cells_are_not_calibrated() -> None:
    code, angle = RNG.normal(size=100), RNG.uniform(-1, 1, 100)
    assert calibrate_orientation(code, angle, np.full(100, 0.1)) is None
    assert calibrate_scale(code[:10], np.full(10, 50.0)) is None
    assert calibrate_scale(np.zeros(50), RNG.uniform(10, 20, 50)) is None
