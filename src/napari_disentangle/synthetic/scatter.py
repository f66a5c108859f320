"""Places for discs that do not touch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

GAP_PX = 2.0
"""Least space between two discs, and between a disc and the border."""

_CANDIDATES = (1, 8, *[512] * 40)


def scatter_discs(
    rng: np.random.Generator, radius: NDArray[np.float64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Return a random center for each disc.

    The largest disc is placed first; each takes the first free one of many random
    places (random sequential addition, which fills about half of the field).

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    radius : array, (N,)
        Radii in pixels.
    shape : tuple of int
        Height and width of the field in pixels.

    Returns
    -------
    array, (N, 2)
        Centers as y, x in pixels, in the order of `radius`.

    Raises
    ------
    ConfigError
        If a disc finds no room.
    """
    centers = np.empty((len(radius), 2))
    placed: list[int] = []
    for n in np.argsort(-radius, kind="stable"):
        low = radius[n] + GAP_PX
        high = np.array(shape) - 1 - low
        needed = radius[placed] + low
        place = _free_place(rng, low, high, centers[placed], needed)
        if place is None:
            raise ConfigError(
                f"Only {len(placed)} of {len(radius)} objects find room in "
                f"{shape[1]} x {shape[0]} pixels; ask for fewer or smaller objects or "
                f"a larger field."
            )
        centers[n] = place
        placed.append(int(n))
    return centers


def _free_place(
    rng: np.random.Generator,
    low: float,
    high: NDArray[np.float64],
    others: NDArray[np.float64],
    needed: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    """Return a place between `low` and `high` at least `needed` from `others`."""
    if (high < low).any():
        return None
    for n in _CANDIDATES:
        candidates = rng.uniform(low, high, (n, 2))
        distance = np.hypot(*np.moveaxis(candidates[:, None] - others, -1, 0))
        free = np.flatnonzero((distance >= needed).all(axis=1))
        if len(free):
            place: NDArray[np.float64] = candidates[free[0]]
            return place
    return None
