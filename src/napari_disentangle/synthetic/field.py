"""A synthetic microscope image: many sprites of known factors on a dark background.

The objects look as they do in `TextureSprites`: each is drawn in a window as wide, in
relation to its reach, as the Source images are. So a crop of the field resembles a
Source image of the same factors, plus what a microscope adds: blur, an uneven
background, noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from napari_disentangle.config import Config
from napari_disentangle.factors import FactorSpace
from napari_disentangle.synthetic.kernels import draw_masks, paint_sprites
from napari_disentangle.synthetic.scatter import scatter_discs
from napari_disentangle.synthetic.shapes import SCALES, SHAPES
from napari_disentangle.synthetic.sprites import (
    ORIENTATIONS,
    REFERENCE_PX,
    SpriteConfig,
)
from napari_disentangle.synthetic.textures import COLORS, TEXTURES, builtin_textures
from napari_disentangle.tables import NAMED_FACTORS

if TYPE_CHECKING:
    from numpy.typing import NDArray


class FieldConfig(Config):
    """A field of sprites and the microscope that takes it."""

    width_px: int = Field(1280, ge=64, le=16384, description="Width in pixels.")
    height_px: int = Field(1024, ge=64, le=16384, description="Height in pixels.")
    n_objects: int = Field(300, ge=0, le=100_000, description="Number of objects.")
    reach_px: float = Field(
        28.0,
        ge=4,
        le=200,
        description="Radius of an object at scale 1, in pixels; at the smallest scale "
        "it is half of that.",
    )
    orientation: Literal["full", "quarter"] = Field(
        "full", description="40 values over 360 degrees, or 10 values from 0 to 81."
    )
    blur_px: float = Field(
        0.7, ge=0, le=20, description="Standard deviation of the blur, in pixels."
    )
    noise_sd: float = Field(
        0.015,
        ge=0,
        le=1,
        description="Standard deviation of the noise; full intensity is 1.",
    )
    background: float = Field(
        0.04, ge=0, le=1, description="Mean background; full intensity is 1."
    )
    unevenness: float = Field(
        0.5,
        ge=0,
        le=1,
        description="How far the background departs from its mean, as a part of it.",
    )
    seed: int = Field(0, ge=0, description="Equal seeds give equal fields.")


@dataclass(frozen=True, slots=True)
class SampleField:
    """An image with its objects' labels and true factors.

    Attributes
    ----------
    image : array, (Y, X, 3), uint8
        The field in RGB.
    labels : array, (Y, X), int32
        Object ids, 1 to n in reading order of their centers; background 0.
    table : pandas.DataFrame
        One row an object, sorted by label: the `ID_COLUMNS`; ``true_texture``,
        ``true_color`` and ``true_shape`` (factor positions), ``true_scale`` (0.5 to 1),
        ``true_orientation`` (degrees, 0 to below 360); ``pos_y`` and ``pos_x``, the
        centroids in pixels.
    """

    image: NDArray[np.uint8]
    labels: NDArray[np.int32]
    table: pd.DataFrame


def sample_field(config: FieldConfig | None = None) -> SampleField:
    """Return a field of sprites whose factors are drawn uniformly.

    Raises
    ------
    ConfigError
        If the objects do not find room without touching.
    """
    config = config or FieldConfig()
    rng = np.random.default_rng(config.seed)
    angles = ORIENTATIONS[config.orientation]
    sizes = (len(TEXTURES), len(COLORS), len(SHAPES), len(SCALES), len(angles))
    factors = FactorSpace(NAMED_FACTORS, sizes).sample(rng, config.n_objects)
    reach = SCALES[factors[:, 3]] * config.reach_px
    centers = scatter_discs(rng, reach, (config.height_px, config.width_px))
    order = np.lexsort((centers[:, 1], centers[:, 0]))
    factors, centers = factors[order], centers[order]
    light, labels = _draw(config, factors, centers)
    image = _take(config, rng, light)
    return SampleField(image, labels, _table(factors, angles, labels))


def _draw(
    config: FieldConfig, factors: NDArray[np.int64], centers: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return the objects' light, (Y, X, 3), and labels, (Y, X)."""
    window = round(REFERENCE_PX / SpriteConfig().reach_px * config.reach_px)
    plates = builtin_textures(window)
    # With a margin all around, no window hangs over the border.
    shape = (config.height_px + 2 * window, config.width_px + 2 * window)
    light, labels = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.int32)
    corners = np.round(centers + window / 2).astype(np.int64)
    inner = centers + window - corners
    for n, (top, left) in enumerate(corners):
        one = slice(n, n + 1)
        mask, sprite = _draw_one(config, factors[one], inner[one], plates)
        there = (slice(top, top + window), slice(left, left + window))
        light[there] += sprite
        labels[there][mask >= 0.5] = n + 1
    field = (slice(window, -window), slice(window, -window))
    return light[field], labels[field].copy()


def _draw_one(
    config: FieldConfig,
    factors: NDArray[np.int64],
    center: NDArray[np.float64],
    plates: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return mask, (W, W), and picture, (W, W, 3), of one object in its window."""
    texture, color, shape, scale, angle = np.ascontiguousarray(factors.T)
    reach, turn = (
        SCALES[scale] * config.reach_px,
        ORIENTATIONS[config.orientation][angle],
    )
    window = plates.shape[-1]
    mask = np.zeros((1, window, window), np.float32)
    draw_masks(shape, reach, turn, center, mask)
    sprite = np.zeros((1, 3, window, window), np.float32)
    tint = COLORS.astype(np.float32)[color]
    paint_sprites(shape, reach, turn, center, tint, texture, plates, sprite)
    return mask[0], sprite[0].transpose(1, 2, 0)


def _take(
    config: FieldConfig, rng: np.random.Generator, light: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return the picture a microscope takes of `light`: blurred, uneven, noisy."""
    from scipy.ndimage import gaussian_filter

    blurred = gaussian_filter(light, (config.blur_px, config.blur_px, 0))
    tilt = _tilt(light.shape[:2], rng)[..., None]
    background = config.background * (1 + config.unevenness * tilt)
    seen = background + (1 - background) * blurred
    if config.noise_sd:
        noise = rng.standard_normal(light.shape, np.float32)
        seen = seen + config.noise_sd * noise
    image: NDArray[np.uint8] = np.round(np.clip(seen, 0, 1) * 255).astype(np.uint8)
    return image


def _tilt(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a smooth surface, (Y, X), in [-1, 1]: a slope and a bend."""
    y, x = (np.linspace(-1, 1, n, dtype=np.float32) for n in shape)
    turn = rng.uniform(0, 2 * np.pi)
    slope = np.cos(turn) * y[:, None] + np.sin(turn) * x
    bend = 1 - y[:, None] ** 2 - x**2
    surface = slope + bend
    low, high = surface.min(), surface.max()
    return np.asarray(2 * (surface - low) / (high - low) - 1, np.float32)


def _table(
    factors: NDArray[np.int64],
    angles: NDArray[np.float64],
    labels: NDArray[np.int32],
) -> pd.DataFrame:
    label = np.arange(1, len(factors) + 1)
    pos_y, pos_x = _centroids(labels, len(factors))
    texture, color, shape, scale, angle = factors.T
    return pd.DataFrame(
        {
            "roi_id": "known factors",
            "frame": 0,
            "label": label,
            "index": label,
            "true_texture": texture,
            "true_color": color,
            "true_shape": shape,
            "true_scale": SCALES[scale],
            "true_orientation": np.rad2deg(angles[angle]).round(6) % 360,
            "pos_y": pos_y,
            "pos_x": pos_x,
        }
    )


def _centroids(labels: NDArray[np.int32], n: int) -> NDArray[np.float64]:
    """Return the mean y and x of the pixels of labels 1 to `n`, (2, n)."""
    where = np.nonzero(labels)
    found = labels[where]
    sums = [np.bincount(found, weights=axis, minlength=n + 1)[1:] for axis in where]
    return np.stack(sums) / np.bincount(found, minlength=n + 1)[1:]
