"""Which rows of a table are shown, from top to bottom: pinned, gated, sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray


class RowOrder:
    """Rows that are shown or pinned, sorted by a column of their table.

    Attributes
    ----------
    shown, pinned : array, (N,), bool
        Rows that are shown, and those that stay on top, shown or not.
    by : tuple of str and bool, or None
        The column they are sorted by and whether it rises; None: as in the table.
    """

    def __init__(self) -> None:
        self.shown = np.zeros(0, np.bool_)
        self.pinned = np.zeros(0, np.bool_)
        self.by: tuple[str, bool] | None = None

    def pin(self, rows: NDArray[np.int64]) -> None:
        """Keep `rows` on top, or let them go if all of them are."""
        self.pinned[rows] = not self.pinned[rows].all()

    def arrange(self, table: pd.DataFrame) -> NDArray[np.int64]:
        """Return the rows of `table`, (n,), from top to bottom."""
        rows = np.arange(len(table))
        if self.by is not None and self.by[0] in table:
            name, ascending = self.by
            rows = sorted_rows(table[name], ascending=ascending)
        pinned = self.pinned[rows]
        return np.concatenate([rows[pinned], rows[~pinned & self.shown[rows]]])


def sorted_rows(values: pd.Series[Any], *, ascending: bool) -> NDArray[np.int64]:
    """Return the rows of a column in order, ties as they were, missing values last."""
    codes = values.to_numpy()
    if codes.dtype.kind not in "iufb":
        codes, _ = pd.factorize(values, sort=True)
        codes = np.where(codes < 0, np.nan, codes)
    numbers = codes.astype(np.float64)
    return np.argsort(numbers if ascending else -numbers, kind="stable")
