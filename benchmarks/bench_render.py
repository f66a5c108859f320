"""Images drawn per second, beside a plain renderer, in one run.

    python benchmarks/bench_render.py [--seconds 2] [--json FILE]

The reference draws one image after the other: a sprite's outline as a polygon with
Pillow at four times the size, shrunk, then color and texture by numpy.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from napari_disentangle.synthetic.kernels import HEART_LIFT, HEART_SIDE
from napari_disentangle.synthetic.shapes import SCALES
from napari_disentangle.synthetic.sprites import SpriteConfig, TextureSprites
from napari_disentangle.synthetic.textures import COLORS

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH = 64
FINE = 4


def outlines() -> list[np.ndarray]:
    """Return square, ellipse and heart of reach 1 as polygons, (P, 2), y up."""
    corner = np.sqrt(0.5)
    turn = np.linspace(0, 2 * np.pi, 90)
    half = np.linspace(-np.pi / 4, 3 * np.pi / 4, 45)
    radius, lobe = HEART_SIDE / 2, HEART_SIDE / np.sqrt(8)
    right = np.stack([lobe + radius * np.cos(half), lobe + radius * np.sin(half)], 1)
    left = right[::-1] * [-1, 1]
    tip = [[0, -HEART_SIDE * corner]]
    return [
        corner * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]),
        np.stack([np.cos(turn), 0.6 * np.sin(turn)], 1),
        np.concatenate([right, left, tip]) - [0, HEART_LIFT],
    ]


def plain_render(
    sprites: TextureSprites, positions: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Draw the images of a centered space one by one."""
    polygons, size = outlines(), sprites.config.size
    limit = sprites.config.jitter_px / 224 * size
    images = []
    for texture, color, shape, scale, angle in positions:
        reach = sprites.config.reach_px / 224 * size * SCALES[scale]
        turn = sprites.angles[angle]
        rotation = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
        points = polygons[shape] @ np.transpose(rotation) * [1, -1] * reach
        points = (points + size / 2 + rng.uniform(-limit, limit, 2)[::-1]) * FINE
        canvas = Image.new("L", (size * FINE, size * FINE))
        ImageDraw.Draw(canvas).polygon([tuple(p) for p in points], fill=255)
        mask = np.asarray(canvas.resize((size, size), Image.Resampling.BOX)) / 255
        image = mask * COLORS[color][:, None, None] * sprites.textures[texture]
        images.append(image.astype(np.float32))
    return np.stack(images)


def images_per_second(
    render: Callable[[np.ndarray, np.random.Generator], np.ndarray],
    sprites: TextureSprites,
    seconds: float,
) -> float:
    """Return the median over batches of at least `seconds` of drawing."""
    rng = np.random.default_rng(0)
    render(sprites.space.sample(rng, 2), rng)  # compiles
    rates, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        positions = sprites.space.sample(rng, BATCH)
        start = time.perf_counter()
        render(positions, rng)
        rates.append(BATCH / (time.perf_counter() - start))
    return float(np.median(rates))


def compare(size: int, seconds: float) -> dict[str, float]:
    """Return both rates and how far the two renderers' pictures are apart."""
    sprites = TextureSprites(SpriteConfig(size=size))
    positions = sprites.space.sample(np.random.default_rng(1), 100)
    ours = sprites.render(positions, np.random.default_rng(2))
    plain = plain_render(sprites, positions, np.random.default_rng(2))
    free = TextureSprites(SpriteConfig(size=size, placement="free"))
    fast = images_per_second(sprites.render, sprites, seconds)
    slow = images_per_second(
        lambda rows, rng: plain_render(sprites, rows, rng), sprites, seconds
    )
    return {
        "size": size,
        "centered": fast,
        "free": images_per_second(free.render, free, seconds),
        "plain": slow,
        "times_plain": fast / slow,
        "mean_difference": float(abs(ours - plain).mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = [compare(size, options.seconds) for size in (64, 224)]
    print(
        f"images per second, one thread, batches of {BATCH}, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    print("  size   centered       free      plain   x plain   mean difference")
    for row in results:
        print(
            f"{row['size']:6d} {row['centered']:10.0f} {row['free']:10.0f} "
            f"{row['plain']:10.0f} {row['times_plain']:9.1f} "
            f"{row['mean_difference']:17.5f}"
        )
    if options.json:
        options.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
