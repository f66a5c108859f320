"""The names of classes in their colors, with the number of cells of each."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from qtpy.QtWidgets import QLabel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

_NONE = "#808080"


@dataclass(frozen=True, slots=True)
class ClassColor:
    """A class with its color and the number of its cells."""

    name: str
    color: str
    n_cells: int


class ClassNames(QLabel):
    """A legend of classes."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setAccessibleName("Classes and their colors")

    def show_classes(self, classes: Sequence[ClassColor], n_without: int) -> None:
        """Show classes, and how many cells have none."""
        shown = list(classes)
        if n_without:
            shown.append(ClassColor("none", _NONE, n_without))
        self.setText(" &nbsp; ".join(map(_part, shown)))


def classes_of(
    values: pd.Series[str], colors: Mapping[str, str]
) -> tuple[list[ClassColor], int]:
    """Return the classes of a column with their cells, and how many cells have none.

    Parameters
    ----------
    values : pandas.Series
        Name of the class of each cell, missing where it has none.
    colors : mapping of str to str
        The color of each class; those without a cell are left out.
    """
    counts = values.value_counts()
    known = [
        ClassColor(name, color, int(counts[name]))
        for name, color in colors.items()
        if counts.get(name, 0)
    ]
    return known, len(values) - sum(each.n_cells for each in known)


def _part(known: ClassColor) -> str:
    name = escape(known.name).replace(" ", "&nbsp;")
    square = f"<span style='color:{known.color}'>&#9632;</span>"
    return f"{square}&nbsp;{name}&nbsp;({known.n_cells})"
