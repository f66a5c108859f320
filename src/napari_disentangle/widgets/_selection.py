"""Which cells are meant: one, or those that are gated; by key and never by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.tables import in_image, shown_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Cell:
    """One object of the current source.

    Attributes
    ----------
    label : int
        Its id in the Labels layer.
    frame : int
        Its time point, 0 if there is none.
    """

    label: int
    frame: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Objects of the current table, by key and never by row.

    Attributes
    ----------
    frames, labels : array, (n,), int64
        Time point and id in the Labels layer of each object.
    """

    frames: NDArray[np.int64]
    labels: NDArray[np.int64]

    @classmethod
    def of(cls, cells: pd.DataFrame) -> Selection:
        """Return the selection of the rows of a table."""
        frames, labels = cells["frame"], shown_ids(cells)
        return cls(frames.to_numpy(np.int64), labels.to_numpy(np.int64))

    def __len__(self) -> int:
        return len(self.labels)

    def mask(self, table: pd.DataFrame, roi_id: str) -> NDArray[np.bool_]:
        """Return which rows of `table` are selected objects of image `roi_id`, (N,)."""
        chosen = pd.MultiIndex.from_arrays([self.frames, self.labels])
        given = pd.MultiIndex.from_arrays([table["frame"], shown_ids(table)])
        return np.asarray(given.isin(chosen) & in_image(table, roi_id))
