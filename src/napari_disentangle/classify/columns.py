"""Which columns of a cell table a classifier reads, and whether a table has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.errors import DataError
from napari_disentangle.tables import NAMED_FACTORS, code_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

PREDICTED = ("prediction", "probability", "novelty", "in_distribution")
"""Columns that a classifier adds to a table."""

_CODE, _SD = "z_", "_sd"


def choose_columns(table: pd.DataFrame, wanted: str | Sequence[str]) -> tuple[str, ...]:
    """Return the columns that `wanted` stands for.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells.
    wanted : str or sequence of str
        ``"named"`` for the codes of the named factors (some have a second one, as in
        ``z_orientation_2``), ``"all"`` for all codes, or names of columns, as a
        sequence or separated by commas; measurements such as ``area`` among them.

    Raises
    ------
    DataError
        If there is no such column, or one is named twice.
    """
    codes = [c for c in map(str, table) if c.startswith(_CODE) and not c.endswith(_SD)]
    if wanted == "all":
        chosen = codes
    elif wanted == "named":
        factors = code_columns(NAMED_FACTORS)
        pairs = [c for name in factors for c in (name, f"{name}_2")]
        chosen = [c for c in pairs if c in codes]
    else:
        parts = wanted.split(",") if isinstance(wanted, str) else wanted
        chosen = [part.strip() for part in parts if part.strip()]
        _check_present(table, chosen)
    if not chosen:
        raise DataError(
            f"The table has no columns for {wanted!r}; encode the cells first, or name "
            "columns that it has."
        )
    if len(set(chosen)) < len(chosen):
        raise DataError(f"A column is named twice: {', '.join(chosen)}.")
    return tuple(chosen)


def unpredicted(table: pd.DataFrame, rows: NDArray[np.bool_]) -> pd.DataFrame:
    """Return `table` with nothing predicted in some rows."""
    told = [name for name in PREDICTED if name in table]
    if not told or not rows.any():
        return table
    return table.assign(**{name: table[name].mask(rows) for name in told})


def read_values(table: pd.DataFrame, columns: Sequence[str]) -> NDArray[np.float32]:
    """Return columns of a table as codes, (N, J); missing and infinite values as NaN.

    Raises
    ------
    DataError
        If a column is missing or does not hold numbers; it is named.
    """
    _check_present(table, columns)
    for name in columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            raise DataError(
                f"Column {name!r} does not hold numbers; choose another for the "
                "classifier."
            )
    values = table[list(columns)].to_numpy(np.float32, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.float32(np.nan))


def model_of(table: pd.DataFrame, columns: Sequence[str]) -> str:
    """Return the id of the model that made the codes among `columns`.

    Empty if there are none, or the table does not tell.

    Raises
    ------
    DataError
        If codes of several models stand in one table.
    """
    if "model" not in table or not any(c.startswith(_CODE) for c in columns):
        return ""
    known = sorted(table["model"].dropna().astype(str).unique())
    if len(known) > 1:
        raise DataError(
            f"The table mixes codes of the models {' and '.join(known[:2])}, which do "
            "not compare; encode all cells with one model."
        )
    return known[0] if known else ""


def name_classes(annotation: ArrayLike) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return each cell's class as a position, (N,), and the names of the classes.

    Numbers are sorted as numbers, names as text. A missing annotation (NaN, None, empty
    text) gets -1.
    """
    given = pd.Series(np.asarray(annotation, dtype=object))
    names = given[given.notna()].map(_name)
    names = names[names != ""]
    classes = _sorted(set(names))
    position = np.full(len(given), -1, np.int64)
    position[names.index] = pd.Categorical(names, categories=classes).codes
    return position, tuple(classes)


def _name(value: object) -> str:
    """Return a class as text; 2.0, as a column with gaps holds it, is "2"."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _sorted(names: Iterable[str]) -> list[str]:
    try:
        return sorted(names, key=float)
    except ValueError:  # some are words
        return sorted(names)


def _check_present(table: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise DataError(
            f"The table has no column {missing[0]!r}{more}, which the classifier "
            "reads; encode or measure the cells like those it is trained on."
        )
