"""Data like that of the Source is inside, other data is not, and a sentence says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.latents.in_distribution import (
    InDistribution,
    check_cells,
    known_of,
)

if TYPE_CHECKING:
    from napari_disentangle.storage.models import Model


def _inputs(n: int, seed: int, shift: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(n, 32)) + shift).astype(np.float32)


def test_nearly_all_of_the_same_data_is_inside(tiny_model: Model) -> None:
    known = known_of(tiny_model.vae, _inputs(800, 0), rng=np.random.default_rng(0))
    found = check_cells(tiny_model.vae, known, _inputs(400, 1))
    assert found.share > 0.93
    assert found.ratios.shape == (400, 3)
    assert "names may be read as they stand" in found.sentence


def test_other_data_is_outside_and_names_become_guesses(tiny_model: Model) -> None:
    known = known_of(tiny_model.vae, _inputs(800, 0), rng=np.random.default_rng(0))
    found = check_cells(tiny_model.vae, known, _inputs(50, 1, shift=3))
    assert found.share == 0
    assert found.sentence.startswith("0 of 50 cells")
    assert "guess" in found.sentence


def test_one_cell_is_checked_too(tiny_model: Model) -> None:
    known = known_of(tiny_model.vae, _inputs(200, 0), rng=np.random.default_rng(0))
    found = check_cells(tiny_model.vae, known, _inputs(1, 5))
    assert found.inside.shape == (1,)
    assert "of 1 cell look" in found.sentence


def test_pixels_are_checked_alike(pixel_model: Model) -> None:
    rng = np.random.default_rng(0)
    images = rng.random((120, 3, 32, 32), np.float32)
    known = known_of(pixel_model.vae, images, rng=rng)
    assert check_cells(pixel_model.vae, known, images[:40]).share > 0.7
    assert check_cells(pixel_model.vae, known, images[:40] * 0).share == 0


def test_some_inside_is_said_between(tiny_model: Model) -> None:
    inside = np.arange(10) < 5
    found = InDistribution(inside, np.ones((10, 3)), 0.5, 0.7)
    assert found.sentence.startswith("Only 5 of 10 cells")


def test_few_known_images_give_no_limits(tiny_model: Model) -> None:
    with pytest.raises(DataError, match="10 images"):
        known_of(tiny_model.vae, _inputs(10, 0), rng=np.random.default_rng(0))
