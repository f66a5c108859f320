"""Annotations and exclusions that were read from a file, put on the present cells.

Ids change when an image is segmented anew, and when points or boxes are opened again of
which some were deleted or put into another order. So an id is trusted only as long as
every annotated cell is still where it was; otherwise the places alone decide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.annotations.pairing import pair_places

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.annotations.marks import Mark, Marks
    from napari_disentangle.annotations.values import Annotations

SAME_PX = 0.75
"""So near is the same place: as far as rounding to whole pixels moves a point."""


@dataclass(frozen=True, slots=True)
class Refit:
    """Annotations on the present cells.

    Attributes
    ----------
    annotations : Annotations
        Those that found their cell, and those of other images.
    moved : int
        How many went to a cell with another id.
    lost : int
        How many found no cell; they are left out.
    """

    annotations: Annotations
    moved: int
    lost: int


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """Present cells of one image.

    Attributes
    ----------
    keys : list of (frame, label)
        Their ids.
    at : array, (N, 3)
        Where they are, as z, y, x; NaN where it is not known.
    reach : array, (N,)
        How far an annotation may come to each; negative of a cell without a crop.
    """

    keys: list[tuple[int, int]]
    at: NDArray[np.float64]
    reach: NDArray[np.float64]


def refit(
    annotations: Annotations,
    cells: pd.DataFrame,
    reach_px: float | NDArray[np.float64],
    skipped: pd.DataFrame | None = None,
) -> Refit:
    """Return `annotations` on `cells`.

    Parameters
    ----------
    annotations : Annotations
        Read from a file.
    cells : pandas.DataFrame
        The present cells: `KEY`, pos_y, pos_x and perhaps pos_z. Images that are not in
        it stay as they are.
    reach_px : float or array, (N,)
        How far each cell may lie from where it was, in pixels; at most `SAME_PX` of
        objects that do not move by themselves, such as points.
    skipped : pandas.DataFrame, optional
        Objects without a crop this time, as `cells`: annotations that are theirs stay,
        also by another id at the same place, but no other goes to them.
    """
    skipped = cells.iloc[:0] if skipped is None else skipped
    reach = np.broadcast_to(np.asarray(reach_px, np.float64), len(cells))
    images, excluded = dict(annotations.images), dict(annotations.excluded)
    moved = lost = 0
    rois = cells["roi_id"].to_numpy()
    for roi_id in cells["roi_id"].unique():
        here = rois == roi_id
        places = _places(cells[here], skipped[skipped["roi_id"] == roi_id], reach[here])
        for held in (images, excluded):
            marks = held.get(str(roi_id))
            if marks:
                fitted, away = _refit_image(marks, places)
                held[str(roi_id)] = fitted
                moved += away
                lost += len(marks) - len(fitted)
    return Refit(replace(annotations, images=images, excluded=excluded), moved, lost)


def _places(
    rows: pd.DataFrame, skipped: pd.DataFrame, reach: NDArray[np.float64]
) -> _Places:
    both = (skipped, rows)  # of an id in both, the cell with a crop comes last
    keys = [
        (int(frame), int(label))
        for part in both
        for frame, label in zip(part["frame"], part["label"], strict=True)
    ]
    reach = np.concatenate([np.full(len(skipped), -1.0), reach])
    return _Places(keys, np.concatenate([_at(part) for part in both]), reach)


def _at(rows: pd.DataFrame) -> NDArray[np.float64]:
    z = rows["pos_z"] if "pos_z" in rows else np.full(len(rows), np.nan)
    return np.column_stack([z, rows["pos_y"], rows["pos_x"]]).astype(np.float64)


def _refit_image(marks: Marks, places: _Places) -> tuple[Marks, int]:
    """Return the marks on the cells of one image, and how many changed their id."""
    row_of = {key: row for row, key in enumerate(places.keys)}
    known = [key for key in marks if key in row_of]
    before = _place_of([marks[key] for key in known])
    away = _distance(places.at[[row_of[key] for key in known]], before)
    if len(known) == len(marks) and not (away > SAME_PX).any():
        return marks, 0
    fitted = {known[row]: marks[known[row]] for row in np.flatnonzero(np.isnan(away))}
    strays = {key: mark for key, mark in marks.items() if key not in fitted}
    moved = 0
    for key, row in _by_place(strays, places, [row_of[key] for key in fitted]):
        z, y, x = places.at[row].tolist()
        fitted[places.keys[row]] = replace(marks[key], z=z, y=y, x=x)
        moved += key != places.keys[row]
    return fitted, moved


def _by_place(
    strays: Marks, places: _Places, taken: list[int]
) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield the old id of each mark, and the row of the cell that is where it was.

    Cells at the very place come first, then those that are within reach.
    """
    frames = np.array([frame for frame, _ in places.keys])
    free = np.asarray(np.isfinite(places.at[:, 1:]).all(axis=1), np.bool_)
    free[taken] = False
    for reach in (np.full(len(free), SAME_PX), places.reach):
        for frame in sorted({frame for frame, _ in strays}):
            olds = [k for k, mark in strays.items() if k[0] == frame and mark.is_placed]
            before = _place_of([strays[key] for key in olds])
            rows = np.flatnonzero(free & (frames == frame) & (reach >= 0))
            for old, new in pair_places(before, places.at[rows], reach[rows]):
                yield olds[old], int(rows[new])
                free[rows[new]] = False
                del strays[olds[old]]


def _place_of(marks: Sequence[Mark]) -> NDArray[np.float64]:
    """Return where cells were, (N, 3), as z, y, x."""
    at = [(mark.z, mark.y, mark.x) for mark in marks]
    return np.array(at, np.float64).reshape(-1, 3)


def _distance(
    at: NDArray[np.float64], before: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far cells are from where they were, (N,), NaN where it is not known.

    The plane counts where both are known.
    """
    z, y, x = (at - before).T
    return np.asarray(np.sqrt(np.nan_to_num(z) ** 2 + y**2 + x**2), np.float64)
