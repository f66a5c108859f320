"""Tables with one row an object, keyed by label id, and the arrays that go with them.

Column names are a contract with scripts and other plugins: see `docs/columns.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NAMED_FACTORS = ("texture", "color", "shape", "scale", "orientation")
"""The five named dimensions of a bundled model, in order."""

KEY = ("roi_id", "frame", "label")
"""Columns that identify an object: image, time point, id in the Labels layer."""

ID_COLUMNS = ("roi_id", "frame", "label", "index")
"""`KEY` and napari's own `index`, always equal to `label`."""

EXCLUDED = "excluded"
"""Column that is True for a cell the user excluded: no work or number counts it."""

EXCLUSION_REASON = "exclusion_reason"
"""Column of why."""


class Crops(Protocol):
    """A set of objects whose crops are cut on demand, so memory stays bounded.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a crop, sorted by `KEY`: the `ID_COLUMNS` and `pos_y`, `pos_x`.
    window_px : float
        Side of the square window in image pixels; NaN where each crop has its own.
    """

    table: pd.DataFrame
    window_px: float

    def __len__(self) -> int: ...

    def cut(self, rows: NDArray[np.int64], size: int) -> NDArray[np.float32]:
        """Return the crops of `rows`, (n, 3, size, size), in [0, 1]."""
        ...


@dataclass(frozen=True, slots=True)
class Features:
    """Backbone features of objects.

    Attributes
    ----------
    values : array, (N, D), float32
        Unscaled features.
    table : pandas.DataFrame
        N rows with the `ID_COLUMNS`.
    backbone : str
        Name of the backbone that made them.
    """

    values: NDArray[np.float32]
    table: pd.DataFrame
    backbone: str


@dataclass(frozen=True, slots=True)
class Embedding:
    """Codes of objects: the posterior of each latent dimension.

    Attributes
    ----------
    mean, sd : array, (N, L), float32
        Posterior mean and standard deviation.
    dimensions : tuple of str, length L
        Name of each dimension, without prefix: ``texture`` ..., ``residual_1`` ...
    model_id : str
        Name and short hash of the model that made them.
    table : pandas.DataFrame
        N rows with the `ID_COLUMNS`.
    is_gray : bool
        Whether no crop that was encoded had color, so that Color says nothing.
    """

    mean: NDArray[np.float32]
    sd: NDArray[np.float32]
    dimensions: tuple[str, ...]
    model_id: str
    table: pd.DataFrame
    is_gray: bool = False

    def to_frame(self) -> pd.DataFrame:
        """Return ids, codes (`z_*`), their sd (`z_*_sd`) and `model` as one table."""
        columns = code_columns(self.dimensions)
        codes = pd.DataFrame(self.mean, columns=columns)
        spread = pd.DataFrame(self.sd, columns=[f"{name}_sd" for name in columns])
        ids = self.table[list(ID_COLUMNS)].reset_index(drop=True)
        return pd.concat([ids, codes, spread], axis=1).assign(model=self.model_id)

    def take(self, rows: NDArray[np.int64]) -> Embedding:
        """Return the codes of some rows, in their order."""
        table = self.table.iloc[rows].reset_index(drop=True)
        return replace(self, mean=self.mean[rows], sd=self.sd[rows], table=table)


def code_columns(dimensions: Sequence[str]) -> list[str]:
    """Return the column name of each latent dimension (``z_texture`` for texture)."""
    return [f"z_{name}" for name in dimensions]


def sort_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` sorted by `KEY`, with a fresh row index."""
    return table.sort_values(list(KEY), kind="stable", ignore_index=True)


def join(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of both tables, one row for each object of `left`.

    Objects are matched by `KEY`, never by row position. Columns of `right` that `left`
    already has are taken from `right`; objects that `right` lacks get NaN there.

    Raises
    ------
    DataError
        If a key occurs twice in `right`.
    """
    if right.duplicated(list(KEY)).any():
        raise DataError(
            "A table to be joined holds an object (roi_id, frame, label) twice."
        )
    incoming = right.drop(columns=["index"], errors="ignore")
    kept = left.drop(columns=[c for c in incoming if c in left and c not in KEY])
    return sort_rows(kept.merge(incoming, on=list(KEY), how="left"))


def rows_by_key(table: pd.DataFrame, wanted: pd.DataFrame) -> NDArray[np.int64]:
    """Return the row of `table` that holds each object of `wanted`, -1 where none does.

    Objects are matched by `KEY`; of an object that `table` holds twice, the first row
    is returned.
    """
    key, size = np.zeros(len(table) + len(wanted), np.int64), 1
    for name in KEY:
        both = np.concatenate([table[name].to_numpy(), wanted[name].to_numpy()])
        codes, values = pd.factorize(both)
        key, size = key * len(values) + codes, size * max(len(values), 1)
        if size > len(key):  # keep the numbers small, however many ids there are
            key, found = pd.factorize(key)
            size = len(found)
    known, first = np.unique(key[: len(table)], return_index=True)
    if len(known) == 0:
        return np.full(len(wanted), -1, np.int64)
    asked = key[len(table) :]
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return np.where(known[at] == asked, first[at], -1).astype(np.int64)


def in_image(table: pd.DataFrame, roi_id: str) -> NDArray[np.bool_]:
    """Return which rows are objects of image `roi_id`, (N,).

    A name that ends in ``/`` is of an opened folder: all images of `table` are in it.
    """
    if roi_id.endswith("/"):
        return np.ones(len(table), np.bool_)
    return np.asarray((table["roi_id"] == roi_id).to_numpy(), np.bool_)


def shown_ids(table: pd.DataFrame) -> pd.Series:
    """Return the id of each object in the layer that shows it: `index`, if there is.

    It differs from `label` only where one layer shows the objects of many images.
    """
    return table["index" if "index" in table else "label"]


def model_of(table: pd.DataFrame) -> str:
    """Return the id of the model of the codes in `table`, empty if there are none."""
    return next(map(str, table["model"].dropna()), "") if "model" in table else ""


def included(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which rows of `table` were not excluded, (N,); all if it says nothing."""
    if EXCLUDED not in table:
        return np.ones(len(table), np.bool_)
    return ~table[EXCLUDED].eq(True).to_numpy(dtype=np.bool_, na_value=False)


def at_frame(table: pd.DataFrame, frame: int, roi_id: str) -> pd.DataFrame:
    """Return the rows of one time point of one image or folder, sorted by id.

    In such a table each `index` occurs once, as `layer.features` needs it.
    """
    rows = table[(table["frame"] == frame) & in_image(table, roi_id)]
    return rows.sort_values(str(shown_ids(table).name), ignore_index=True)
