from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from napari_disentangle.errors import DataError
from napari_disentangle.synthetic.sprites import SpriteConfig, TextureSprites
from napari_disentangle.training.batches import GridPairs, RenderedPairs

SIZES = (3, 2, 4)
GRID = np.array(list(product(*(range(size) for size in SIZES))), np.int64)


def drawn_positions(positions, rng, n, **options):
    """Return the factor positions of drawn pairs, by letting values be positions."""
    pairs = GridPairs(positions.astype(np.float32), positions, **options)
    batch = pairs.draw(rng, n)
    first, second = batch.x.numpy().astype(int).reshape(2, n, -1)
    return first, second, batch.factor.numpy()


@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.floats(0, 0.4))
def test_pairs_truly_differ_in_the_named_factor_alone(seed, copies, holes) -> None:
    rng = np.random.default_rng(seed)
    kept = rng.permutation(len(GRID))[: int(len(GRID) * (1 - holes))]
    positions = np.repeat(GRID[kept], copies, axis=0)
    first, second, factor = drawn_positions(positions, rng, 200)
    assert np.array_equal(first != second, np.eye(3, dtype=bool)[factor])


def test_factors_and_values_are_uniform() -> None:
    rng = np.random.default_rng(0)
    first, second, factor = drawn_positions(GRID, rng, 30_000)
    assert np.allclose(np.bincount(factor) / 30_000, 1 / 3, atol=0.015)
    of_last = factor == 2
    counts = np.zeros((4, 4))
    np.add.at(counts, (first[of_last, 2], second[of_last, 2]), 1)
    assert np.allclose(counts / of_last.sum(), (1 - np.eye(4)) / 12, atol=0.01)


def test_the_papers_pairs_coincide_once_in_size() -> None:
    rng = np.random.default_rng(0)
    first, second, factor = drawn_positions(GRID, rng, 30_000, differ=False)
    for index, size in enumerate(SIZES):
        of_factor = factor == index
        same = (first == second).all(axis=1)[of_factor].mean()
        assert same == pytest.approx(1 / size, abs=0.015)


def test_a_factor_that_never_changes_alone_is_refused() -> None:
    positions = np.array([[0, 0], [0, 1], [0, 2]])
    with pytest.raises(DataError, match="differ in factor 0 alone"):
        GridPairs(np.zeros((3, 4), np.float32), positions)


def test_inputs_without_positions_are_refused() -> None:
    with pytest.raises(DataError, match="3 inputs and 24 rows"):
        GridPairs(np.zeros((3, 4), np.float32), GRID)


def test_rendered_pairs_are_pictures_that_differ() -> None:
    pairs = RenderedPairs(TextureSprites(SpriteConfig(size=32, jitter_px=0)))
    batch = pairs.draw(np.random.default_rng(0), 16)
    assert batch.x.shape == (32, 3, 32, 32)
    first, second = batch.x[:16], batch.x[16:]
    turned = batch.factor == 4  # a square may look the same after a turn
    differ = (first - second).abs().flatten(1).amax(1) > 0
    assert differ[~turned].all()


def test_rendered_pairs_show_the_combinations_given_and_no_other() -> None:
    sprites = TextureSprites(SpriteConfig(size=16, jitter_px=0))
    some = sprites.space.to_positions(np.arange(sprites.space.n_combinations))
    some = some[some[:, 1] < 3]
    batch = RenderedPairs(sprites, some).draw(np.random.default_rng(0), 64)
    known = {p.tobytes() for p in sprites.render(some, np.random.default_rng(0))}
    assert all(picture.numpy().tobytes() in known for picture in batch.x)


def test_both_pictures_of_a_rendered_pair_have_the_same_jitter() -> None:
    sprites = TextureSprites(SpriteConfig(size=64, jitter_px=30))
    batch = RenderedPairs(sprites).draw(np.random.default_rng(0), 200)
    recolored = batch.factor == 1
    shown = batch.x[:200].amax(1) > 0, batch.x[200:].amax(1) > 0
    assert torch.equal(shown[0][recolored], shown[1][recolored])
