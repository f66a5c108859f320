"""Which real cell is nearest to any code, and how far that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.latents.reference import reference_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.float32]

FAR = 2.0
"""Farther than so many times the usual distance of neighbors is far from any cell."""

_SAMPLE = 200  # cells whose distance to their neighbor is looked at


class Neighbors:
    """Cells to look for the nearest of.

    Distances are root mean squares over dimensions, in sd of the cells.

    Parameters
    ----------
    cells : array, (N, L)
        Their codes.

    Attributes
    ----------
    usual : float
        Median distance of a cell to its neighbor; infinite of a single cell.

    Raises
    ------
    DataError
        If there is no cell.
    """

    def __init__(self, cells: Codes) -> None:
        if len(cells) == 0:
            raise DataError("There are no cells to look for the nearest of.")
        self._sd = reference_of(cells).sd
        self._cells = np.asarray(cells / self._sd, np.float32)
        self.usual = self._usual()

    def nearest(self, codes: Codes) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the row of the nearest cell of each code, (S,), and its distance."""
        apart = np.stack([self._apart(code) for code in codes / self._sd])
        rows = apart.argmin(axis=1)
        return rows, apart[np.arange(len(rows)), rows]

    def matched(self, codes: Codes, walked: Sequence[int]) -> NDArray[np.int64]:
        """Return the row of the cell that stands for each code of a walk, (S,).

        As in `latents.nearest.nearest`: the squared distances in the `walked`
        dimensions count in full, the mean of the others once.
        """
        n_latent = codes.shape[1]
        weights = np.full(n_latent, 1 / max(n_latent - len(walked), 1), np.float32)
        weights[list(walked)] = 1
        gaps = codes[:, None] / self._sd - self._cells
        return np.asarray(
            np.einsum("snl,snl,l->sn", gaps, gaps, weights).argmin(axis=1)
        )

    def is_far(self, distance: float) -> bool:
        """Return whether a code so far from its nearest cell is extrapolated."""
        return distance > FAR * self.usual

    def _apart(self, scaled: Codes) -> NDArray[np.float64]:
        gaps = self._cells - scaled
        squares = np.einsum("nl,nl->n", gaps, gaps) / gaps.shape[1]
        return np.asarray(np.sqrt(squares), np.float64)

    def _usual(self) -> float:
        rows = np.arange(0, len(self._cells), max(1, len(self._cells) // _SAMPLE))
        apart = np.stack([self._apart(self._cells[row]) for row in rows])
        apart[apart == 0] = np.inf
        between = apart.min(axis=1)
        known = between[np.isfinite(between)]
        return float(np.median(known)) if known.size else np.inf
