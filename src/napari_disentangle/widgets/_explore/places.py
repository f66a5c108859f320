"""What the user selected in a list or a table, without asking row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from qtpy.QtWidgets import QAbstractItemView


def chosen_places(view: QAbstractItemView) -> NDArray[np.int64]:
    """Return the places, from the top, of the selected rows of `view`, (n,)."""
    selection = view.selectionModel()
    if selection is None:
        return np.zeros(0, np.int64)
    ranges: Any = selection.selection()
    parts = [np.arange(part.top(), part.bottom() + 1) for part in ranges]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *parts]))


def let_go(view: QAbstractItemView, still: NDArray[np.bool_]) -> None:
    """Clear the selection of `view` unless `still` holds for each selected row."""
    if not still.all():
        view.clearSelection()
