"""Some of the crops, in an order of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.tables import Crops


class Subset:
    """Crops of some rows, in the order of `rows` (so not sorted by key).

    Parameters
    ----------
    crops : Crops
        All crops.
    rows : array, (n,)
        Which of them.

    Attributes
    ----------
    groups : array, (n,), or None
        What `crops` say a split must not part, if they say it.
    """

    def __init__(self, crops: Crops, rows: NDArray[np.int64]) -> None:
        self._crops = crops
        self._rows = rows
        self.table = crops.table.iloc[rows].reset_index(drop=True)
        self.window_px = crops.window_px
        groups = getattr(crops, "groups", None)
        self.groups = None if groups is None else np.asarray(groups)[rows]

    def __len__(self) -> int:
        return len(self._rows)

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        """Return the crops of `rows` of this subset, (n, 3, size, size), in [0, 1]."""
        return self._crops.cut(self._rows[rows], size)
