"""The cells most similar to one cell, in the factors that matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field

from napari_disentangle.config import Config
from napari_disentangle.errors import DataError
from napari_disentangle.latents.space import cell_space
from napari_disentangle.tables import KEY, included
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.tasks import Task

DISTANCE = "distance"
"""Column of the distance from the cell that was asked about, in sd."""

UNTURNED = ("z_texture", "z_color", "z_shape", "z_scale")
"""The named factors that stay when a cell is turned."""


class SimilarConfig(Config):
    """In what cells are compared, and how many are wanted."""

    columns: tuple[str, ...] = Field(
        UNTURNED, description="columns of the table that are compared"
    )
    weights: tuple[float, ...] = Field(
        (), description="weight of each column; empty weighs all alike"
    )
    n_cells: int = Field(20, ge=1, le=100_000, description="how many similar cells")


@dataclass(frozen=True, slots=True, eq=False)
class Similar:
    """How far all cells are from one, and which are nearest.

    Attributes
    ----------
    rows : array, (k,), int64
        Rows of the nearest cells in the table, nearest first, without the cell itself.
    distance : array, (N,), float64
        Distance of each row of the table in sd of the cells, 0 for the cell itself and
        NaN for excluded cells and those without a value in one of the columns.
    columns : tuple of str
        What was compared.
    """

    rows: NDArray[np.int64]
    distance: NDArray[np.float64]
    columns: tuple[str, ...]


def iter_similar(
    table: pd.DataFrame,
    roi_id: str,
    frame: int,
    label: int,
    config: SimilarConfig | None = None,
) -> Task[Progress, Similar]:
    """Return the cells most similar to one, looked up by its key.

    Parameters
    ----------
    table : pandas.DataFrame
        N cells, of any number of images and time points.
    roi_id : str
        Image of the cell.
    frame, label : int
        Its time point and label id.
    config : SimilarConfig, optional
        Columns, weights and number.

    Raises
    ------
    DataError
        If the cell is not in the table, has no codes or is excluded, or the columns do
        not serve.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"roi_id": "a", "frame": 0, "label": [1, 5, 10]})
    >>> cells["z_scale"] = [0.0, 2.0, 0.1]
    >>> similar(cells, "a", 0, 1, SimilarConfig(columns=("z_scale",))).rows
    array([2, 1])
    """
    config = config or SimilarConfig()
    yield Progress("Comparing cells", 0, 1)
    space = cell_space(table, config.columns, config.weights)
    wanted = (roi_id, frame, label)
    same = np.logical_and.reduce(
        [
            table[name].to_numpy() == value
            for name, value in zip(KEY, wanted, strict=True)
        ]
    )
    point = np.flatnonzero(same[space.rows])
    if (same & ~included(table)).any():
        raise DataError(
            f"Cell {label} is excluded, so it is compared with none; include it again "
            "or choose another cell."
        )
    if len(point) != 1:
        raise DataError(
            f"Cell {label} has no value in each of {', '.join(space.columns)}; "
            "choose a cell that was encoded, or other factors."
        )
    apart = space.distances_from(int(point[0]))
    distance = np.full(len(table), np.nan)
    distance[space.rows] = apart
    nearest = np.argsort(apart, kind="stable")
    nearest = nearest[nearest != point[0]][: config.n_cells]
    return Similar(space.rows[nearest], distance, space.columns)


def similar(
    table: pd.DataFrame,
    roi_id: str,
    frame: int,
    label: int,
    config: SimilarConfig | None = None,
) -> Similar:
    """Return the cells most similar to one: `iter_similar` at once."""
    return run(iter_similar(table, roi_id, frame, label, config))
