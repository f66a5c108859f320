"""Which synthetic images a model is scored on, and which of them form pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.metrics.pairs import CodePairs
from napari_disentangle.recipes.source_data import MAX_GRID
from napari_disentangle.synthetic.pairs import draw_stars

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.factors import FactorSpace

_MIN_PAIRS = 2_000  # of a factor, in spaces too large for a grid


@dataclass(frozen=True, slots=True)
class ScoreImages:
    """A plan of images; nothing is drawn yet.

    Attributes
    ----------
    space : FactorSpace
        The factors, K of them.
    positions : array, (N, K)
        Factor positions of the images to draw.
    scored : array, (M,)
        Rows whose codes are compared with their factors, in random order.
    pairs : tuple of arrays, length K, each (P, 2)
        Rows that differ in one factor, exactly.
    """

    space: FactorSpace
    positions: NDArray[np.int64]
    scored: NDArray[np.int64]
    pairs: tuple[NDArray[np.int64], ...]

    def code_pairs(self, codes: NDArray[np.float32]) -> CodePairs:
        """Return the codes, from (N, L), of the pairs."""
        return CodePairs(
            self.space.names,
            tuple(codes[rows[:, 0]] for rows in self.pairs),
            tuple(codes[rows[:, 1]] for rows in self.pairs),
        )


def plan_images(
    space: FactorSpace,
    rng: np.random.Generator,
    *,
    unseen: NDArray[np.int64] | None = None,
    n_images: int = 10_000,
    n_pairs: int = 10_000,
) -> ScoreImages:
    """Return which images to draw of `space`.

    Of a small space every combination is drawn, some repeatedly (the jitter differs),
    and pairs are chosen among them. Of a large one random images are drawn, each with
    one partner a factor.

    Parameters
    ----------
    space : FactorSpace
        The factors.
    rng : numpy.random.Generator
        Source of randomness.
    unseen : array, (U, K), optional
        Combinations that the model was not trained on: only they are scored, and the
        first image of a pair is one of them. Used for small spaces.
    n_images : int
        Fewest images that are scored.
    n_pairs : int
        Pairs of each factor in a small space.
    """
    if space.n_combinations > MAX_GRID:
        return _plan_stars(space, rng, n_images)
    pool = np.arange(space.n_combinations)
    chosen = pool if unseen is None else np.unique(space.to_index(unseen))
    repeats = -(-n_images // len(chosen)) - 1
    index = np.concatenate([pool, np.tile(chosen, max(repeats, 0))])
    scored = rng.permutation(np.flatnonzero(np.isin(index, chosen)))
    finder = _Finder(index, space.n_combinations)
    pairs = []
    for column in range(space.n_factors):
        first = space.to_positions(rng.choice(chosen, n_pairs))
        second = space.resample_one(rng, first, np.full(n_pairs, column))
        sides = [finder.row(space.to_index(side), rng) for side in (first, second)]
        pairs.append(np.stack(sides, axis=1))
    return ScoreImages(space, space.to_positions(index), scored, tuple(pairs))


def _plan_stars(
    space: FactorSpace, rng: np.random.Generator, n_images: int
) -> ScoreImages:
    """Plan random images and, for each, one that differs in each factor."""
    n = max(_MIN_PAIRS, -(-n_images // (space.n_factors + 1)))
    stars = draw_stars(space, rng, n)
    rows = np.arange(n)
    pairs = tuple(
        np.stack([rows, rows + n * (column + 1)], axis=1)
        for column in range(space.n_factors)
    )
    positions = np.concatenate(stars)
    return ScoreImages(space, positions, rng.permutation(len(positions)), pairs)


class _Finder:
    """Finds an image of a combination, any one if there are several."""

    def __init__(self, index: NDArray[np.int64], n_combinations: int) -> None:
        self._order = np.argsort(index, kind="stable")
        self._counts = np.bincount(index, minlength=n_combinations)
        self._starts = np.cumsum(self._counts) - self._counts

    def row(
        self, index: NDArray[np.int64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        offset = rng.integers(0, self._counts[index])
        return np.asarray(self._order[self._starts[index] + offset], np.int64)
