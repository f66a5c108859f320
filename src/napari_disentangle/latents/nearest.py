"""Real cells along a walk: pictures that no decoder had to invent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.latents.reference import Reference
    from napari_disentangle.latents.traverse import Traversal


@dataclass(frozen=True, slots=True)
class NearestCells:
    """The real cell nearest to each step of some walks.

    Attributes
    ----------
    rows : array, (F, T), int64
        Rows of the cells in the embedding; one cell may stand for several steps.
    walked_sd : array, (F, T), float32
        Where the cell really lies in the walked factor, in sd of the reference cells.
        Far from the step's own value, the walk has left the data.
    """

    rows: NDArray[np.int64]
    walked_sd: NDArray[np.float32]


def nearest(
    traversal: Traversal,
    codes: NDArray[np.float32],
    reference: Reference,
    *,
    match_weight: float = 1.0,
) -> NearestCells:
    """Return, for each step, the cell that is nearest in the walked factor.

    Cells are compared in sd of the reference: the squared distance in the walked
    dimension plus `match_weight` times the mean squared distance in the others.

    Parameters
    ----------
    traversal : Traversal
        F walks of T steps.
    codes : array, (N, L)
        Codes of the real cells, N at least 1; fewer than steps are fine.
    reference : Reference
        Center and spread of the reference cells' codes.
    match_weight : float
        How much the other dimensions count; 0 takes any cell of the walked value.

    Raises
    ------
    DataError
        If there is no cell.
    """
    if len(codes) == 0:
        raise DataError("There are no cells to show beside the walk; encode some.")
    scaled = (codes - reference.mean) / reference.sd  # (N, L)
    walk_shape = traversal.codes.shape[:2]
    rows = np.empty(walk_shape, np.int64)
    for walk, dim in enumerate(traversal.dims):
        start = (traversal.codes[walk, 0] - reference.mean) / reference.sd
        others = np.delete(scaled - start, dim, axis=1)  # (N, L - 1)
        n_others = max(others.shape[1], 1)
        mismatch = match_weight / n_others * np.square(others).sum(axis=1)  # (N,)
        gap = traversal.positions_sd[walk][:, None] - scaled[None, :, dim]  # (T, N)
        rows[walk] = np.argmin(np.square(gap) + mismatch, axis=1)
    walked = scaled[rows, np.asarray(traversal.dims)[:, None]]
    return NearestCells(rows, walked.astype(np.float32))
