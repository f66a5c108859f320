"""The lists of crops one can go through, and which crops are in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.annotations.exclusions import is_excluded
from napari_disentangle.tables import rows_by_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.annotations.values import Annotations

ALL, SUGGESTED = "all", "suggested"
_OPEN, _EXCLUDED, _CLASS = "open", "excluded", "class:"


def lists_of(
    annotations: Annotations, *, suggested: NDArray[np.int64]
) -> list[tuple[str, str]]:
    """Return text and name of each list there is."""
    found = [("all cells", ALL), ("cells without a class", _OPEN)]
    if len(suggested):
        found.append(("suggested cells", SUGGESTED))
    names = (known.name for known in annotations.classes)
    found += [(f"class {name}", _CLASS + name) for name in names]
    if any(annotations.excluded.values()):
        found.append(("excluded cells", _EXCLUDED))
    return found


def rows_in(
    name: str,
    cells: pd.DataFrame,
    annotations: Annotations,
    suggested: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the rows of `cells` that are in a list, (n,).

    Parameters
    ----------
    name : str
        Of the list: see `lists_of`.
    cells : pandas.DataFrame
        All cells with a crop, rows with their key.
    annotations : Annotations
        Their classes, and which are excluded; these are not without a class.
    suggested : array, (m,), int64
        Rows of the suggested ones, the best first.
    """
    if name == SUGGESTED:
        return suggested
    if name == ALL:
        return np.arange(len(cells))
    excluded = is_excluded(annotations, cells)
    if name == _EXCLUDED:
        return np.flatnonzero(excluded)
    classes = annotations.names_of(cells)
    if name == _OPEN:
        return np.flatnonzero(pd.isna(classes) & ~excluded)
    return np.flatnonzero(classes == name.removeprefix(_CLASS))


def rows_of(cells: pd.DataFrame, some: pd.DataFrame) -> NDArray[np.int64]:
    """Return the row in `cells` of each of `some` that is there, in their order."""
    found = rows_by_key(cells, some)
    return found[found >= 0]
