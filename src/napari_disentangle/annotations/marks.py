"""Marks: a name on single cells, known by image, time point and label id."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from napari_disentangle.tables import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Mark:
    """A name for one cell, and where the cell was in pixels (NaN if unknown).

    Only cells of a z-stack have a plane.
    """

    name: str
    y: float
    x: float
    z: float = math.nan

    @property
    def is_placed(self) -> bool:
        """Whether it is known where the cell was."""
        return math.isfinite(self.y) and math.isfinite(self.x)


Marks: TypeAlias = "dict[tuple[int, int], Mark]"


def names_in(images: Mapping[str, Marks], cells: pd.DataFrame) -> NDArray[np.object_]:
    """Return the name of the mark of each row of `cells`, (N,); NaN without one."""
    names = np.full(len(cells), np.nan, object)
    marked = {roi_id: marks for roi_id, marks in images.items() if marks}
    if not marked:
        return names
    rois, frames, labels = (cells[column].to_numpy() for column in KEY)
    for roi_id, marks in marked.items():
        rows = np.flatnonzero(rois == roi_id)
        keys = zip(frames[rows].tolist(), labels[rows].tolist(), strict=True)
        found = [marks.get(key) for key in keys]
        names[rows] = [np.nan if mark is None else mark.name for mark in found]
    return names


def with_marks(
    images: Mapping[str, Marks], cells: pd.DataFrame, name: str
) -> dict[str, Marks]:
    """Return `images` with `cells`, rows with `KEY` and perhaps positions, marked."""
    found = dict(images)
    for roi_id, rows in cells.groupby("roi_id", sort=False):
        new = {
            (frame, label): Mark(name, y, x, z)
            for frame, label, y, x, z in _placed(rows)
        }
        found[str(roi_id)] = {**found.get(str(roi_id), {}), **new}
    return found


def without_marks(images: Mapping[str, Marks], cells: pd.DataFrame) -> dict[str, Marks]:
    """Return `images` with `cells`, rows with `KEY`, not marked."""
    found = dict(images)
    for roi_id, rows in cells.groupby("roi_id", sort=False):
        gone = {(frame, label) for frame, label, *_ in _placed(rows)}
        marks = found.get(str(roi_id), {})
        found[str(roi_id)] = {k: m for k, m in marks.items() if k not in gone}
    return found


def move_marks(images: Mapping[str, Marks], cells: pd.DataFrame) -> dict[str, Marks]:
    """Return `images` with the positions of `cells`, rows with `KEY`, where marked."""
    found = dict(images)
    for roi_id, rows in cells.groupby("roi_id", sort=False):
        marks = found.get(str(roi_id))
        if marks:
            moved = {
                (f, label): Mark(marks[f, label].name, y, x, z)
                for f, label, y, x, z in _placed(rows)
                if (f, label) in marks
            }
            found[str(roi_id)] = {**marks, **moved}
    return found


def merge_marks(
    mine: Mapping[str, Marks], other: Mapping[str, Marks]
) -> dict[str, Marks]:
    """Return the marks of both; where they differ `mine` win."""
    merged = dict(other)
    for roi_id, marks in mine.items():
        merged[roi_id] = {**merged[roi_id], **marks} if roi_id in merged else marks
    return merged


def rename_marks(
    images: Mapping[str, Marks], name: str, new: str | None
) -> dict[str, Marks]:
    """Return images with the marks of class `name` renamed, or left out."""
    return {roi_id: _renamed(marks, name, new) for roi_id, marks in images.items()}


def _renamed(marks: Marks, name: str, new: str | None) -> Marks:
    if not any(mark.name == name for mark in marks.values()):
        return marks
    kept = {key: mark for key, mark in marks.items() if mark.name != name}
    if new is None:
        return kept
    return {key: kept.get(key, replace(mark, name=new)) for key, mark in marks.items()}


def _placed(rows: pd.DataFrame) -> Iterable[tuple[int, int, float, float, float]]:
    """Return frame, label, y, x and z of each row; NaN positions where unknown."""
    nowhere = np.full(len(rows), np.nan)
    key = (rows[name].to_numpy(np.int64).tolist() for name in KEY[1:])
    places = (rows.get(f"pos_{axis}", nowhere) for axis in "yxz")
    at = (np.asarray(values, np.float64).tolist() for values in places)
    return zip(*key, *at, strict=True)
