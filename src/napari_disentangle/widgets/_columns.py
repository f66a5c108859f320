"""Which columns a cell can be colored by, in words, and which way they point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.tables import ID_COLUMNS, NAMED_FACTORS, code_columns

if TYPE_CHECKING:
    import pandas as pd

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
    unit = f" ({_UNITS[column]})" if column in _UNITS else ""
    words = column.removeprefix("z_").removesuffix("_um2").removesuffix("_um")
    kind = "" if column.startswith("z_") else ", measured"
    return words.replace("_", " ").capitalize() + unit + kind


def direction_of(table: pd.DataFrame, column: str) -> str:
    """Return which way a code points, as far as these cells tell.

    Signs of codes are arbitrary, so the sentence gives its evidence: the measured
    feature with the largest rank correlation, or that there is none above 0.5.
    """
    if not column.startswith("z_"):
        return ""
    measured = [
        name
        for name in table.select_dtypes("number").columns
        if not name.startswith(("z_", *_NO_EVIDENCE))
    ]
    step = max(1, len(table) // _SAMPLE)
    some = table.iloc[::step]
    ranks = some[measured].rank()
    with np.errstate(all="ignore"):
        tied = ranks.loc[:, ranks.nunique() > 1].corrwith(some[column].rank())
    tied = tied.dropna()
    if tied.empty or len(some) < 8:
        return "Which way it points cannot be told from these cells."
    best = str(tied.abs().idxmax())
    if abs(tied[best]) < _CLEAR:
        return (
            f"No measured feature follows it in these cells (closest: "
            f"{_plain(best)}, rank correlation {tied[best]:+.2f})."
        )
    more = "more" if tied[best] > 0 else "less"
    return (
        f"In these cells: higher = {more} {_plain(best)} (rank correlation "
        f"{tied[best]:+.2f} over {len(some)})."
    )


def _plain(column: str) -> str:
    return column.removesuffix("_um2").replace("_", " ")


def _is_spread(table: pd.DataFrame, name: str) -> bool:
    return name.endswith("_sd") and name.removesuffix("_sd") in table
