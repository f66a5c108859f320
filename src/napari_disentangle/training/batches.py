"""Batches of pairs: the one place where arrays become tensors on a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from napari_disentangle.errors import DataError
from napari_disentangle.synthetic.pairs import draw_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from napari_disentangle.synthetic.sprites import TextureSprites


@dataclass(frozen=True, slots=True)
class PairBatch:
    """Pairs that differ in one factor.

    Attributes
    ----------
    x : Tensor, (2 B, ...), float32
        All first inputs, then all second inputs.
    factor : Tensor, (B,), int64
        The factor that differs within each pair.
    """

    x: Tensor
    factor: Tensor

    def to(self, device: torch.device) -> PairBatch:
        """Return the batch on `device`."""
        return PairBatch(
            self.x.to(device, non_blocking=True),
            self.factor.to(device, non_blocking=True),
        )


class PairSource(Protocol):
    """Anything pairs can be drawn from."""

    n_factors: int

    def draw(self, rng: np.random.Generator, n: int) -> PairBatch:
        """Return `n` pairs."""
        ...


class GridPairs:
    """Pairs of inputs held in memory, such as cached features of a factor grid.

    The grid may have holes (held-out combinations) and several inputs a combination.
    Drawing is a handful of indexing operations for a whole batch.

    Parameters
    ----------
    values : array, (N, ...), float32
        Inputs.
    positions : array, (N, F)
        Factor positions of each input.
    differ : bool
        Whether the values of the changed factor must differ. Otherwise the second
        value is drawn from all that exist, the first included, as in the papers.

    Raises
    ------
    DataError
        If lengths differ, or a factor has no two inputs that differ in it alone.
    """

    def __init__(
        self,
        values: NDArray[np.float32],
        positions: NDArray[np.int64],
        *,
        differ: bool = True,
    ) -> None:
        if len(values) != len(positions):
            raise DataError(
                f"Pairs need factor positions for each input; got {len(values)} inputs "
                f"and {len(positions)} rows of positions."
            )
        self.n_factors = positions.shape[1]
        self._values = torch.from_numpy(np.ascontiguousarray(values, np.float32))
        self._index = _PairIndex.find(positions, differ=differ)

    def draw(self, rng: np.random.Generator, n: int) -> PairBatch:
        """Return `n` pairs whose factor is drawn uniformly."""
        factor, rows = self._index.draw(rng, n)
        return PairBatch(
            self._values[torch.from_numpy(rows.ravel())], torch.from_numpy(factor)
        )


class RenderedPairs:
    """Pairs of pictures rendered on demand; nothing is kept.

    Both pictures of a pair have the same jitter. Else it would be a second thing that
    differs, and the one dimension that is not shared would be made to hold it.

    Parameters
    ----------
    sprites : TextureSprites
        The generator of pictures.
    positions : array, (N, F), optional
        Factor combinations that may be shown; all of the space if not given.

    Raises
    ------
    DataError
        If no two of `positions` differ in some factor alone.
    """

    def __init__(
        self, sprites: TextureSprites, positions: NDArray[np.int64] | None = None
    ) -> None:
        self.n_factors = sprites.space.n_factors
        self._sprites = sprites
        self._positions = positions
        self._index = None if positions is None else _PairIndex.find(positions)

    def draw(self, rng: np.random.Generator, n: int) -> PairBatch:
        """Return `n` pairs whose factor is drawn uniformly."""
        if self._index is None or self._positions is None:
            pairs = draw_pairs(self._sprites.space, rng, n)
            factor, both = pairs.factor, np.concatenate([pairs.first, pairs.second])
        else:
            factor, rows = self._index.draw(rng, n)
            both = self._positions[rows.ravel()]
        jitter = self._sprites.draw_jitter(rng, n)
        pictures = self._sprites.paint(both, np.concatenate([jitter, jitter]))
        return PairBatch(torch.from_numpy(pictures), torch.from_numpy(factor))


@dataclass(frozen=True, slots=True)
class _PairIndex:
    """Finds rows of a table of factor positions that differ in one factor."""

    partners: tuple[_Partners, ...]

    @classmethod
    def find(cls, positions: NDArray[np.int64], *, differ: bool = True) -> _PairIndex:
        factors = range(positions.shape[1])
        return cls(tuple(_Partners.find(positions, f, differ=differ) for f in factors))

    def draw(
        self, rng: np.random.Generator, n: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the factor, (n,), and the rows, (2, n), of `n` pairs."""
        factor = rng.integers(0, len(self.partners), n)
        rows = np.empty((2, n), np.int64)
        for index, partners in enumerate(self.partners):
            of_factor = factor == index
            rows[:, of_factor] = partners.draw(rng, int(of_factor.sum()))
        return factor, rows


@dataclass(frozen=True, slots=True)
class _Partners:
    """Inputs sorted so that those that agree in all but one factor are neighbors.

    Attributes
    ----------
    order : array, (N,)
        Inputs, sorted by the other factors, then by the factor's value.
    places : array, (M,)
        Places in `order` whose input has a partner.
    start, length : array, (N,)
        First place and number of places that agree in all other factors.
    own_start, own_length : array, (N,)
        Those among them that have the same value and are no partners.
    """

    order: NDArray[np.int64]
    places: NDArray[np.int64]
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    own_start: NDArray[np.int64]
    own_length: NDArray[np.int64]

    @classmethod
    def find(
        cls, positions: NDArray[np.int64], factor: int, *, differ: bool
    ) -> _Partners:
        """Sort the inputs for one factor."""
        others = np.delete(positions, factor, axis=1)
        value = positions[:, factor]
        order = np.lexsort((value, *others.T))
        new_group = _changes(others[order])
        start, length = _runs(new_group)
        own_start, own_length = _runs(new_group | _changes(value[order][:, None]))
        places = np.flatnonzero(length > own_length)
        if len(places) == 0:
            raise DataError(
                f"No two inputs differ in factor {factor} alone, so there are no "
                f"pairs for it; add images or leave the factor out."
            )
        if not differ:
            own_length = np.zeros_like(own_length)
        return cls(order, places, start, length, own_start, own_length)

    def draw(self, rng: np.random.Generator, n: int) -> NDArray[np.int64]:
        """Return `n` pairs of inputs, (2, n)."""
        first = self.places[rng.integers(0, len(self.places), n)]
        step = rng.integers(0, self.length[first] - self.own_length[first])
        second = self.start[first] + step
        skip = second >= self.own_start[first]  # jump over the inputs of the same value
        second = second + np.where(skip, self.own_length[first], 0)
        return np.stack([self.order[first], self.order[second]])


def _changes(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which rows differ from the row before; the first one does."""
    changed = np.ones(len(rows), bool)
    changed[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return changed


def _runs(new: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the start and the length of the run that each place belongs to."""
    starts = np.flatnonzero(new)
    lengths = np.diff(starts, append=len(new))
    return np.repeat(starts, lengths), np.repeat(lengths, lengths)
