"""Which rows are selected, and which of them the lists show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.recipes.gates import combine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.recipes.gates import How


class Chosen:
    """Selection and gate of N rows.

    The gate is what was drawn or filtered last; it narrows gallery and table. A click
    on one cell selects it and leaves the gate, or the lists would shrink to that cell.

    Attributes
    ----------
    selected : array, (N,), bool
        Selected rows.
    gate : array, (N,), bool
        Rows that the lists show.
    """

    def __init__(self, selected: NDArray[np.bool_]) -> None:
        self.selected = selected
        self.gate = np.ones(len(selected), np.bool_)
        self._before = selected
        self._how: How = "replace"

    def __len__(self) -> int:
        return int(self.selected.sum())

    def narrow(self, selected: NDArray[np.bool_]) -> None:
        """Select rows and gate the lists to them; to all rows if there are none."""
        self.selected = selected
        self.gate = selected if selected.any() else np.ones(len(selected), np.bool_)

    def draw(self, inside: NDArray[np.bool_], how: How) -> NDArray[np.bool_]:
        """Return the selection after a gate around the rows `inside` was drawn."""
        self._before, self._how = self.selected, how
        return combine(self._before, inside, how)

    def adjust(self, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the selection after the last gate was moved to the rows `inside`."""
        return combine(self._before, inside, self._how)

    def only(self, row: int, how: How) -> NDArray[np.bool_]:
        """Return the selection after a click on one row."""
        return combine(self.selected, np.arange(len(self.selected)) == row, how)
