"""How a column is to be read: its unit, which way it points, and the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.latents.measures import MEASURES
from napari_disentangle.metrics.direction import closest_measure
from napari_disentangle.widgets._columns import (
    NO_COLOR,
    PLAIN,
    Reading,
    column_text,
)
from napari_disentangle.words import words_of

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.metrics.direction import Closest

_SHORT = {
    "axis_major_length": "length",
    "axis_minor_length": "width",
    "equivalent_diameter_area": "diameter",
    "texture_roughness": "roughness",
}


def direction_of(table: pd.DataFrame, column: str, reading: Reading = PLAIN) -> str:
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
            f"{_plain(found.measure, reading)}, rank correlation "
            f"{found.correlation:+.2f}; {found.least:.2f} is needed of {found.n})."
        )
    return (
        f"In these cells: higher = {_more(found, reading)} (rank correlation "
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
    name = reading.title(column).removesuffix(", measured").partition(" (")[0]
    if not column.startswith("z_"):
        return f"{name}, {_unit(column, reading)}{_higher(column)}."
    said = reading.said.get(column, "")
    parts = [
        f"{name}, in units of the model.",
        f"Higher = {said}, says the model." if said else "",
        direction_of(table, column, reading),
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
        word = _SHORT.get(found.measure, _plain(found.measure, reading))
        return f"{'↑' if found.correlation > 0 else '↓'} {word}"
    said = reading.said.get(column, "")
    return f"↑ {said}" if said else ""


def axis_text(table: pd.DataFrame, column: str, reading: Reading = PLAIN) -> str:
    """Return a column as the name of an axis, with its unit or direction.

    Parameters
    ----------
    table : pandas.DataFrame
        The cells, for evidence.
    column : str
        A column of the table.
    reading : Reading
        What else is known of the cells and the model.
    """
    if not column.startswith("z_"):
        return reading.title(column).removesuffix(", measured")
    found = closest_measure(table, column)
    if found is not None and found.is_clear:
        return f"{column_text(column)}, higher = {_more(found, reading)}"
    said = reading.said.get(column, "")
    return column_text(column) + (f", higher = {said}" if said else " (code)")


def _more(found: Closest, reading: Reading) -> str:
    which = "more" if found.correlation > 0 else "less"
    return f"{which} {_plain(found.measure, reading)}"


def _plain(column: str, reading: Reading) -> str:
    return words_of(column.removesuffix("_um2"), reading.channels)


def _unit(column: str, reading: Reading) -> str:
    if column in reading.units:
        return f"in {reading.units[column]}"
    if column.startswith("intensity_"):
        return "in units of the image"
    return "a number without unit"


def _higher(column: str) -> str:
    """Return what a higher value of a measurement means, where that is no matter."""
    measure = MEASURES.get(column)
    if measure is None or measure.family in ("color", "orientation"):
        return ""
    return f"; higher = {measure.higher}"
