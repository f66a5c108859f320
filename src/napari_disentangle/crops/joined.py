"""The crops of several images as one set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.errors import DataError
from napari_disentangle.tables import KEY, sort_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.tables import Crops


class JoinedCrops:
    """Crops of several images, sorted by `KEY`, each still cut from its own image.

    Attributes
    ----------
    table : pandas.DataFrame
        The rows of all parts.
    window_px : float
        Side of the window in image pixels if all parts share it, else NaN.
    parts : tuple of Crops
        Those of each image.

    Parameters
    ----------
    parts : sequence of Crops
        At least one; no two with an object of the same `KEY`.

    Raises
    ------
    DataError
        If there are no parts, or an object is in two of them.
    """

    def __init__(self, parts: Sequence[Crops]) -> None:
        if not parts:
            raise DataError("There are no crops to join; cut some first.")
        placed = [
            part.table.assign(_part=number, _row=np.arange(len(part)))
            for number, part in enumerate(parts)
        ]
        table = sort_rows(pd.concat(placed, ignore_index=True))
        twice = table[table.duplicated(list(KEY))]
        if len(twice):
            raise DataError(
                f"Two images are both called {twice['roi_id'].iloc[0]!r}; close one, "
                "or give its file another name and open it again."
            )
        self.parts = tuple(parts)
        self._part = table.pop("_part").to_numpy(np.int64)
        self._row = table.pop("_row").to_numpy(np.int64)
        self.table = table
        sides = {part.window_px for part in parts}
        self.window_px = sides.pop() if len(sides) == 1 else float("nan")

    def __len__(self) -> int:
        return len(self.table)

    def of_parts(self, values: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return what each part has for its rows, in the order of all of them, (N,)."""
        starts = np.cumsum([0, *map(len, self.parts)])
        order = starts[self._part] + self._row
        return np.asarray(np.concatenate(values)[order], np.float64)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        """Return the crops of `rows`, (n, 3, size, size), in [0, 1]."""
        cut = np.empty((len(rows), 3, size, size), np.float32)
        parts = self._part[rows]
        for number in np.unique(parts):
            here = np.flatnonzero(parts == number)
            cut[here] = self.parts[number].cut(self._row[rows[here]], size)
        return cut
