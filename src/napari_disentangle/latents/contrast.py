"""Counterfactuals and contrasts: edit a cell, cross to another, compare groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.metrics.effect import effect, image_means
from napari_disentangle.metrics.paired import describe, paired_effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from numpy.typing import ArrayLike, NDArray

    from napari_disentangle.latents.reference import Reference
    from napari_disentangle.metrics.effect import Effect

    Codes = NDArray[np.float32]
    Compare: TypeAlias = Callable[[NDArray[np.float64], NDArray[np.float64]], Effect]

MIN_IMAGES = 3
"""Of so many images, means are compared; with fewer nothing is tested."""


@dataclass(frozen=True, slots=True, eq=False)
class FactorContrast:
    """How far two groups lie apart in one dimension.

    Attributes
    ----------
    dimension : int
        Which one.
    name : str
        Its name.
    effect : Effect
        How far group B lies above group A.
    crossing : array, (2, L), float32
        Codes to walk between to cross this difference alone: the mean of A in this
        dimension and that of B, all else at the mean of both.
    """

    dimension: int
    name: str
    effect: Effect
    crossing: Codes


def edit(
    code: Codes,
    reference: Reference,
    dimensions: Sequence[str],
    changes: Mapping[str, float],
) -> Codes:
    """Return the code of the same cell with some factors changed, (L,).

    Parameters
    ----------
    code : array, (L,)
        The cell.
    reference : Reference
        Spread of the reference cells: the unit of a change.
    dimensions : sequence of str, length L
        Names of all dimensions.
    changes : mapping of str to float
        For each factor to change, by how many sd of the reference cells.

    Raises
    ------
    ModelError
        If a factor is not one of `dimensions`.
    """
    edited = np.array(code, np.float32)
    for name, amount in changes.items():
        if name not in dimensions:
            raise ModelError(
                f"The model has no factor {name!r}; it has {', '.join(dimensions)}."
            )
        dim = list(dimensions).index(name)
        edited[dim] += np.float32(amount) * reference.sd[dim]
    return edited


def interpolate(a: Codes, b: Codes, steps: int = 11) -> Codes:
    """Return codes on the straight way from `a` to `b`, both included, (steps, L).

    Parameters
    ----------
    a, b : array, (L,)
        Codes of two cells, or centers of two groups.
    steps : int
        At least 2.

    Raises
    ------
    DataError
        If there are fewer than 2 steps.
    """
    if steps < 2:
        raise DataError(f"A way from one cell to another takes 2 steps; got {steps}.")
    part = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
    return np.asarray((1 - part) * a + part * b, np.float32)


def centroid(codes: Codes, groups: ArrayLike, group: object) -> Codes:
    """Return the mean code of one group, (L,).

    Raises
    ------
    DataError
        If no cell is in it.
    """
    members = np.asarray(groups) == group
    if not np.any(members):
        raise DataError(f"No cell is in group {group!r}.")
    return np.asarray(codes[members].mean(axis=0), np.float32)


def compare_groups(
    a: Codes,
    b: Codes,
    dimensions: Sequence[str],
    rng: np.random.Generator,
    *,
    images: tuple[ArrayLike, ArrayLike] | None = None,
) -> tuple[FactorContrast, ...]:
    """Return which factors separate two groups of cells, the clearest first.

    Cells of one image are alike for reasons of their own, so the means of images are
    compared and never cells: of images that have both groups, each with itself, where
    there are `MIN_IMAGES` of them; else of those with one group only, where there are
    so many of each; else nothing is tested, and the numbers describe these cells.

    Parameters
    ----------
    a, b : array, (n, L) and (m, L)
        Codes of both groups.
    dimensions : sequence of str, length L
        Names of all dimensions.
    rng : numpy.random.Generator
        Draws the bootstrap.
    images : pair of array, (n,) and (m,), optional
        The image of each cell; without, all are of one.

    Raises
    ------
    DataError
        If a group has fewer than three cells.
    """
    one, other, compare = _units(a, b, images, rng)
    middle = np.concatenate([a, b]).mean(axis=0)
    return contrasts(one, other, middle, dimensions, compare)


def contrasts(
    one: NDArray[np.float64],
    other: NDArray[np.float64],
    middle: NDArray[Any],
    dimensions: Sequence[str],
    compare: Compare,
) -> tuple[FactorContrast, ...]:
    """Return the effect in each dimension, the clearest first.

    Parameters
    ----------
    one, other : array, (u, L) and (v, L)
        Means of the units of both groups, or what else is compared.
    middle : array, (L,)
        Where all other dimensions stay on the way across.
    dimensions : sequence of str, length L
        Names of all dimensions.
    compare : callable
        Gives the effect of two samples.
    """
    found = []
    for dim, name in enumerate(dimensions):
        x, y = one[:, dim], other[:, dim]
        apart = compare(x, y)
        crossing = np.tile(middle, (2, 1)).astype(np.float32)
        crossing[:, dim] = x.mean(), y.mean()
        found.append(FactorContrast(dim, name, apart, crossing))
    return tuple(sorted(found, key=lambda c: -abs(c.effect.delta)))


def _units(
    a: Codes,
    b: Codes,
    images: tuple[ArrayLike, ArrayLike] | None,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64], Compare]:
    """Return what is compared of each group, and how: see `compare_groups`."""
    one, other = np.asarray(a, np.float64), np.asarray(b, np.float64)
    of_one, of_other = (np.zeros(len(x)) for x in (one, other))
    if images is not None:
        of_one, of_other = (np.asarray(each) for each in images)
    both = np.intersect1d(of_one, of_other)
    if len(both) >= MIN_IMAGES:
        pairs = np.isin(of_one, both), np.isin(of_other, both)
        one, other = _means(one, of_one, pairs[0]), _means(other, of_other, pairs[1])
        return one, other, paired_effect
    own = ~np.isin(of_one, both), ~np.isin(of_other, both)
    one_group = _means(one, of_one, own[0]), _means(other, of_other, own[1])
    if min(map(len, one_group)) >= MIN_IMAGES:
        return *one_group, partial(effect, rng=rng, unit="image")
    return one, other, describe


def _means(
    codes: NDArray[np.float64], images: NDArray[Any], some: NDArray[np.bool_]
) -> NDArray[np.float64]:
    return image_means(codes[some], images[some])
