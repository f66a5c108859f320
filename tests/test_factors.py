from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.errors import ConfigError
from napari_disentangle.factors import FactorSpace

TEXTURE_DSPRITES = FactorSpace(tuple("TCSZOXY"), (5, 7, 3, 6, 40, 32, 32))
sizes = st.lists(st.integers(1, 6), min_size=1, max_size=5).map(tuple)


def space_of(sizes: tuple[int, ...]) -> FactorSpace:
    return FactorSpace(tuple(f"f{i}" for i in range(len(sizes))), sizes)


def test_texture_dsprites_has_the_published_number_of_images() -> None:
    assert TEXTURE_DSPRITES.n_combinations == 25_804_800


def test_the_last_factor_runs_fastest() -> None:
    first_of_texture_1 = TEXTURE_DSPRITES.to_index(np.array([0, 1, 0, 0, 0, 0, 0]))
    assert first_of_texture_1 == 737_280


@given(sizes)
def test_index_and_position_are_inverse(sizes: tuple[int, ...]) -> None:
    space = space_of(sizes)
    index = np.arange(space.n_combinations)
    assert (space.to_index(space.to_positions(index)) == index).all()


@given(sizes, st.integers(0, 99), st.booleans())
def test_resampling_changes_no_other_factor(
    sizes: tuple[int, ...], seed: int, differ: bool
) -> None:
    space, rng = space_of(sizes), np.random.default_rng(seed)
    before = space.sample(rng, 50)
    factor = rng.integers(0, space.n_factors, 50)
    after = space.resample_one(rng, before, factor, differ=differ)
    changed = before != after
    assert changed.sum(axis=1).max() <= 1
    assert changed[np.arange(50), factor].sum() == changed.sum()
    assert (after < np.array(sizes)).all()
    if differ:
        assert (changed.any(axis=1) == (np.array(sizes)[factor] > 1)).all()


def test_the_papers_redraw_repeats_the_value_as_often_as_chance() -> None:
    space, rng = space_of((3,)), np.random.default_rng(0)
    before = space.sample(rng, 30_000)
    factor = np.zeros(30_000, np.int64)
    after = space.resample_one(rng, before, factor, differ=False)
    assert abs((before == after).mean() - 1 / 3) < 0.01


def test_a_redraw_that_differs_is_uniform_over_the_other_values() -> None:
    space, rng = space_of((4,)), np.random.default_rng(0)
    before = np.full((30_000, 1), 2)
    after = space.resample_one(rng, before, np.zeros(30_000, np.int64))
    counts = np.bincount(after[:, 0], minlength=4) / 30_000
    assert counts == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3], abs=0.015)


def test_an_unknown_factor_is_named() -> None:
    with pytest.raises(ConfigError, match="'hue'; known: f0, f1"):
        space_of((2, 2)).column("hue")


@pytest.mark.parametrize(
    ("names", "sizes"), [(("a",), (1, 2)), (("a", "a"), (1, 2)), (("a",), (0,))]
)
def test_a_malformed_space_is_refused(
    names: tuple[str, ...], sizes: tuple[int, ...]
) -> None:
    with pytest.raises(ConfigError):
        FactorSpace(names, sizes)
