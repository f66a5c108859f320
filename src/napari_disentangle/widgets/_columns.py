"""Which columns a cell can be colored by, in words, and which way they point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.tables import ID_COLUMNS, NAMED_FACTORS, code_columns

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_UNITS = {
    "area_um2": "µm²",
    "pos_y_um": "µm",
    "pos_x_um": "µm",
    "area": "px",
    "perimeter": "px",
    "orientation": "radians",
}
_SAMPLE = 2000
_CLEAR = 0.5
_NO_EVIDENCE = ("pos_", "label", "index", "frame", "orientation")
_MADE = ("pca_", "umap_", "distance", "probability", "novelty")  # from codes
_TITLES = {"pca": "PCA", "umap": "UMAP"}


def color_columns(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the numeric columns as (text, column): codes first, then measurements."""
    numeric = [
        name
        for name in table.select_dtypes("number").columns
        if name not in ID_COLUMNS and not _is_spread(table, name)
    ]
    named = [name for name in code_columns(NAMED_FACTORS) if name in numeric]
    codes = [n for n in numeric if n.startswith("z_") and n not in named]
    measured = [name for name in numeric if not name.startswith("z_")]
    return [(column_text(name), name) for name in [*named, *codes, *measured]]


def column_text(column: str) -> str:
    """Return a column as a title: ``z_scale`` becomes "Scale"."""
    if column.startswith(_MADE):
        words = column.split("_")
        return " ".join([_TITLES.get(words[0], words[0].capitalize()), *words[1:]])
    unit = f" ({_UNITS[column]})" if column in _UNITS else ""
    name = column.removeprefix("z_").removesuffix("_um2").removesuffix("_um")
    kind = "" if column.startswith("z_") else ", measured"
    return name.replace("_", " ").capitalize() + unit + kind


def closest_measure(table: pd.DataFrame, column: str) -> tuple[str, float, int] | None:
    """Return the measured feature that follows a code best, and how well.

    Returns
    -------
    tuple or None
        Its column, the rank correlation in [-1, 1] and the number of cells looked at;
        None of what is no code, of fewer than 8 cells, and where nothing varies.
    """
    if not column.startswith("z_"):
        return None
    measured = [
        name
        for name in table.select_dtypes("number").columns
        if not name.startswith(("z_", *_NO_EVIDENCE, *_MADE))
    ]
    step = max(1, len(table) // _SAMPLE)
    some = table.iloc[::step]
    ranks = some[[column, *measured]].rank().to_numpy(float)
    tied = [_correlation(ranks[:, 0], other) for other in ranks[:, 1:].T]
    if not np.isfinite(tied).any() or len(some) < 8:
        return None
    best = int(np.nanargmax(np.abs(tied)))
    return measured[best], tied[best], len(some)


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the correlation over rows where both are known, NaN if undefined."""
    known = np.isfinite(a) & np.isfinite(b)
    a, b = a[known], b[known]
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def direction_of(table: pd.DataFrame, column: str) -> str:
    """Return which way a code points, as far as these cells tell.

    Signs of codes are arbitrary, so the sentence gives its evidence: the measured
    feature with the largest rank correlation, or that there is none above 0.5.
    """
    if not column.startswith("z_"):
        return ""
    found = closest_measure(table, column)
    if found is None:
        return "Which way it points cannot be told from these cells."
    best, correlation, n = found
    if abs(correlation) < _CLEAR:
        return (
            f"No measured feature follows it in these cells (closest: "
            f"{_plain(best)}, rank correlation {correlation:+.2f})."
        )
    return (
        f"In these cells: higher = {_more(best, correlation)} (rank correlation "
        f"{correlation:+.2f} over {n})."
    )


def axis_text(table: pd.DataFrame, column: str, said: str = "") -> str:
    """Return a column as the name of an axis, with its unit or direction.

    Parameters
    ----------
    table : pandas.DataFrame
        The cells, for evidence where the model says nothing.
    column : str
        A column of the table.
    said : str
        What a higher value means according to the model.
    """
    if not column.startswith("z_"):
        return column_text(column).removesuffix(", measured")
    found = closest_measure(table, column)
    if found is not None and abs(found[1]) >= _CLEAR:
        return f"{column_text(column)}, higher = {_more(*found[:2])}"
    return column_text(column) + (f", higher = {said}" if said else " (code)")


def _more(measure: str, correlation: float) -> str:
    return f"{'more' if correlation > 0 else 'less'} {_plain(measure)}"


def _plain(column: str) -> str:
    return column.removesuffix("_um2").replace("_", " ")


def _is_spread(table: pd.DataFrame, name: str) -> bool:
    return name.endswith("_sd") and name.removesuffix("_sd") in table
