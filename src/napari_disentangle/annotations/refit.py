"""Annotations and exclusions of an earlier segmentation, put on the present cells.

Label ids change when an image is segmented anew, so an annotation is trusted only where
its cell still is; otherwise it goes to the nearest cell of the same frame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.annotations.marks import Mark, Marks
    from napari_disentangle.annotations.values import Annotations


_REACH = 0.25  # of the window: how far a cell may lie from where it was
_REACH_PX = 6.0  # where each crop has a window of its own


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


def reach_px(window_px: float) -> float:
    """Return how far cells with a window of this side, or NaN, may have moved."""
    return _REACH * window_px if np.isfinite(window_px) else _REACH_PX


def refit(
    annotations: Annotations,
    cells: pd.DataFrame,
    reach_px: float,
    skipped: pd.DataFrame | None = None,
) -> Refit:
    """Return `annotations` on `cells`.

    Parameters
    ----------
    annotations : Annotations
        Read from a file.
    cells : pandas.DataFrame
        The present cells: `KEY`, pos_y, pos_x. Images that are not in it stay as they
        are.
    reach_px : float
        How far a cell may lie from where it was, in pixels.
    skipped : pandas.DataFrame, optional
        Objects without a crop this time, as `cells`: annotations that are theirs stay,
        but none goes to them.
    """
    skipped = cells.iloc[:0] if skipped is None else skipped
    images, excluded = dict(annotations.images), dict(annotations.excluded)
    moved = lost = 0
    for roi_id, rows in cells.groupby("roi_id", sort=False):
        for held in (images, excluded):
            marks = held.get(str(roi_id))
            if marks:
                others = skipped[skipped["roi_id"] == roi_id]
                fitted, away = _refit_image(marks, rows, others, reach_px)
                held[str(roi_id)] = fitted
                moved += away
                lost += len(marks) - len(fitted)
    return Refit(replace(annotations, images=images, excluded=excluded), moved, lost)


def _refit_image(
    marks: Marks, rows: pd.DataFrame, skipped: pd.DataFrame, reach_px: float
) -> tuple[Marks, int]:
    """Return the marks on the cells of one image, and how many changed their id."""
    places = {**_places_of(skipped), **_places_of(rows)}
    fitted: Marks = {}
    strays: Marks = {}
    for key, mark in marks.items():
        near = key in places and _is_near(places[key], mark, reach_px)
        (fitted if near else strays)[key] = mark
    before = len(fitted)
    for frame in sorted({frame for frame, _ in strays}):
        here = rows[rows["frame"] == frame]
        lost = [mark for (f, _), mark in strays.items() if f == frame]
        for key, mark in _nearest(lost, here, frame, reach_px):
            fitted.setdefault(key, mark)
    return fitted, len(fitted) - before


def _places_of(rows: pd.DataFrame) -> dict[tuple[int, int], NDArray[np.float64]]:
    keys = zip(rows["frame"].tolist(), rows["label"].tolist(), strict=True)
    return dict(zip(keys, rows[["pos_y", "pos_x"]].to_numpy(float), strict=True))


def _is_near(place: NDArray[np.float64], mark: Mark, reach_px: float) -> bool:
    """Return whether a cell is where it was, or one of the places is unknown."""
    away = float(np.hypot(place[0] - mark.y, place[1] - mark.x))
    return not away > reach_px


def _nearest(
    marks: list[Mark], rows: pd.DataFrame, frame: int, reach_px: float
) -> Iterator[tuple[tuple[int, int], Mark]]:
    """Yield the nearest cell within reach of each mark, and the mark there."""
    from scipy.spatial import KDTree

    rows = rows.dropna(subset=["pos_y", "pos_x"])
    marks = [mark for mark in marks if np.isfinite((mark.y, mark.x)).all()]
    if not marks or rows.empty:
        return
    places = rows[["pos_y", "pos_x"]].to_numpy(float)
    wanted = np.array([(mark.y, mark.x) for mark in marks])
    away, found = KDTree(places).query(wanted, distance_upper_bound=reach_px)
    for mark, distance, row in zip(marks, away, found, strict=True):
        if np.isfinite(distance):
            y, x = places[row].tolist()
            yield (frame, int(rows["label"].iloc[row])), replace(mark, y=y, x=x)
