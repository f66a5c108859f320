"""What the user knows of whole images: slide, well, condition, day, and the like.

As with annotations, every change gives a new value that shares what it did not touch.
Values are texts also where they look like numbers: they name groups of images, and no
measurement may be taken from them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

ImageId: TypeAlias = "tuple[str, str]"
"""Name of an image in tables, and a key that tells images of one name apart."""

COLUMNS = ("slide", "well", "condition", "day", "replicate")
"""Columns that are offered; more can be added."""

CONDITION = "condition"
"""The column of what is studied; all others are how the images came about."""

_TAKEN = frozenset(
    "label index roi_id frame annotation prediction probability model distance "
    "perimeter solidity extent eccentricity orientation n_cells n_encoded n_annotated "
    "n_skipped window_px image file".split()
)
_TAKEN_STARTS = (
    *("z_", "pos_", "pca_", "umap_", "area", "axis_", "intensity_", "texture_"),
    *("equivalent_", "pixel_", "novelty", "in_distribution", "excl", "code_"),
)


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What is known of each image.

    Attributes
    ----------
    columns : tuple of str
        Names of the columns, in the order shown.
    rows : mapping of ImageId to mapping of str to str
        For each image its known values by column.
    """

    columns: tuple[str, ...] = COLUMNS
    rows: Mapping[ImageId, Mapping[str, str]] = field(default_factory=dict)

    def of(self, image: ImageId) -> Mapping[str, str]:
        """Return what is known of an image, nothing if it is unknown."""
        return self.rows.get(image, {})

    def of_key(self, key: str) -> dict[str, Mapping[str, str]]:
        """Return what is known of the images with a key, by name: those of a folder."""
        return {name: known for (name, own), known in self.rows.items() if own == key}

    def used(self) -> tuple[str, ...]:
        """Return the columns in which any image has a value."""
        known = {name for values in self.rows.values() for name in values}
        return tuple(name for name in self.columns if name in known)

    def with_image(self, image: ImageId, values: Mapping[str, str]) -> ImageInfo:
        """Return the value in which `values` are all that is known of an image."""
        kept = {name: text.strip() for name, text in values.items() if text.strip()}
        new = tuple(name for name in kept if name not in self.columns)
        return ImageInfo((*self.columns, *new), {**self.rows, image: kept})

    def set(self, images: Iterable[ImageId], column: str, text: str) -> ImageInfo:
        """Return the value in which `images` have `text` in a column; empty: none."""
        found = self
        for image in images:
            found = found.with_image(image, {**found.of(image), column: text})
        return found

    def with_column(self, name: str) -> ImageInfo:
        """Return the value with one more column, named as in tables.

        Raises
        ------
        DataError
            If the name is empty or taken.
        """
        column = column_name(name)
        if column in self.columns:
            raise DataError(f"There is a column {column!r} already.")
        return replace(self, columns=(*self.columns, column))

    def renamed(self, old: str, name: str) -> ImageInfo:
        """Return the value in which a column has another name, at the same place.

        Raises
        ------
        DataError
            If the new name is empty or taken.
        """
        new = self.with_column(name).columns[-1]
        rows = {
            image: _renamed(values, old, new) for image, values in self.rows.items()
        }
        return ImageInfo(tuple(new if c == old else c for c in self.columns), rows)

    def without_column(self, name: str) -> ImageInfo:
        """Return the value without a column, and without all that it says."""
        rows = {
            image: {column: text for column, text in values.items() if column != name}
            for image, values in self.rows.items()
        }
        return ImageInfo(tuple(c for c in self.columns if c != name), rows)


def column_name(name: str) -> str:
    """Return a name as tables have it: no capitals, no spaces.

    Raises
    ------
    DataError
        If nothing is left of it, or tables use the name for something else.
    """
    found = "".join(c if c.isalnum() else "_" for c in name.strip().lower())
    if not found.strip("_"):
        raise DataError(f"A column needs a name of letters or digits; got {name!r}.")
    if found in _TAKEN or found.startswith(_TAKEN_STARTS) or found.endswith("_sd"):
        raise DataError(
            f"The table has a column {found!r} of its own; give another name, such as "
            f"'image {found.strip('_').replace('_', ' ')}'."
        )
    return found


def add_info(
    table: pd.DataFrame,
    info: Mapping[str, Mapping[str, str]],
    columns: Sequence[str],
) -> pd.DataFrame:
    """Return `table` with what is known of the image of each row, as columns of text.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows with `roi_id`.
    info : mapping of str to mapping of str to str
        Values by `roi_id` and column.
    columns : sequence of str
        The columns; a missing value is NaN. The same table is returned if they are all
        there and say the same.
    """
    new = {name: _column(table["roi_id"], info, name) for name in columns}
    same = all(name in table and table[name].equals(new[name]) for name in columns)
    return table if same else table.assign(**new)


def _column(
    images: pd.Series[str], info: Mapping[str, Mapping[str, str]], column: str
) -> pd.Series[str]:
    texts = {roi_id: values.get(column, np.nan) for roi_id, values in info.items()}
    return images.map(texts).astype(object)


def _renamed(values: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    return {new if column == old else column: text for column, text in values.items()}
