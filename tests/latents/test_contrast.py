"""Counterfactual codes and contrasts of groups."""

from __future__ import annotations

import numpy as np
import pytest

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.latents.contrast import (
    centroid,
    compare_groups,
    edit,
    interpolate,
)
from napari_disentangle.latents.reference import reference_of

NAMES = ("scale", "color", "residual_1")


def _codes(n: int, shift: float = 0.0, seed: int = 0) -> np.ndarray:
    codes = np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)
    codes[:, 1] += shift
    return codes


def test_an_edit_moves_one_factor_in_sd_of_the_cells() -> None:
    codes = _codes(50) * (3, 1, 1)
    reference = reference_of(codes.astype(np.float32))
    edited = edit(codes[4], reference, NAMES, {"scale": -2})
    assert edited[0] == pytest.approx(codes[4, 0] - 2 * reference.sd[0], rel=1e-5)
    np.testing.assert_allclose(edited[1:], codes[4, 1:], rtol=1e-6)
    with pytest.raises(ModelError, match="no factor 'size'"):
        edit(codes[4], reference, NAMES, {"size": 1})


def test_a_way_from_a_to_b_keeps_its_ends() -> None:
    a, b = _codes(2)
    way = interpolate(a, b, 5)
    np.testing.assert_allclose(way[0], a)
    np.testing.assert_allclose(way[-1], b)
    np.testing.assert_allclose(way[2], (a + b) / 2, rtol=1e-5)
    with pytest.raises(DataError):
        interpolate(a, b, 1)


def test_a_centroid_is_that_of_its_group() -> None:
    codes = _codes(6)
    groups = np.array(list("xxyyyy"))
    np.testing.assert_allclose(centroid(codes, groups, "x"), codes[:2].mean(axis=0))
    with pytest.raises(DataError, match="'z'"):
        centroid(codes, groups, "z")


def test_the_factor_that_separates_comes_first_with_its_crossing() -> None:
    rng = np.random.default_rng(0)
    a, b = _codes(40), _codes(30, shift=1.5, seed=1)
    first, *others = compare_groups(a, b, NAMES, rng)
    assert first.name == "color"
    assert first.effect.is_clear
    assert first.effect.unit == "cell"
    np.testing.assert_allclose(
        first.crossing[:, 1], [a[:, 1].mean(), b[:, 1].mean()], rtol=1e-5
    )
    np.testing.assert_allclose(first.crossing[0, [0, 2]], first.crossing[1, [0, 2]])
    assert {each.name for each in others} == {"scale", "residual_1"}


def test_images_are_the_units_where_there_are_several() -> None:
    rng = np.random.default_rng(0)
    a, b = _codes(40), _codes(40, seed=1)
    images = np.repeat(["p", "q", "r", "s"], 10)
    found = compare_groups(a, b, NAMES, rng, images=(images, images))
    assert {(each.effect.unit, each.effect.n_a) for each in found} == {("image", 4)}
    one = np.repeat("p", 40)
    found = compare_groups(a, b, NAMES, rng, images=(images, one))
    assert {each.effect.unit for each in found} == {"cell"}
