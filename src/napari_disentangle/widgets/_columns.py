"""Which columns there are of a cell, in words, and what speaks against reading them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from napari_disentangle.latents.measures import factor_of
from napari_disentangle.metrics.direction import MADE
from napari_disentangle.tables import (
    ID_COLUMNS,
    NAMED_FACTORS,
    code_columns,
)
from napari_disentangle.words import title_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from napari_disentangle.recipes.familiarity import Familiarity
    from napari_disentangle.widgets._layers import Source
    from napari_disentangle.widgets._session import Session

UNITS = {
    "area_um2": "µm²",
    "pos_z_um": "µm",
    "pos_y_um": "µm",
    "pos_x_um": "µm",
    "pos_z": "px",
    "pos_y": "px",
    "pos_x": "px",
    "area": "px²",
    "area_projected": "px²",
    "perimeter": "px",
    "axis_major_length": "px",
    "axis_minor_length": "px",
    "equivalent_diameter_area": "px",
    "orientation": "radians",
    "distance": "sd of the factors",
}
"""Units of the columns that have one, in flat images."""

_STACK_UNITS = {**UNITS, "area": "voxels"}

DOUBT = " ?"
"""Stands after a name that is a hypothesis on these cells."""

NO_COLOR = "Color: the cells are gray, do not read it."
"""Said wherever the factor Color of gray cells is met."""

_TITLES = {"pca": "PCA", "umap": "UMAP"}
_COLORS = ("red", "green", "blue")


@dataclass(frozen=True, slots=True)
class Reading:
    """What must be known of the cells and the model before a column is read.

    Attributes
    ----------
    said : mapping of str to str
        What a higher value of a column means according to the model.
    is_gray : bool
        Whether the cells have no color.
    is_doubtful : bool
        Whether the cells lie outside of what the model has seen.
    channels : tuple of str
        Names of the channels of the image, where they are known.
    units : mapping of str to str
        Units of the columns that have one.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    is_gray: bool = False
    is_doubtful: bool = False
    channels: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=lambda: UNITS)

    def title(self, column: str) -> str:
        """Return a column as a title: see `column_text`."""
        return column_text(column, self.channels, self.units)

    def says_nothing(self, column: str) -> bool:
        """Return whether a column must not be read: Color, of gray cells."""
        return self.is_gray and _factor_of(column) == "color"

    def mark(self, column: str) -> str:
        """Return the mark of a name that is a hypothesis here, or nothing."""
        named = _factor_of(column) in NAMED_FACTORS
        return DOUBT if self.is_doubtful and named else ""


PLAIN = Reading()
"""Nothing speaks against reading any column."""


def reading_of(session: Session) -> Reading:
    """Return how the columns of the session's table are to be read."""
    model, codes = session.model, session.embedding
    known = counted_familiarity(session)
    dimensions = () if model is None else model.card.dimensions
    return Reading(
        {f"z_{d.name}": d.direction for d in dimensions if d.direction},
        is_gray=codes is not None and codes.is_gray,
        is_doubtful=known is not None and known.is_outside,
        channels=_channels_of(session.source),
        units=_units_of(session.source),
    )


def _channels_of(source: Source | None) -> tuple[str, ...]:
    """Return the names of the channels in which cells were measured."""
    if source is None or source.folder is not None:  # its files may differ
        return ()
    return _COLORS if source.is_rgb else source.channels


def _units_of(source: Source | None) -> Mapping[str, str]:
    """Return the units of columns: the area of cells in stacks is a volume."""
    is_stack = (
        source is not None and source.image is not None and source.image.shape[1] > 1
    )
    return _STACK_UNITS if is_stack else UNITS


def counted_familiarity(session: Session) -> Familiarity | None:
    """Return whether the cells look like those known, excluded ones left out."""
    known = session.familiarity
    return None if known is None else known.counted(session.annotations)


def color_columns(
    table: pd.DataFrame, reading: Reading = PLAIN
) -> list[tuple[str, str]]:
    """Return the numeric columns as (text, column): codes first, then measurements.

    Those that say nothing of these cells are left out.
    """
    numeric = [
        name
        for name in table.select_dtypes("number").columns
        if name not in ID_COLUMNS
        and not _is_spread(table, name)
        and not reading.says_nothing(name)
    ]
    named = [name for name in code_columns(NAMED_FACTORS) if name in numeric]
    codes = [n for n in numeric if n.startswith("z_") and n not in named]
    measured = [name for name in numeric if not name.startswith("z_")]
    ordered = [*named, *codes, *measured]
    return [(reading.title(name) + reading.mark(name), name) for name in ordered]


def column_text(
    column: str, channels: Sequence[str] = (), units: Mapping[str, str] = UNITS
) -> str:
    """Return a column as a title: ``z_scale`` becomes "Scale".

    Channels are told by their name if it is among `channels`, else by number.
    """
    if column.startswith(MADE):
        words = column.split("_")
        return " ".join([_TITLES.get(words[0], words[0].capitalize()), *words[1:]])
    unit = f" ({units[column]})" if column in units else ""
    name = column.removeprefix("z_").removesuffix("_um2").removesuffix("_um")
    kind = "" if column.startswith("z_") else ", measured"
    return title_of(name, channels) + unit + kind


def _factor_of(column: str) -> str:
    """Return the factor that a code is named after, "" of any other column."""
    return factor_of(column.removeprefix("z_")) if column.startswith("z_") else ""


def _is_spread(table: pd.DataFrame, name: str) -> bool:
    return name.endswith("_sd") and name.removesuffix("_sd") in table
