"""How a column is to be read: its unit, which way it points, and the evidence."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from napari_disentangle.latents.measures import MEASURES
from napari_disentangle.tables import included
from napari_disentangle.widgets._columns import (
    MADE,
    NO_COLOR,
    PLAIN,
    UNITS,
    Reading,
    column_text,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHORT = {
    "axis_major_length": "length",
    "axis_minor_length": "width",
    "equivalent_diameter_area": "diameter",
    "texture_roughness": "roughness",
}
_SAMPLE = 2000
_FEWEST = 8
_CLEAR = 0.5
_NO_EVIDENCE = ("pos_", "label", "index", "frame", "orientation")


def closest_measure(table: pd.DataFrame, column: str) -> tuple[str, float, int] | None:
    """Return the measured feature that follows a code best, and how well.

    Excluded cells do not count.

    Returns
    -------
    tuple or None
        Its column, the rank correlation in [-1, 1] and the number of cells looked at;
        None of what is no code, of fewer than 8 cells, and where nothing varies.
    """
    if not column.startswith("z_"):
        return None
    some = table.iloc[:: max(1, len(table) // _SAMPLE)]
    some = some[included(some)]
    measured = [
        name
        for name in some.select_dtypes("number").columns
        if not name.startswith(("z_", *_NO_EVIDENCE, *MADE))
    ]
    values = some[[column, *measured]].to_numpy(float)
    found = _closest(_Values(values.tobytes(), values.shape))
    return None if found is None else (measured[found[0]], found[1], len(some))


class _Values(NamedTuple):
    """Numbers that a cache knows again: float64, row by row."""

    numbers: bytes
    shape: tuple[int, ...]


@lru_cache(maxsize=16)
def _closest(values: _Values) -> tuple[int, float] | None:
    """Return which of the columns after the first follows it best, and how well."""
    columns = np.frombuffer(values.numbers).reshape(values.shape)
    ranked = pd.DataFrame(columns).rank().to_numpy()
    tied = _correlations(ranked[:, 0], ranked[:, 1:])
    if len(columns) < _FEWEST or not np.isfinite(tied).any():
        return None
    best = int(np.nanargmax(np.abs(tied)))
    return best, float(tied[best])


def _correlations(
    one: NDArray[np.float64], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the correlation of one column, (N,), with each of `others`, (N, M).

    Of rows where both are known; NaN where nothing varies in them.
    """
    known = np.isfinite(one)[:, None] & np.isfinite(others)
    n = np.maximum(known.sum(0), 1)
    a, b = (np.where(known, part, 0) for part in (one[:, None], others))
    a, b = (np.where(known, part - part.sum(0) / n, 0) for part in (a, b))
    spread = np.sqrt((a**2).sum(0) * (b**2).sum(0))
    clear = spread > 0
    return np.where(clear, (a * b).sum(0) / np.where(clear, spread, 1), np.nan)


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


def meaning(table: pd.DataFrame, column: str, reading: Reading = PLAIN) -> str:
    """Return how a column is to be read: its unit, its direction and the evidence.

    Parameters
    ----------
    table : pandas.DataFrame
        The cells, for evidence.
    column : str
        A column of the table.
    reading : Reading
        What else is known of the cells and the model.
    """
    if reading.says_nothing(column):
        return NO_COLOR
    name = column_text(column).removesuffix(", measured").partition(" (")[0]
    if not column.startswith("z_"):
        return f"{name}, {_unit(column)}{_higher(column)}."
    said = reading.said.get(column, "")
    parts = [
        f"{name}, in units of the model.",
        f"Higher = {said}, says the model." if said else "",
        direction_of(table, column),
        "The name is a hypothesis: too few of these cells are like those known."
        if reading.mark(column)
        else "",
    ]
    return " ".join(part for part in parts if part)


def way_of(table: pd.DataFrame, column: str, reading: Reading = PLAIN) -> str:
    """Return in a word which way a code points: "↑ area" where evidence fixes it.

    Empty of a measurement, and of a code that no measurement follows and of which the
    model says nothing.
    """
    found = closest_measure(table, column)
    if found is not None and abs(found[1]) >= _CLEAR:
        word = _SHORT.get(found[0], _plain(found[0]))
        return f"{'↑' if found[1] > 0 else '↓'} {word}"
    said = reading.said.get(column, "")
    return f"↑ {said}" if said else ""


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


def _unit(column: str) -> str:
    if column in UNITS:
        return f"in {UNITS[column]}"
    if column.startswith("intensity_"):
        return "in units of the image"
    return "a number without unit"


def _higher(column: str) -> str:
    """Return what a higher value of a measurement means, where that is no matter."""
    measure = MEASURES.get(column)
    if measure is None or measure.family in ("color", "orientation"):
        return ""
    return f"; higher = {measure.higher}"
