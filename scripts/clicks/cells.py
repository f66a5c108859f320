"""A small field of cells, as labels and as an image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDES = 120, 160
IDS = (3, 4, 7, 9, 12, 30, 31, 40, 55, 60, 61, 70)


def cells_of(seed: int = 0) -> NDArray[np.int32]:
    """Return labels of twelve ellipses on a grid, their sizes by chance."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: SIDES[0], : SIDES[1]]
    labels = np.zeros(SIDES, np.int32)
    for rank, label in enumerate(IDS):
        row, column = divmod(rank, 4)
        away = (y - 18 - 40 * row) ** 2 + (x - 20 - 38 * column) ** 2 / (
            1 + 0.1 * (rank % 3)
        )
        labels[away <= (5 + rng.integers(0, 9)) ** 2] = label
    return labels


def bright(labels: NDArray[Any], seed: int = 0) -> NDArray[np.float64]:
    """Return an image of labels, 0 to 255, each cell with a gray of its own."""
    gray = np.where(labels > 0, 60 + (labels * 37) % 150, 10)
    noise = np.random.default_rng(seed).normal(0, 4, labels.shape)
    return (gray + noise).clip(0, 255)
