"""Where the codes of the reference cells lie: the ruler of every walk.

The spread of the codes over cells, not the posterior sd of one cell: that is about ten
times smaller, and a walk over it would hardly move.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FLAT = 1e-6  # an sd of codes below this is no spread


@dataclass(frozen=True, slots=True)
class Reference:
    """Center and spread of the codes of the reference cells.

    Attributes
    ----------
    mean, sd : array, (L,), float32
        Mean and standard deviation over cells; `sd` is positive.
    from_prior : array, (L,), bool
        Dimensions without spread (fewer than two cells, or all alike), where `sd` is 1,
        that of the prior, instead.
    n_cells : int
        Number of cells measured.
    """

    mean: NDArray[np.float32]
    sd: NDArray[np.float32]
    from_prior: NDArray[np.bool_]
    n_cells: int

    def to_sd(self, values: NDArray[np.float32], dimension: int) -> NDArray[np.float32]:
        """Return codes of one `dimension` in sd of the reference, of any shape."""
        scaled = (values - self.mean[dimension]) / self.sd[dimension]
        return np.asarray(scaled, np.float32)


def reference_of(codes: NDArray[np.float32]) -> Reference:
    """Return center and spread of `codes`, (N, L).

    Without a cell, N = 0, it is the prior: mean 0, sd 1.
    """
    n_cells, n_latent = codes.shape
    if n_cells == 0:
        return Reference(
            np.zeros(n_latent, np.float32),
            np.ones(n_latent, np.float32),
            np.ones(n_latent, np.bool_),
            0,
        )
    spread = codes.std(axis=0, dtype=np.float64)
    flat = spread < _FLAT
    return Reference(
        codes.mean(axis=0, dtype=np.float64).astype(np.float32),
        np.where(flat, 1.0, spread).astype(np.float32),
        flat,
        n_cells,
    )
