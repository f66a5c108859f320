"""How a column is to be read: its unit, which way it points, and the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.latents.measures import MEASURES
from napari_disentangle.metrics.direction import closest_measure
from napari_disentangle.widgets._columns import (
    NO_COLOR,
    PLAIN,
    UNITS,
    Reading,
    column_text,
)

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.metrics.direction import Closest

_SHORT = {
    "axis_major_length": "length",
    "axis_minor_length": "width",
    "equivalent_diameter_area": "diameter",
    "texture_roughness": "roughness",
}


def direction_of(table: pd.DataFrame, column: str) -> str:
    """Return which way a code points, as far as these cells tell.

    Signs of codes are arbitrary, so the sentence gives its evidence: the measured
    feature with the largest rank correlation, or that none is close enough to be more
    than chance.
    """
    if not column.startswith("z_"):
        return ""
    found = closest_measure(table, column)
    if found is None:
        return "Which way it points cannot be told from these cells."
    if not found.is_clear:
        return (
            f"No measured feature follows it closely enough in these cells (closest: "
            f"{_plain(found.measure)}, rank correlation {found.correlation:+.2f}; "
            f"{found.least:.2f} is needed of {found.n})."
        )
    return (
        f"In these cells: higher = {_more(found)} (rank correlation "
        f"{found.correlation:+.2f} over {found.n})."
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
    if found is not None and found.is_clear:
        word = _SHORT.get(found.measure, _plain(found.measure))
        return f"{'↑' if found.correlation > 0 else '↓'} {word}"
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
    if found is not None and found.is_clear:
        return f"{column_text(column)}, higher = {_more(found)}"
    return column_text(column) + (f", higher = {said}" if said else " (code)")


def _more(found: Closest) -> str:
    return f"{'more' if found.correlation > 0 else 'less'} {_plain(found.measure)}"


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
