"""Crops a second, against scikit-image's and pillow's resize, on one core.

Run:  OMP_NUM_THREADS=1 python benchmarks/bench_crops.py [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.transform import resize

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.crops.cut import plan_crops

SIZE = 224
CELLS = 400


def scene(window: int) -> tuple[np.ndarray, np.ndarray]:
    """Return an RGB image, (1, 1, 3, Y, X), and labels with a grid of disks."""
    side = int(window / 1.5)
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    disk = y**2 + x**2 <= (side / 2) ** 2
    n = int(np.sqrt(CELLS))
    labels = np.zeros((1, 1, n * side, n * side), np.int32)
    for i in range(n * n):
        a, b = side * (i // n), side * (i % n)
        labels[0, 0, a : a + side, b : b + side] = disk * (i + 1)
    rng = np.random.default_rng(0)
    shape = (n * side, n * side, 3)
    image = rng.integers(0, 255, shape, np.uint8)
    return np.moveaxis(image, -1, 0)[None, None], labels


def per_second(call, n: int) -> float:
    call()
    start = time.perf_counter()
    call()
    return n / (time.perf_counter() - start)


def by_skimage(windows: np.ndarray) -> None:
    for window in windows:
        resize(window, (SIZE, SIZE), order=1, anti_aliasing=len(window) > SIZE)


def by_pillow(windows: np.ndarray) -> None:
    for window in windows:
        for channel in range(3):
            plane = Image.fromarray(window[..., channel])
            np.asarray(plane.resize((SIZE, SIZE), Image.Resampling.BILINEAR))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    results = {}
    for window in (60, 100, 300, 600):
        crops = plan_crops(*scene(window), CropConfig(window_px=window))
        rows = np.arange(0, len(crops), 4)
        windows = np.random.default_rng(0).random(
            (len(rows), window, window, 3), np.float32
        )
        results[window] = {
            "cut (read, mask, resize)": per_second(
                lambda c=crops, r=rows: c.cut(r, SIZE), len(rows)
            ),
            "skimage resize alone": per_second(
                lambda w=windows[:20]: by_skimage(w), 20
            ),
            "pillow resize alone": per_second(
                lambda w=windows: by_pillow(w), len(rows)
            ),
        }
        line = ", ".join(f"{k} {v:.0f}" for k, v in results[window].items())
        print(f"window {window} px -> {SIZE} px RGB, crops/s: {line}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
