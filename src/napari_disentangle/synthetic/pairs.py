"""Pairs of factor positions that differ in one factor: the weak supervision.

The first image is uniform over all combinations; one factor, uniform over the factors,
is drawn anew for the second (k = 1 in Locatello et al., ICML 2020).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.factors import FactorSpace


@dataclass(frozen=True, slots=True)
class Pairs:
    """Factor positions of two images each, and which factor was drawn anew.

    Attributes
    ----------
    first, second : array, (n, F)
        Factor positions, equal in every column but `factor`.
    factor : array, (n,)
        Column that was drawn anew.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    factor: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.factor)


def draw_pairs(
    space: FactorSpace, rng: np.random.Generator, n: int, *, differ: bool = True
) -> Pairs:
    """Return `n` random pairs.

    Parameters
    ----------
    space : FactorSpace
        The factors.
    rng : numpy.random.Generator
        Source of randomness.
    n : int
        Number of pairs.
    differ : bool
        Whether the redrawn value must differ; only factors with two values or more
        are then drawn. Otherwise, as in the papers, it is uniform over all values, so
        both positions are equal with probability 1 / size.

    Raises
    ------
    ConfigError
        If values must differ but no factor has two.
    """
    columns = np.flatnonzero(np.asarray(space.sizes) > (1 if differ else 0))
    if not len(columns):
        raise ConfigError(
            f"No pair can differ: none of the factors {', '.join(space.names)} has "
            f"two values."
        )
    first = space.sample(rng, n)
    factor = rng.choice(columns, size=n)
    return Pairs(first, space.resample_one(rng, first, factor, differ=differ), factor)


def intervention_pairs(
    space: FactorSpace, rng: np.random.Generator, n: int, factor: str
) -> Pairs:
    """Return `n` pairs that differ in `factor` and in nothing else, for OMES.

    Raises
    ------
    ConfigError
        If there is no such factor or it has only one value.
    """
    column = space.column(factor)
    if space.sizes[column] < 2:
        raise ConfigError(f"Factor {factor!r} has one value, so no pair can differ.")
    first = space.sample(rng, n)
    changed = np.full(n, column, np.int64)
    return Pairs(first, space.resample_one(rng, first, changed), changed)


def draw_stars(
    space: FactorSpace, rng: np.random.Generator, n: int
) -> tuple[NDArray[np.int64], ...]:
    """Return `n` random combinations, then for each factor `n` that differ in it alone.

    A star gives one pair a factor for one image more than factors.

    Returns
    -------
    tuple of arrays, length 1 + F, each (n, F)
        Row i of each belongs to star i.
    """
    centers = space.sample(rng, n)
    rays = (
        space.resample_one(rng, centers, np.full(n, column))
        for column in range(space.n_factors)
    )
    return (centers, *rays)
