"""A few columns of a table as one space in which cells are near or far.

Distances in a chosen subset of factors are what named factors allow: leave orientation
out, and a turned cell is the same cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.tables import included

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

_FLAT = 1e-9  # of the largest absolute value: an sd below this is no spread


@dataclass(frozen=True, slots=True, eq=False)
class CellSpace:
    """Cells as points, in weighted sd of the cells.

    Attributes
    ----------
    points : array, (n, F), float64
        Of each cell and column: value less mean, over sd, times weight.
    rows : array, (n,), int64
        Rows of the table, those with a value in every column that are not excluded.
    columns : tuple of str, length F
        Columns that differ among the cells and have a weight above 0.
    weights : array, (F,), float64
        Their weights.
    """

    points: NDArray[np.float64]
    rows: NDArray[np.int64]
    columns: tuple[str, ...]
    weights: NDArray[np.float64]

    def distances_from(self, point: int) -> NDArray[np.float64]:
        """Return the distance of each cell from the cell at `point`, (n,).

        The root of the weighted mean of squares, in sd: cells that are one sd apart in
        every column are at distance 1, however many columns there are.
        """
        apart = np.square(self.points - self.points[point]).sum(axis=1)
        return np.asarray(np.sqrt(apart / np.square(self.weights).sum()))


def cell_space(
    table: pd.DataFrame, columns: Sequence[str], weights: Sequence[float] = ()
) -> CellSpace:
    """Return the cells of `table` as points in `columns`.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a cell. Excluded cells and those without a value in one of the columns
        are left out.
    columns : sequence of str
        Numeric columns; constant ones add nothing and are left out.
    weights : sequence of float, at least 0
        How far apart one sd is, for each column; empty means 1 for all.

    Raises
    ------
    DataError
        If a column is missing or holds no numbers, weights do not fit the columns, or
        nothing is left to compare.
    """
    chosen = _weighted(table, columns, weights)
    values = np.stack([_numbers(table, name) for name in chosen], axis=1)
    rows = np.flatnonzero(np.isfinite(values).all(axis=1) & included(table))
    if len(rows) < 2:
        raise DataError(
            f"{len(rows)} of {len(table)} cells have a value in each of "
            f"{', '.join(chosen)}; at least 2 are needed, so choose other factors."
        )
    values = values[rows]
    spread = values.std(axis=0)
    varying = spread > _FLAT * np.abs(values).max(axis=0)
    if not varying.any():
        raise DataError(
            f"All cells are alike in {', '.join(chosen)}; choose other factors."
        )
    weight = np.array(list(chosen.values()))[varying]
    scaled = (values - values.mean(axis=0))[:, varying] / spread[varying]
    names = tuple(n for n, keep in zip(chosen, varying, strict=True) if keep)
    return CellSpace(scaled * weight, rows, names, weight)


def _weighted(
    table: pd.DataFrame, columns: Sequence[str], weights: Sequence[float]
) -> dict[str, float]:
    """Return the weight of each column that counts."""
    missing = [name for name in columns if name not in table]
    if missing:
        raise DataError(f"The table has no column {missing[0]!r}; encode the cells.")
    if weights and len(weights) != len(columns):
        raise DataError(
            f"{len(weights)} weights were given for {len(columns)} columns; give one "
            "for each."
        )
    every = dict(zip(columns, weights or [1.0] * len(columns), strict=True))
    wrong = [w for w in every.values() if not (np.isfinite(w) and w >= 0)]
    if wrong:
        raise DataError(f"Weight {wrong[0]} is wrong; it must be 0 or more.")
    chosen = {name: weight for name, weight in every.items() if weight > 0}
    if not chosen:
        raise DataError("No factor is chosen to compare cells by; choose at least one.")
    return chosen


def _numbers(table: pd.DataFrame, name: str) -> NDArray[np.float64]:
    try:
        return table[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"Column {name!r} holds no numbers; choose factors or measurements."
        ) from error
