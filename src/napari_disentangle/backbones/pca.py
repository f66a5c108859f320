"""Principal components of more rows than are held in memory at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy.linalg import eigh

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Matrix: TypeAlias = NDArray[np.float64]

NEGLIGIBLE = 1e-6
"""Variances below this fraction of the largest are rounding noise in float32."""


def principal(
    chunks: Iterable[NDArray[np.float32]], shape: tuple[int, int], n_components: int
) -> tuple[Matrix, Matrix]:
    """Return the largest variances about zero and their directions.

    Parameters
    ----------
    chunks : iterable of array, (n, D)
        The rows, in pieces; standardized, so their mean is taken as zero.
    shape : (N, D)
        Rows and columns of all pieces together.
    n_components : int
        Wanted number; fewer come where the rows span fewer dimensions.

    Returns
    -------
    variances : array, (K,)
        Positive, the largest first.
    directions : array, (D, K)
        Orthonormal columns. The largest entry of each is positive, so that the same
        rows give the same signs.
    """
    n, width = shape
    if n < width:
        rows = np.concatenate(list(chunks)).astype(np.float64)
        variances, left = _top(rows @ rows.T / n, n_components)
        directions = rows.T @ left / np.sqrt(n * variances)
    else:
        gram = np.zeros((width, width))
        for chunk in chunks:
            gram += chunk.T @ chunk
        variances, directions = _top(gram / n, n_components)
    peak = np.abs(directions).argmax(axis=0)
    return variances, directions * np.sign(directions[peak, np.arange(len(peak))])


def _top(gram: Matrix, n_components: int) -> tuple[Matrix, Matrix]:
    """Return the largest eigenvalues, largest first, and their vectors."""
    size = len(gram)
    values, vectors = eigh(
        gram, subset_by_index=(max(0, size - n_components), size - 1)
    )
    kept = values > NEGLIGIBLE * values[-1]
    return values[kept][::-1], vectors[:, kept][:, ::-1]
