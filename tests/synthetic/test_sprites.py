from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
import tifffile

from napari_disentangle.config import check_config
from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.synthetic.shapes import SCALES, shape_mask
from napari_disentangle.synthetic.sprites import (
    ORIENTATIONS,
    SpriteConfig,
    TextureSprites,
)
from napari_disentangle.synthetic.textures import COLORS

if TYPE_CHECKING:
    from pathlib import Path

WHITE_SQUARE = [0, 0, 0, 5, 0]


@cache
def sprites_of(**settings: object) -> TextureSprites:
    return TextureSprites(check_config(SpriteConfig, settings))


def slow_render(
    sprites: TextureSprites, position: np.ndarray, center: tuple[float, float]
) -> np.ndarray:
    """Draw one image step by step: mask, times color, times texture."""
    texture, color, shape, scale, angle = position[:5]
    size = sprites.config.size
    free = sprites.config.placement == "free"
    reach = (12 / 64 if free else 74 / 224) * size * SCALES[scale]
    turn = sprites.angles[angle]
    mask = shape_mask([shape], [reach], [turn], [center], size)[0]
    image = np.stack([mask] * 3) * COLORS[color][:, None, None]
    return image * sprites.textures[texture]


def test_the_default_space_is_that_of_cell_crops() -> None:
    space = sprites_of(size=32).space
    assert space.names == ("texture", "color", "shape", "scale", "orientation")
    assert space.sizes == (5, 7, 3, 6, 40)
    assert sprites_of(size=32, orientation="quarter").space.sizes[-1] == 10


def test_the_papers_space_has_all_its_images() -> None:
    space = sprites_of(size=64, placement="free").space
    assert space.names[5:] == ("position_x", "position_y")
    assert space.sizes == (5, 7, 3, 6, 40, 32, 32)
    assert space.n_combinations == 25_804_800


def test_orientations_are_those_asked_for() -> None:
    assert np.rad2deg(ORIENTATIONS["quarter"]) == pytest.approx(range(0, 90, 9))
    assert ORIENTATIONS["full"] == pytest.approx(np.linspace(0, 2 * np.pi, 40))


@pytest.mark.parametrize("size", [64, 101])
@pytest.mark.parametrize("placement", ["centered", "free"])
def test_an_image_is_mask_times_color_times_texture(size: int, placement: str) -> None:
    sprites = sprites_of(size=size, placement=placement, jitter_px=0)
    rng = np.random.default_rng(0)
    positions = sprites.space.sample(rng, 20)
    images = sprites.render(positions, rng)
    assert images.dtype == np.float32
    for position, image in zip(positions, images, strict=True):
        center = ((size - 1) / 2,) * 2
        if placement == "free":
            x, y = (16.5 + position[5:]) / 64 * size - 0.5
            center = (y, x)
        np.testing.assert_allclose(
            image, slow_render(sprites, position, center), atol=1e-6
        )


def test_colors_are_exact_inside_a_sprite() -> None:
    sprites = sprites_of(size=64)
    positions = np.array([WHITE_SQUARE] * 7)
    positions[:, 1] = range(7)
    images = sprites.render(positions, np.random.default_rng(0))
    middle = sprites.textures[0, 32, 32]
    np.testing.assert_allclose(images[:, :, 32, 32] / middle, COLORS, rtol=1e-6)


@pytest.mark.parametrize("placement", ["centered", "free"])
def test_images_lie_in_range_on_black(placement: str) -> None:
    sprites = sprites_of(size=64, placement=placement)
    rng = np.random.default_rng(1)
    images = sprites.render(sprites.space.sample(rng, 300), rng)
    assert images.min() == 0
    assert 0.9 < images.max() <= 1
    border = np.ones((64, 64), bool)
    border[3:-3, 3:-3] = False
    assert (images[:, :, border] == 0).all()
    assert (images.max(axis=(1, 2, 3)) > 0).all()


def test_first_and_last_orientation_are_one_image() -> None:
    sprites = sprites_of(size=64, jitter_px=0)
    hearts = np.array([[1, 2, 2, 5, 0], [1, 2, 2, 5, 39], [1, 2, 2, 5, 20]])
    first, last, other = sprites.render(hearts, np.random.default_rng(0))
    np.testing.assert_allclose(first, last, atol=1e-4)
    assert abs(first - other).max() > 0.5


def test_the_texture_stays_when_the_sprite_turns() -> None:
    sprites = sprites_of(size=64, jitter_px=0)
    turned = np.array([[2, 0, 0, 5, angle] for angle in range(40)])
    images = sprites.render(turned, np.random.default_rng(0))
    core = images[:, 0, 24:40, 24:40]
    np.testing.assert_array_equal(core, np.broadcast_to(core[0], core.shape))


def test_jitter_is_uniform_and_bounded() -> None:
    sprites = sprites_of(size=112, jitter_px=6)
    squares = np.array([[4, 0, 0, 5, 0]] * 400)
    masks = sprites.render(squares, np.random.default_rng(0))[:, 0] > 0.05
    centers = np.array([np.argwhere(mask).mean(axis=0) for mask in masks]) - 55.5
    assert abs(centers).max() < 3.6
    assert abs(centers).max() > 2.5
    assert abs(centers.mean(axis=0)).max() < 0.3


def test_position_x_moves_right_and_position_y_down() -> None:
    sprites = sprites_of(size=64, placement="free")
    corners = np.array([[0, 0, 0, 5, 0, x, y] for x in (0, 31) for y in (0, 31)])
    images = sprites.render(corners, np.random.default_rng(0))[:, 0] > 0
    centers = [tuple(np.argwhere(image).mean(axis=0)) for image in images]
    assert centers == [(16, 16), (47, 16), (16, 47), (47, 47)]


def test_equal_seeds_give_equal_images() -> None:
    sprites = sprites_of(size=48)
    positions = sprites.space.sample(np.random.default_rng(0), 10)
    one, other = (sprites.render(positions, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_brightness_does_not_tell_the_texture() -> None:
    """A texture's mean over sprites differs by less than 2 % from another's."""
    sprites = sprites_of(size=64)
    rng = np.random.default_rng(0)
    positions = sprites.space.sample(rng, 2000)
    means = []
    for texture in range(5):
        positions[:, 0] = texture
        means.append(sprites.render(positions, np.random.default_rng(1)).mean())
    assert np.ptp(means) < 0.02 * np.mean(means)


def test_a_users_plates_are_used(tmp_path: Path) -> None:
    for value, name in enumerate(("D11", "D40", "D23", "D109", "D102"), start=1):
        plate = np.full((250, 250), 51 * value, np.uint8)
        tifffile.imwrite(tmp_path / f"{name}.tif", plate)
    sprites = sprites_of(size=64, texture_folder=str(tmp_path))
    positions = np.array([[texture, 0, 0, 5, 0] for texture in range(5)])
    images = sprites.render(positions, np.random.default_rng(0))
    np.testing.assert_allclose(
        images[:, 0, 32, 32], [0.2, 0.4, 0.6, 0.8, 1.0], rtol=1e-6
    )


def test_no_positions_give_no_images() -> None:
    sprites = sprites_of(size=64)
    empty = np.empty((0, 5), np.int64)
    assert sprites.render(empty, np.random.default_rng(0)).shape == (0, 3, 64, 64)


def test_positions_outside_the_space_are_named() -> None:
    sprites = sprites_of(size=64)
    rng = np.random.default_rng(0)
    with pytest.raises(DataError, match=r"color has positions 0 to 6; row 0 holds 7"):
        sprites.render(np.array([[0, 7, 0, 0, 0]]), rng)
    with pytest.raises(DataError, match=r"columns texture, .*shape \(1, 7\)"):
        sprites.render(np.zeros((1, 7), np.int64), rng)


def test_wrong_settings_are_named() -> None:
    with pytest.raises(ConfigError, match="size = 8"):
        check_config(SpriteConfig, {"size": 8})
    with pytest.raises(ConfigError, match="placement = 'left'"):
        check_config(SpriteConfig, {"placement": "left"})


def test_two_threads_may_draw_at_once() -> None:
    sprites = sprites_of(size=64)
    positions = sprites.space.sample(np.random.default_rng(0), 200)

    def draw(seed: int) -> np.ndarray:
        return sprites.render(positions, np.random.default_rng(seed))

    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(draw, range(4)))
    for seed, images in enumerate(together):
        np.testing.assert_array_equal(images, draw(seed))
