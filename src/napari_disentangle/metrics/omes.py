"""OMES, Overlap Multiple Encoding Scores (Dapueto et al., 2024).

A factor is moved and everything else kept: which dimensions move, and do they move for
other factors too? Reads association, modularity (overlap) and compactness (multiple
encoding) from one matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.metrics.checks import check_codes, check_factors
from napari_disentangle.metrics.pairs import pairs_among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from napari_disentangle.metrics.pairs import CodePairs

Pooling: TypeAlias = Literal["avg", "max"]

MIN_SD = 0.05
"""A dimension whose codes spread less than this (sd) is inactive and left out."""


@dataclass(frozen=True, slots=True)
class Omes:
    """OMES of a set of codes. All scores lie in [0, 1], 1 is best.

    Attributes
    ----------
    S : array, (J, K)
        Association of active dimension j with factor k: 1 - |correlation of the two
        codes of a pair that differs in k|. 1: the dimension follows the factor, 0: it
        ignores it. Rounded to 4 decimals, as in the official code.
    active, inactive : tuple of int
        Dimensions scored, in the order of the rows of `S`, and dimensions left out.
    factors : tuple of str, length K
        Names of the factors.
    sizes : tuple of int, length K
        Number of values of each factor.
    pair_counts : tuple of int, length K
        Pairs used for each factor, repeated ones included.
    """

    S: NDArray[np.float64]
    active: tuple[int, ...]
    inactive: tuple[int, ...]
    factors: tuple[str, ...]
    sizes: tuple[int, ...]
    pair_counts: tuple[int, ...]

    @property
    def avg(self) -> float:
        """Score with average pooling and alpha .5, the papers' number."""
        return self.score()

    @property
    def max(self) -> float:
        """Score with maximum pooling and alpha .5."""
        return self.score(pooling="max")

    def score(self, alpha: float = 0.5, pooling: Pooling = "avg") -> float:
        """Return the mean over factors of `per_factor`."""
        return float(self.per_factor(alpha, pooling).mean())

    def per_factor(
        self, alpha: float = 0.5, pooling: Pooling = "avg"
    ) -> NDArray[np.float64]:
        """Return the score of each factor, (K,), in [0, 1].

        Parameters
        ----------
        alpha : float, in [0, 1]
            Weight of overlap (1: modularity only) against multiple encoding (0:
            compactness only).
        pooling : "avg" or "max"
            Mean over dimensions weighted by `S`, or the best dimension.
        """
        return omes_of_matrix(self.S, alpha, pooling)

    @property
    def association(self) -> tuple[int | None, ...]:
        """The dimension that encodes each factor most cleanly; None if none does.

        Largest overlap score, not largest `S`: it can prefer a clean weak dimension
        over a strong shared one. Numbered as in the codes, inactive ones included.
        """
        if not self.active:
            return (None,) * len(self.factors)
        clean = _overlap(self.S)
        return tuple(
            self.active[j] if clean[j, k] > 1e-9 else None
            for k, j in enumerate(clean.argmax(axis=0))
        )

    @property
    def ordinal_reference(self) -> float:
        """What an ideal ordinal scalar code scores; see `ordinal_reference`."""
        return ordinal_reference(self.sizes, len(self.active))

    def restrict(self, dimensions: Sequence[int]) -> Omes:
        """Return the scores of some of the dimensions only, inactive ones left out."""
        rows = [j for j, d in enumerate(self.active) if d in set(dimensions)]
        return Omes(
            self.S[rows],
            tuple(self.active[j] for j in rows),
            tuple(d for d in self.inactive if d in set(dimensions)),
            self.factors,
            self.sizes,
            self.pair_counts,
        )


def omes(
    codes: ArrayLike,
    factors: ArrayLike,
    rng: np.random.Generator,
    *,
    names: Sequence[str] | None = None,
    pairs: CodePairs | None = None,
) -> Omes:
    """Return the OMES of deterministic codes of samples with known factors.

    Parameters
    ----------
    codes : array, (N, J)
        Codes, posterior means; a noisy active dimension counts as encoding everything.
    factors : array, (N, K)
        Value of each factor of each sample.
    rng : numpy.random.Generator
        Draws the pairs where none are given.
    names : sequence of str, length K, optional
        Names of the factors.
    pairs : CodePairs, optional
        Intervention pairs drawn from the generator, in the factors' order. Otherwise
        they are looked for among the samples, as the official code does.

    Raises
    ------
    DataError
        If the arrays do not fit, hold NaN, or a factor has one value or too few pairs.
    """
    values = check_codes(codes)
    space, positions = check_factors(factors, len(values), names)
    if pairs is None:
        pairs = pairs_among(values, positions, space.names, rng)
    spread = values.std(axis=0, ddof=1, dtype=np.float64)
    return omes_of_pairs(pairs, spread, space.sizes)


def omes_of_pairs(
    pairs: CodePairs, spread: NDArray[np.float64], sizes: Sequence[int]
) -> Omes:
    """Return the OMES of intervention pairs.

    Parameters
    ----------
    pairs : CodePairs
        Codes of the pairs, K factors.
    spread : array, (J,)
        Standard deviation of each dimension over samples; below `MIN_SD` it is left
        out.
    sizes : sequence of int, length K
        Number of values of each factor.

    Raises
    ------
    DataError
        If the pairs have another number of dimensions than `spread`.
    """
    if pairs.first[0].shape[1] != len(spread):
        raise DataError(
            f"The pairs have {pairs.first[0].shape[1]} dimensions, "
            f"the codes {len(spread)}."
        )
    dimensions = np.arange(len(spread))
    active = spread >= MIN_SD
    columns = [
        association(x[:, active], y[:, active])
        for x, y in zip(pairs.first, pairs.second, strict=True)
    ]
    return Omes(
        np.stack(columns, axis=1),
        tuple(dimensions[active].tolist()),
        tuple(dimensions[~active].tolist()),
        pairs.factors,
        tuple(sizes),
        pairs.counts,
    )


def association(
    first: NDArray[np.floating], second: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return 1 - |Pearson correlation| of the two sides, (J,), rounded to 4 decimals.

    A dimension equal on both sides of every pair is not affected: 0. Where one side
    does not vary there is no correlation: 1.

    Parameters
    ----------
    first, second : arrays, (P, J)
        Codes of the two members of each pair.
    """
    x = first.astype(np.float64)
    y = second.astype(np.float64)
    unaffected = (x == y).all(axis=0)
    x -= x.mean(axis=0)
    y -= y.mean(axis=0)
    joint = np.einsum("pj,pj->j", x, y)
    scale = np.sqrt(np.einsum("pj,pj->j", x, x) * np.einsum("pj,pj->j", y, y))
    strength = np.zeros_like(joint)
    np.divide(np.abs(joint), scale, out=strength, where=scale > 0)
    strength[unaffected] = 1.0
    return np.asarray(np.round(1.0 - np.minimum(strength, 1.0), 4))


def omes_of_matrix(
    S: NDArray[np.float64], alpha: float = 0.5, pooling: Pooling = "avg"
) -> NDArray[np.float64]:
    """Return the OMES of each factor, (K,), of an association matrix.

    Parameters
    ----------
    S : array, (J, K), in [0, 1]
        Association of dimension and factor. A factor that no dimension encodes (a zero
        column, or no dimension at all) scores 0.
    alpha : float, in [0, 1]
        Weight of overlap against multiple encoding.
    pooling : "avg" or "max"
        Mean over dimensions weighted by `S`, or the best dimension.

    Raises
    ------
    DataError
        If `alpha` is outside [0, 1] or `pooling` unknown.
    """
    if not 0.0 <= alpha <= 1.0 or pooling not in ("avg", "max"):
        raise DataError(
            "OMES takes an alpha in [0, 1] and a pooling of 'avg' or 'max'; "
            f"got {alpha!r} and {pooling!r}."
        )
    if len(S) == 0:
        return np.zeros(S.shape[1])
    overlap = _pool(_overlap(S), S, pooling)
    multiple = _pool(_overlap(S.T).T, S, pooling)
    return np.asarray(alpha * overlap + (1.0 - alpha) * multiple)


def ordinal_reference(sizes: Sequence[int], n_dimensions: int) -> float:
    """Return the OMES (alpha .5) of an ideal ordinal code.

    Two different, uniformly drawn values of a factor of n values correlate by -1/(n-1),
    so a dimension equal to the value reaches S = 1 - 1/(n-1) only, were all others
    silent. This is no strict
    bound: a code that is not ordinal can exceed it. With fewer dimensions than factors
    it is computed for one dimension a factor.

    Parameters
    ----------
    sizes : sequence of int, length K
        Number of values of each factor, each at least 2.
    n_dimensions : int
        Number of active dimensions.
    """
    S = np.zeros((max(n_dimensions, len(sizes)), len(sizes)))
    np.fill_diagonal(S, 1.0 - 1.0 / (np.asarray(sizes) - 1.0))
    return float(omes_of_matrix(S).mean())


def _overlap(S: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 - mean absolute difference of each row to the unit vectors, (J, K)."""
    distance = (1.0 - S) + (S.sum(axis=1, keepdims=True) - S)
    return np.asarray(1.0 - distance / S.shape[1])


def _pool(
    scores: NDArray[np.float64], S: NDArray[np.float64], pooling: Pooling
) -> NDArray[np.float64]:
    weighted = scores * S
    if pooling == "max":
        return np.asarray(weighted.max(axis=0))
    total = S.sum(axis=0)
    pooled = np.zeros_like(total)
    np.divide((S * weighted).sum(axis=0), total, out=pooled, where=total > 0)
    return np.asarray(pooled)
