"""Tables of cells as AnnData, for scanpy, squidpy and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from napari_disentangle.errors import StorageError, require
from napari_disentangle.storage.atomic import write_atomic
from napari_disentangle.tables import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from anndata import AnnData

_PREFIX = "z_"
_SPREAD = "_sd"


def to_anndata(
    table: pd.DataFrame,
    images: pd.DataFrame | None = None,
    about: dict[str, str] | None = None,
) -> AnnData:
    """Return a table of cells as AnnData.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a cell: see `cell_table`.
    images : pandas.DataFrame, optional
        One row an image, those without cells included.
    about : dict of str, optional
        What else should stay with the numbers: names and texts.

    Returns
    -------
    AnnData
        `obs` is the table, all of its columns under their names; `X`, (N, L), holds the
        codes alone, NaN for a cell without a crop, and the layer `sd` how sure the
        model is. Variables are called ``code_texture`` and so on, so that no name
        stands for a column and a variable at once; `var["column"]` tells their columns.
        `obsm["spatial"]`, (N, 2), is x and y, in micrometers where these are known of
        all cells, else in pixels; `uns["spatial_unit"]` tells which.

    Raises
    ------
    MissingExtraError
        If anndata is not installed.
    """
    anndata = require("anndata", extra="tables")
    names = [str(name) for name in table]
    codes = [c for c in names if c.startswith(_PREFIX) and not c.endswith(_SPREAD)]
    var = pd.DataFrame(
        {"column": codes}, index=[f"code_{c.removeprefix(_PREFIX)}" for c in codes]
    )
    found: AnnData = anndata.AnnData(
        X=table[codes].to_numpy(np.float32), obs=_observations(table), var=var
    )
    if codes and all(code + _SPREAD in table for code in codes):
        spread = table[[code + _SPREAD for code in codes]]
        found.layers["sd"] = spread.to_numpy(np.float32)
    where, unit = _places(table)
    if where:
        found.obsm["spatial"] = table[where].to_numpy(np.float64)
        found.uns["spatial_unit"] = unit
    if images is not None:
        found.uns["images"] = _plain(images).reset_index(drop=True)
    for name, text in (about or {}).items():
        found.uns[name] = text
    return found


def write_anndata(
    path: Path,
    table: pd.DataFrame,
    images: pd.DataFrame | None = None,
    about: dict[str, str] | None = None,
) -> None:
    """Write a table of cells as AnnData, ``.h5ad``: see `to_anndata`.

    Raises
    ------
    MissingExtraError
        If anndata is not installed.
    StorageError
        If the file cannot be written.
    """
    found = to_anndata(table, images, about)
    with write_atomic(path) as part:
        found.write_h5ad(part, compression="gzip")


def read_anndata(path: Path) -> pd.DataFrame:
    """Return the table that `write_anndata` wrote to `path`.

    Raises
    ------
    MissingExtraError
        If anndata is not installed.
    StorageError
        If the file is missing or damaged.
    """
    anndata = require("anndata", extra="tables")
    if not path.is_file():
        raise StorageError(f"Table {path} does not exist.")
    try:
        found = anndata.read_h5ad(path)
    except (OSError, KeyError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StorageError(f"Table {path} cannot be read: {reason}") from error
    table: pd.DataFrame = found.obs.reset_index(drop=True)
    texts = table.select_dtypes("category").columns
    return table.astype(dict.fromkeys(texts, object))


def _observations(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with a name for each row, unique over images and time."""
    keys = zip(*(table[name] for name in KEY), strict=True)
    names = [f"{roi_id}:{frame}:{label}" for roi_id, frame, label in keys]
    return _plain(table).set_axis(pd.Index(names, dtype="object"), axis="index")


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with columns that HDF5 can hold, missing values included."""
    kept = {
        str(name): _stored(values)
        for name, values in table.items()
        if not pd.api.types.is_numeric_dtype(values)
    }
    return table.assign(**kept)


def _stored(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return truth values as such and anything else as categories of text."""
    known = values.dropna()
    if len(known) and pd.api.types.infer_dtype(known) == "boolean":
        return values.astype("boolean")
    texts = values.where(values.isna(), values.astype(str))
    kinds = pd.CategoricalDtype(sorted(known.astype(str).unique()))
    return texts.astype(kinds)


def _places(table: pd.DataFrame) -> tuple[list[str], str]:
    for suffix, unit in (("_um", "micrometer"), ("", "pixel")):
        names = [f"pos_x{suffix}", f"pos_y{suffix}"]
        if all(name in table and table[name].notna().all() for name in names):
            return names, unit
    return [], ""
