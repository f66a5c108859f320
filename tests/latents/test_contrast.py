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
    assert first.effect.unit == "cell"
    assert not first.effect.is_tested  # one image, so nothing is tested
    np.testing.assert_allclose(
        first.crossing[:, 1], [a[:, 1].mean(), b[:, 1].mean()], rtol=1e-5
    )
    np.testing.assert_allclose(first.crossing[0, [0, 2]], first.crossing[1, [0, 2]])
    assert {each.name for each in others} == {"scale", "residual_1"}


def test_images_with_both_groups_are_paired() -> None:
    rng = np.random.default_rng(0)
    a, b = _codes(40), _codes(40, seed=1)
    images = np.repeat(["p", "q", "r", "s"], 10)
    found = compare_groups(a, b, NAMES, rng, images=(images, images))
    units = {(f.effect.unit, f.effect.n_a, f.effect.paired) for f in found}
    assert units == {("image", 4, True)}
    color = next(f for f in found if f.name == "color")
    means = [a[images == name, 1].mean() for name in "pqrs"]
    assert color.crossing[0, 1] == pytest.approx(np.mean(means), rel=1e-5)


def test_images_of_one_group_each_are_compared_if_there_are_enough() -> None:
    rng = np.random.default_rng(0)
    a, b = _codes(40), _codes(40, seed=1)
    images = np.repeat(["p", "q", "r", "s"], 10), np.repeat(["t", "u", "v", "s"], 10)
    found = compare_groups(a, b, NAMES, rng, images=images)
    units = {(f.effect.unit, f.effect.n_a, f.effect.n_b) for f in found}
    assert units == {("image", 3, 3)}
    assert not any(f.effect.paired for f in found)
    one = np.repeat("p", 40)
    found = compare_groups(a, b, NAMES, rng, images=(images[1], one))
    assert not any(f.effect.is_tested for f in found)
