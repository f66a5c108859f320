"""Intervention pairs: two samples that differ in one factor only.

`sample_pairs` finds them among given samples as the official OMES code does;
`CodePairs` holds the codes of any pairs, so that pairs drawn from a generator are
scored in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.checks import check_codes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

MAX_PAIRS = 100_000
"""Most pairs used for a factor, as in the official code."""

MIN_PAIRS = 3
"""Fewest distinct pairs: any two pairs correlate perfectly, whatever the code."""


@dataclass(frozen=True, slots=True)
class CodePairs:
    """Codes of both members of intervention pairs, factor by factor.

    Attributes
    ----------
    factors : tuple of str, length K
        Factor in which the pairs of an entry differ.
    first, second : tuple of arrays, length K, each (P_k, J)
        Codes of the two members, row by row.
    """

    factors: tuple[str, ...]
    first: tuple[NDArray[np.floating], ...]
    second: tuple[NDArray[np.floating], ...]

    def __post_init__(self) -> None:
        for factor, x, y in zip(self.factors, self.first, self.second, strict=True):
            if x.shape != y.shape or x.shape[1] != self.first[0].shape[1]:
                raise DataError(
                    f"The two sides of the pairs of {factor!r} must have equal shapes "
                    f"and as many dimensions as the other factors; "
                    f"got {x.shape} and {y.shape}."
                )
            _check_count(factor, len(x))

    @property
    def counts(self) -> tuple[int, ...]:
        """Pairs of each factor, repeated ones included."""
        return tuple(len(x) for x in self.first)


def given_pairs(
    first: Mapping[str, ArrayLike],
    second: Mapping[str, ArrayLike],
    factors: Sequence[str],
) -> CodePairs:
    """Return pairs given as one array a factor, in the order of `factors`.

    Raises
    ------
    DataError
        If a factor is missing, or its arrays have different shapes, NaN, or fewer than
        three rows.
    """
    for name in factors:
        if name not in first or name not in second:
            known = ", ".join(sorted(set(first) & set(second))) or "none"
            raise DataError(f"There are no pairs for factor {name!r}; given: {known}.")
    return CodePairs(
        tuple(factors),
        tuple(check_codes(first[name], f"Pairs of {name!r}") for name in factors),
        tuple(check_codes(second[name], f"Pairs of {name!r}") for name in factors),
    )


def pairs_among(
    codes: NDArray[np.floating],
    positions: NDArray[np.int64],
    factors: Sequence[str],
    rng: np.random.Generator,
    max_pairs: int = MAX_PAIRS,
) -> CodePairs:
    """Return official-style pairs among samples with known factors.

    Parameters
    ----------
    codes : array, (N, J)
        Codes of the samples.
    positions : array, (N, K)
        Their factor positions.
    factors : sequence of str, length K
        Names of the factors.
    rng : numpy.random.Generator
        Shuffles the partners.
    max_pairs : int
        Most pairs of a factor; a random subset is taken of more.

    Raises
    ------
    DataError
        If fewer than three distinct pairs differ in one of the factors only.
    """
    rows = [sample_pairs(positions, k, rng, max_pairs) for k in range(len(factors))]
    for name, pairs in zip(factors, rows, strict=True):
        _check_count(name, _count_distinct(pairs))
    return CodePairs(
        tuple(factors),
        tuple(codes[pairs[:, 0]] for pairs in rows),
        tuple(codes[pairs[:, 1]] for pairs in rows),
    )


def sample_pairs(
    positions: NDArray[np.int64],
    factor: int,
    rng: np.random.Generator,
    max_pairs: int = MAX_PAIRS,
) -> NDArray[np.int64]:
    """Return rows, (P, 2), of samples that differ in column `factor` only.

    Of equal samples the first stands for all. Samples that agree in every other factor
    form a group; a group of g is shuffled and paired off g times, once for each member,
    so P is the sum of ``g * (g // 2)`` over groups and pairs repeat. This is the
    sampling of the official OMES code (Dapueto et al., 2024).

    Parameters
    ----------
    positions : array, (N, K)
        Factor positions of the samples.
    factor : int
        Column that differs within a pair.
    rng : numpy.random.Generator
        Shuffles the partners.
    max_pairs : int
        Most pairs returned. Of more, a random subset of the visits is used.
    """
    kept = np.unique(_row_ids(positions), return_index=True)[1]
    group = _row_ids(np.delete(positions[kept], factor, axis=1))
    members = kept[np.argsort(group, kind="stable")]
    sizes = np.bincount(group)
    starts = np.cumsum(sizes) - sizes
    visits = np.repeat(np.arange(len(sizes)), sizes)  # a group once for each member
    visits = visits[rng.permutation(len(visits))]
    enough = np.searchsorted(np.cumsum(sizes[visits] // 2), max_pairs) + 1
    visits = visits[:enough]
    parts = [np.empty((0, 2), np.int64)]
    for size in np.unique(sizes[visits]):
        rows = starts[visits[sizes[visits] == size], None] + np.arange(size)
        shuffled = rng.permuted(members[rows], axis=1)
        parts.append(shuffled[:, : size // 2 * 2].reshape(-1, 2))
    pairs = np.concatenate(parts)
    if len(pairs) > max_pairs:
        pairs = pairs[rng.choice(len(pairs), max_pairs, replace=False)]
    return pairs


def _row_ids(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one id a row, equal for equal rows and in the order of the rows."""
    ids = np.zeros(len(table), np.int64)
    for column in table.T:
        ids = np.unique(ids * (column.max() + 1) + column, return_inverse=True)[1]
    return ids


def _count_distinct(pairs: NDArray[np.int64]) -> int:
    low, high = np.sort(pairs, axis=1).T
    return len(np.unique(low * (pairs.max(initial=0) + 1) + high))


def _check_count(factor: str, n: int) -> None:
    if n < MIN_PAIRS:
        raise DataError(
            f"Factor {factor!r} has {n} intervention pairs (samples that differ in it "
            f"alone) and OMES needs {MIN_PAIRS}; give more samples, or pairs drawn "
            "from the generator, or leave the factor out."
        )
