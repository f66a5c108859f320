"""Which cell the user says is what: an immutable value, keyed by label id.

Every change gives a new value that shares the images it did not touch, so a history of
values is cheap and a value once written or shown never changes beneath its reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from napari_disentangle.annotations.marks import (
    merge_marks,
    move_marks,
    names_in,
    rename_marks,
    with_marks,
    without_marks,
)
from napari_disentangle.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.annotations.marks import Marks

COLUMN = "annotation"
"""Name of the column with the user's classes in every table."""

PALETTE = (
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#cc79a7",
    "#d55e00",
    "#4477dd",
    "#8b4fd6",
    "#77dd55",
)
"""Colors of new classes, apart also for those who see colors differently."""

LAST_KEY = 9


@dataclass(frozen=True, slots=True)
class CellClass:
    """A class of cells.

    Attributes
    ----------
    name : str
        Its name, unique.
    color : str
        ``#rrggbb``.
    key : int
        Number key that gives it, 1 to 9; 0 if it has none.
    """

    name: str
    color: str
    key: int = 0


@dataclass(frozen=True, slots=True)
class Annotations:
    """Classes, the class of each annotated cell, and the cells that do not count.

    Attributes
    ----------
    classes : tuple of CellClass
        In the order shown.
    images : mapping from roi_id to {(frame, label): Mark}
        Annotated cells by image; not to be changed in place.
    excluded : mapping from roi_id to {(frame, label): Mark}
        Excluded cells by image, the name of each mark being the reason; see
        `annotations.exclusions`.
    """

    classes: tuple[CellClass, ...] = ()
    images: Mapping[str, Marks] = field(default_factory=dict)
    excluded: Mapping[str, Marks] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(marks) for marks in self.images.values())

    @property
    def n_marks(self) -> int:
        """The number of classes given and of cells excluded."""
        return len(self) + sum(len(marks) for marks in self.excluded.values())

    def find(self, name: str) -> CellClass:
        """Return the class called `name`.

        Raises
        ------
        DataError
            If there is none.
        """
        for known in self.classes:
            if known.name == name:
                return known
        names = ", ".join(known.name for known in self.classes) or "none yet"
        raise DataError(f"There is no class {name!r}; the classes are: {names}.")

    def with_class(self, new: CellClass) -> Annotations:
        """Return these with one more class.

        Raises
        ------
        DataError
            If the name is empty or taken, or the key is taken.
        """
        _check(new, self.classes)
        return replace(self, classes=(*self.classes, new))

    def change_class(self, name: str, new: CellClass) -> Annotations:
        """Return these with class `name` replaced; its cells follow a new name.

        Raises
        ------
        DataError
            If there is no class `name`, or the new name or key is taken.
        """
        old = self.find(name)
        _check(new, [known for known in self.classes if known is not old])
        classes = tuple(new if known is old else known for known in self.classes)
        if new.name == name:
            return replace(self, classes=classes)
        images = rename_marks(self.images, name, new.name)
        return replace(self, classes=classes, images=images)

    def without_class(self, name: str) -> Annotations:
        """Return these without a class; its cells have none then."""
        gone = self.find(name)
        classes = tuple(known for known in self.classes if known is not gone)
        images = rename_marks(self.images, name, None)
        return replace(self, classes=classes, images=images)

    def set(self, cells: pd.DataFrame, name: str) -> Annotations:
        """Return these with `cells`, rows with `KEY` and perhaps positions, as `name`.

        Raises
        ------
        DataError
            If there is no class `name`.
        """
        self.find(name)
        return replace(self, images=with_marks(self.images, cells, name))

    def clear(self, cells: pd.DataFrame) -> Annotations:
        """Return these with `cells`, rows with `KEY`, of no class."""
        return replace(self, images=without_marks(self.images, cells))

    def moved_to(self, cells: pd.DataFrame) -> Annotations:
        """Return these with the positions of `cells`, rows with `KEY`, in their marks.

        Cells that are not in it keep theirs.
        """
        images, excluded = (move_marks(m, cells) for m in (self.images, self.excluded))
        return replace(self, images=images, excluded=excluded)

    def merge(self, other: Annotations) -> Annotations:
        """Return both together; where they differ these win over `other`.

        Classes of one name are one class. A class of `other` whose key is taken gets a
        free one.
        """
        merged = self
        names = {known.name for known in self.classes}
        for new in other.classes:
            if new.name not in names:
                merged = merged.with_class(replace(new, key=merged.free_key(new.key)))
        return replace(
            merged,
            images=merge_marks(self.images, other.images),
            excluded=merge_marks(self.excluded, other.excluded),
        )

    def only(self, roi_ids: Iterable[str]) -> Annotations:
        """Return all classes with the cells of some images."""
        wanted = set(roi_ids)
        images, excluded = (
            {roi: marks for roi, marks in held.items() if roi in wanted}
            for held in (self.images, self.excluded)
        )
        return replace(self, images=images, excluded=excluded)

    def with_image_named(self, roi_id: str, new: str) -> Annotations:
        """Return these with another name of one image."""
        images, excluded = (
            {new if roi == roi_id else roi: marks for roi, marks in held.items()}
            for held in (self.images, self.excluded)
        )
        return replace(self, images=images, excluded=excluded)

    def without(self, roi_ids: Iterable[str]) -> Annotations:
        """Return all classes with the cells of all but some images."""
        known = self.images.keys() | self.excluded.keys()
        return self.only(known - set(roi_ids))

    def names_of(self, cells: pd.DataFrame) -> NDArray[np.object_]:
        """Return the class of each row of `cells`, (N,); NaN where it has none."""
        return names_in(self.images, cells)

    def counts(self) -> dict[str, int]:
        """Return the number of cells of each class, in all images."""
        counts = {known.name: 0 for known in self.classes}
        for marks in self.images.values():
            for mark in marks.values():
                counts[mark.name] += 1
        return counts

    def free_key(self, wanted: int = 0) -> int:
        """Return the key `wanted` if it is free, else the first free one, or 0."""
        taken = {known.key for known in self.classes}
        if wanted and wanted not in taken:
            return wanted
        return next((key for key in range(1, LAST_KEY + 1) if key not in taken), 0)

    def free_color(self) -> str:
        """Return the first color of `PALETTE` without a class."""
        taken = {known.color for known in self.classes}
        free = [color for color in PALETTE if color not in taken]
        return free[0] if free else PALETTE[len(self.classes) % len(PALETTE)]


def annotate(table: pd.DataFrame, annotations: Annotations) -> pd.DataFrame:
    """Return `table` with the column ``annotation``, matched by `KEY`."""
    return table.assign(**{COLUMN: annotations.names_of(table)})


def from_column(table: pd.DataFrame) -> Annotations:
    """Return the annotations that a table with the column ``annotation`` holds."""
    found = Annotations()
    for name, rows in table.dropna(subset=[COLUMN]).groupby(COLUMN, sort=True):
        new = CellClass(str(name), found.free_color(), found.free_key())
        found = found.with_class(new).set(rows, str(name))
    return found


def _check(new: CellClass, others: Iterable[CellClass]) -> None:
    if not new.name.strip():
        raise DataError("A class needs a name; type one.")
    if not 0 <= new.key <= LAST_KEY:
        raise DataError(f"Key {new.key} is not on offer; take one of 1 to {LAST_KEY}.")
    for other in others:
        if other.name == new.name:
            raise DataError(
                f"There is a class {new.name!r} already; take another name."
            )
        if new.key and other.key == new.key:
            raise DataError(
                f"Key {new.key} already gives {other.name!r}; take another key."
            )
