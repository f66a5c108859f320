"""Factors of variation and the mixed-radix arithmetic on their values."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FactorSpace:
    """The factors that may vary and how many values each can take.

    Attributes
    ----------
    names : tuple of str
        One name a factor, in the order of the class vector.
    sizes : tuple of int
        Number of values of each factor, each at least 1.

    Examples
    --------
    >>> FactorSpace(("shape", "scale"), (3, 6)).n_combinations
    18
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.names) != len(self.sizes) or len(set(self.names)) != len(
            self.names
        ):
            raise ConfigError(
                f"A factor space needs one size for each of its distinct names; "
                f"got names {self.names} and sizes {self.sizes}."
            )
        if any(size < 1 for size in self.sizes):
            raise ConfigError(f"Factor sizes must be at least 1; got {self.sizes}.")

    @property
    def n_factors(self) -> int:
        return len(self.names)

    @property
    def n_combinations(self) -> int:
        return prod(self.sizes)

    def column(self, name: str) -> int:
        """Return the column of factor `name`.

        Raises
        ------
        ConfigError
            If there is no such factor.
        """
        try:
            return self.names.index(name)
        except ValueError as error:
            raise ConfigError(
                f"Unknown factor {name!r}; known: {', '.join(self.names)}."
            ) from error

    def to_index(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return flat indices, (...,), of (..., F) positions; last factor fastest."""
        columns = tuple(np.moveaxis(positions, -1, 0))
        return np.asarray(np.ravel_multi_index(columns, self.sizes), np.int64)

    def to_positions(self, index: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return factor positions, (..., F), of flat indices, (...,)."""
        return np.stack(np.unravel_index(index, self.sizes), axis=-1).astype(np.int64)

    def sample(self, rng: np.random.Generator, n: int) -> NDArray[np.int64]:
        """Return `n` positions, (n, F), drawn uniformly and independently."""
        return rng.integers(0, self.sizes, size=(n, self.n_factors), dtype=np.int64)

    def resample_one(
        self,
        rng: np.random.Generator,
        positions: NDArray[np.int64],
        factor: NDArray[np.int64],
        *,
        differ: bool = True,
    ) -> NDArray[np.int64]:
        """Return `positions` with one factor of each row drawn anew.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness.
        positions : array, (N, F)
            Factor positions; not changed.
        factor : array, (N,)
            Column to redraw in each row.
        differ : bool
            Whether the new value must differ from the old one. Otherwise it is uniform
            over all values, the current one included, as in the papers.

        Returns
        -------
        array, (N, F)
            The redrawn positions. A factor with one value keeps it.
        """
        rows = np.arange(len(positions))
        sizes = np.asarray(self.sizes)[factor]
        old = positions[rows, factor]
        if differ:
            step = rng.integers(1, np.maximum(sizes, 2))
            new = (old + step) % sizes
        else:
            new = rng.integers(0, sizes)
        redrawn = positions.copy()
        redrawn[rows, factor] = new
        return redrawn
