"""Tables of cells as CSV and Parquet; columns as in `docs/columns.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from napari_disentangle.errors import DataError, StorageError
from napari_disentangle.export.anndata_table import read_anndata, write_anndata
from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = (".csv", ".parquet", ".h5ad")
"""Suffixes of the tables that can be written and read."""


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write `table` to `path`, as CSV, Parquet or AnnData by its suffix.

    Missing values become empty fields in CSV and nulls in Parquet; numbers keep all
    their digits; the row index is not written. For AnnData see `to_anndata`.

    Raises
    ------
    DataError
        If the suffix is none of `FORMATS`.
    MissingExtraError
        If it is ``.h5ad`` and anndata is not installed.
    StorageError
        If the file cannot be written.
    """
    suffix = check_format(path)
    if suffix == ".h5ad":
        write_anndata(path, table)
        return
    with write_atomic(path) as part:
        if suffix == ".csv":
            table.to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
        else:
            table.to_parquet(part, index=False, engine="pyarrow")


def read_table(path: Path) -> pd.DataFrame:
    """Return a table written by `write_table`.

    Only an empty field is a missing value, so an annotation may be called "NA".

    Raises
    ------
    DataError
        If the suffix is none of `FORMATS`.
    MissingExtraError
        If it is ``.h5ad`` and anndata is not installed.
    StorageError
        If the file is missing, damaged or not a table.
    """
    suffix = check_format(path)
    if suffix == ".h5ad":
        return read_anndata(path)
    try:
        if suffix == ".csv":
            return pd.read_csv(
                path,
                keep_default_na=False,
                na_values=[""],
                float_precision="round_trip",
            )
        return pd.read_parquet(path, engine="pyarrow")
    except FileNotFoundError as error:
        raise StorageError(f"Table {path} does not exist.") from error
    except (OSError, ValueError) as error:  # EmptyDataError, ParserError, ArrowInvalid
        reason = str(error).splitlines()[0]
        raise StorageError(f"Table {path} cannot be read: {reason}") from error


def check_format(path: Path) -> str:
    """Return the suffix of a table's path; ask before hours of work end in a typo.

    Raises
    ------
    DataError
        If it is not one of `FORMATS`.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise DataError(
            f"A table is written as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}; "
            f"{path.name} is none of these."
        )
    return suffix
