"""Which measurement of these cells a code follows, and whether that is no chance."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from napari_disentangle.tables import included

if TYPE_CHECKING:
    from numpy.typing import NDArray

MADE = ("pca_", "umap_", "distance", "probability", "novelty")
"""How columns that were made from codes begin."""

_NO_EVIDENCE = ("z_", "pos_", "label", "index", "frame", "orientation", *MADE)
_SAMPLE = 2000
_FEWEST = 8
_CLEAR = 0.5
_CHANCE = 0.05


class Closest(NamedTuple):
    """The measured feature that follows a code best.

    Attributes
    ----------
    measure : str
        Its column.
    correlation : float
        Rank correlation, in [-1, 1].
    n : int
        Number of cells in which both are known.
    least : float
        What a correlation must reach to be believed: see `least_clear`.
    """

    measure: str
    correlation: float
    n: int
    least: float

    @property
    def is_clear(self) -> bool:
        """Whether the correlation tells which way the code points."""
        return abs(self.correlation) >= self.least


def closest_measure(table: pd.DataFrame, column: str) -> Closest | None:
    """Return the measured feature that follows a code best, and how well.

    Cells that are excluded or have no code do not count; of many, an even selection of
    about 2,000 is looked at.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells with their codes (``z_``) and measurements.
    column : str
        The code.

    Returns
    -------
    Closest or None
        None of what is no code, of fewer than 8 cells, and where nothing varies.
    """
    if not column.startswith("z_"):
        return None
    some = table[included(table) & table[column].notna()]
    some = some.iloc[:: max(1, len(some) // _SAMPLE)]
    numeric = some.select_dtypes("number").columns
    measured = [name for name in numeric if not name.startswith(_NO_EVIDENCE)]
    values = some[[column, *measured]].to_numpy(float)
    found = _closest(_Values(values.tobytes(), values.shape))
    if found is None:
        return None
    best, correlation, n, n_varying = found
    return Closest(measured[best], correlation, n, least_clear(n, n_varying))


def least_clear(n_cells: int, n_measures: int) -> float:
    """Return the rank correlation from which on the closest measure is believed.

    At least 0.5, and so much that of `n_measures` measures that have nothing to do with
    a code one comes as close in at most 1 of 20 codes (Bonferroni; t distribution).

    Examples
    --------
    >>> [round(least_clear(n, 14), 2) for n in (8, 12, 20, 30, 100)]
    [0.88, 0.78, 0.62, 0.52, 0.5]
    """
    from scipy.special import stdtrit

    free = n_cells - 2
    t = float(stdtrit(free, 1 - _CHANCE / 2 / n_measures))
    return max(_CLEAR, t / float(np.sqrt(free + t * t)))


class _Values(NamedTuple):
    """Numbers that a cache knows again: float64, row by row."""

    numbers: bytes
    shape: tuple[int, ...]


@lru_cache(maxsize=16)
def _closest(values: _Values) -> tuple[int, float, int, int] | None:
    """Return which column after the first follows it best, how well, in how many rows.

    Last comes the number of columns that vary.
    """
    columns = np.frombuffer(values.numbers).reshape(values.shape)
    ranked = pd.DataFrame(columns).rank().to_numpy()
    tied = _correlations(ranked[:, 0], ranked[:, 1:])
    known = np.isfinite(columns[:, 1:]).sum(0)
    tied[known < _FEWEST] = np.nan
    if not np.isfinite(tied).any():
        return None
    best = int(np.nanargmax(np.abs(tied)))
    return best, float(tied[best]), int(known[best]), int(np.isfinite(tied).sum())


def _correlations(
    one: NDArray[np.float64], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the correlation of one column, (N,), with each of `others`, (N, M).

    Of rows where both are known; NaN where nothing varies in them.
    """
    known = np.isfinite(one)[:, None] & np.isfinite(others)
    n = np.maximum(known.sum(0), 1)
    a, b = (np.where(known, part, 0) for part in (one[:, None], others))
    a, b = (np.where(known, part - part.sum(0) / n, 0) for part in (a, b))
    spread = np.sqrt((a**2).sum(0) * (b**2).sum(0))
    clear = spread > 0
    return np.where(clear, (a * b).sum(0) / np.where(clear, spread, 1), np.nan)
