"""The cells that count: all but those that the user excluded.

Whatever reads crops or codes of cells takes them from here, so that an excluded cell
counts nowhere. Tables tell the same by their column: see `tables.included`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.annotations.exclusions import is_excluded
from napari_disentangle.crops.subset import Subset
from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.tables import Crops, Embedding


@dataclass(frozen=True, slots=True, eq=False)
class CountedCells:
    """Cells without the excluded ones.

    Attributes
    ----------
    crops : Crops
        Their crops: those given, or a subset of them.
    rows : array, (N,), int64
        Their rows in the crops given.
    n_excluded : int
        How many were left out.
    """

    crops: Crops
    rows: NDArray[np.int64]
    n_excluded: int

    @property
    def note(self) -> str:
        """How many were left out, as a sentence; empty if none were."""
        return left_out_text(self.n_excluded)

    def describe(self, what: str) -> str:
        """Return how many cells of what these are: ``38 cells of a (2 excluded)``."""
        out = f" ({self.n_excluded} excluded)" if self.n_excluded else ""
        return f"{len(self.rows)} cells {what}{out}"

    def codes(self, embedding: Embedding) -> Embedding:
        """Return the codes of these cells, out of those of the crops given."""
        return embedding.take(self.rows) if self.n_excluded else embedding


def counted_cells(crops: Crops, annotations: Annotations | None) -> CountedCells:
    """Return the cells of `crops` that are not excluded.

    Raises
    ------
    DataError
        If all of them are.
    """
    every = np.arange(len(crops), dtype=np.int64)
    if annotations is None or not any(annotations.excluded.values()):
        return CountedCells(crops, every, 0)
    rows = every[~is_excluded(annotations, crops.table)]
    n_out = len(every) - len(rows)
    if n_out and not len(rows):
        raise DataError(
            f"All {n_out} cells are excluded; include some of them again in Annotate."
        )
    return CountedCells(Subset(crops, rows) if n_out else crops, rows, n_out)


def left_out_text(n_excluded: int) -> str:
    """Return how many excluded cells were left out, empty if none were."""
    if not n_excluded:
        return ""
    return f"{n_excluded} excluded {'cell' if n_excluded == 1 else 'cells'} left out."
