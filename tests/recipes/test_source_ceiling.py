from __future__ import annotations

import numpy as np

from napari_disentangle.recipes.source_ceiling import PERIODS, visible_code
from napari_disentangle.synthetic.shapes import SHAPES
from napari_disentangle.synthetic.sprites import (
    ORIENTATIONS,
    SpriteConfig,
    TextureSprites,
)


def test_shapes_look_the_same_after_their_period_and_not_before() -> None:
    turns = np.deg2rad(np.arange(0, 360, 15.0))
    sprites = TextureSprites(SpriteConfig(size=64, jitter_px=0))
    sprites.angles = turns
    for shape, name in enumerate(SHAPES):
        rows = np.array([[0, 0, shape, 5, turn] for turn in range(len(turns))])
        pictures = sprites.render(rows, np.random.default_rng(0))
        gaps = np.abs(pictures - pictures[0]).mean((1, 2, 3))
        same = np.isclose(turns % PERIODS[name], 0)
        assert gaps[same].max() < 0.1 * gaps[~same].min()


def test_the_visible_code_of_a_full_circle_knows_turns_up_to_the_period() -> None:
    space = TextureSprites(SpriteConfig(size=16)).space
    positions = space.to_positions(np.arange(space.n_combinations))
    code = visible_code(positions, space, ORIENTATIONS["full"])
    np.testing.assert_array_equal(code[:, :4], positions[:, :4])
    for shape, n_seen in ((0, 10), (1, 20), (2, 39)):  # square, ellipse, heart
        assert len(np.unique(code[positions[:, 2] == shape, 4])) == n_seen
    assert (code[positions[:, 4] == 39, 4] == 0).all()  # the last turn is the first


def test_within_a_quarter_turn_all_is_visible() -> None:
    space = TextureSprites(SpriteConfig(size=16, orientation="quarter")).space
    positions = space.to_positions(np.arange(space.n_combinations))
    code = visible_code(positions, space, ORIENTATIONS["quarter"])
    np.testing.assert_array_equal(code, positions)
