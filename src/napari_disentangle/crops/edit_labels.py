"""Cells of labels merged, deleted or split; all other cells keep their ids and pixels.

Each function looks at labels and returns what is to be changed, so that a caller can
change it in a way of its own, such as one that can be undone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import CropError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Labels = NDArray[np.integer]

_APART = (1.0, 0.75, 0.5)
"""Least distance of the middles of parts, in largest radii, the first that serves."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelEdit:
    """Pixels and their new ids.

    Attributes
    ----------
    places : tuple of array, (n,), int64
        Index of each pixel that changes, one array an axis.
    ids : array, (n,)
        Its new id, 0 for background.
    """

    places: tuple[NDArray[np.int64], ...]
    ids: Labels


def merge_cells(labels: Labels, cells: Sequence[int]) -> LabelEdit:
    """Return the edit that gives all of `cells` the lowest of their ids.

    Raises
    ------
    CropError
        If fewer than two of them are in `labels`.
    """
    present = _present(labels, cells)
    if len(present) < 2:
        raise CropError(
            f"These labels hold {len(present)} of the chosen cells; choose two or more "
            "to merge."
        )
    places = np.nonzero(np.isin(labels, present[1:]))
    return LabelEdit(places, np.full(len(places[0]), present[0], labels.dtype))


def delete_cells(labels: Labels, cells: Sequence[int]) -> LabelEdit:
    """Return the edit that makes `cells` background.

    Raises
    ------
    CropError
        If none of them is in `labels`.
    """
    present = _present(labels, cells)
    if len(present) == 0:
        raise CropError("None of the chosen cells is in these labels; choose others.")
    places = np.nonzero(np.isin(labels, present))
    return LabelEdit(places, np.zeros(len(places[0]), labels.dtype))


def split_cell(
    labels: Labels, cell: int, n_parts: int = 2, *, first_id: int | None = None
) -> LabelEdit:
    """Return the edit that splits `cell` at its waists.

    A cell in several pieces is split into these. Else a watershed of the distance to
    its edge parts the middles that are farthest from the edge.

    Parameters
    ----------
    labels : array, (Y, X) or (Z, Y, X), integer
        Ids of cells.
    cell : int
        Which to split; its largest part keeps the id.
    n_parts : int, at least 2
        At most so many parts of a cell in one piece.
    first_id : int, optional
        Id of the first new part, above all ids in use; by default the next free one.

    Raises
    ------
    CropError
        If there is no such cell, it has no waist, or `labels` cannot hold more ids.
    """
    whole = labels == cell
    if cell <= 0 or not whole.any():
        raise CropError(f"Cell {cell} is not in these labels; choose another.")
    box = _box_of(whole)
    parts = _parts_of(whole[box], n_parts)
    sizes = np.bincount(parts.ravel())[1:]
    if len(sizes) < 2:
        raise CropError(
            f"Cell {cell} has no waist to split it at; paint a line of background "
            "across it instead."
        )
    start = int(labels.max()) + 1 if first_id is None else first_id
    if start + len(sizes) - 2 > np.iinfo(labels.dtype).max:
        raise CropError(
            f"Labels of type {labels.dtype} have no id left for a new cell; convert "
            "the layer to int32."
        )
    ids = np.empty(len(sizes) + 1, labels.dtype)
    ids[0] = 0
    order = np.argsort(-sizes, kind="stable")
    ids[order + 1] = [cell, *range(start, start + len(sizes) - 1)]
    inside = np.nonzero(parts)
    places = tuple(axis + part.start for axis, part in zip(inside, box, strict=True))
    return LabelEdit(places, ids[parts[inside]])


def _present(labels: Labels, cells: Sequence[int]) -> NDArray[np.int64]:
    """Return which ids of `cells` are in `labels`, sorted; 0 is no cell."""
    wanted = np.unique(np.asarray(cells, np.int64))
    known = np.isin(wanted, labels) & (wanted > 0)
    return np.asarray(wanted[known])


def _box_of(mask: NDArray[np.bool_]) -> tuple[slice, ...]:
    return tuple(slice(int(axis.min()), int(axis.max()) + 1) for axis in mask.nonzero())


def _parts_of(mask: NDArray[np.bool_], n_parts: int) -> NDArray[np.int64]:
    """Return parts numbered from 1; each is connected, corners included."""
    from scipy.ndimage import distance_transform_edt
    from skimage.measure import label
    from skimage.segmentation import watershed

    pieces = label(mask, connectivity=mask.ndim)
    if pieces.max() > 1:
        return np.asarray(pieces, np.int64)
    padded = np.pad(mask, 1)
    depth = distance_transform_edt(padded)
    seeds = np.zeros(padded.shape, np.int64)
    middles = _middles(depth, n_parts)
    seeds[tuple(middles.T)] = np.arange(1, len(middles) + 1)
    parts = watershed(-depth, seeds, connectivity=padded.ndim, mask=padded)
    return np.asarray(parts[(slice(1, -1),) * mask.ndim], np.int64)


def _middles(depth: NDArray[np.float64], n_parts: int) -> NDArray[np.int64]:
    """Return the pixels deepest within a cell, (k, axes), k at most `n_parts`."""
    from skimage.feature import peak_local_max

    found = np.array([np.unravel_index(depth.argmax(), depth.shape)])
    for share in _APART:
        apart = max(1, round(share * depth.max()))
        peaks = peak_local_max(
            depth, min_distance=apart, num_peaks=n_parts, exclude_border=False
        )
        if len(peaks) > len(found):
            found = peaks
        if len(found) >= n_parts:
            break
    return np.asarray(found, np.int64)
