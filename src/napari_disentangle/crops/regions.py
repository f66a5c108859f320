"""Where the objects of a labels image are, found tile by tile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from scipy.ndimage import find_objects

from napari_disentangle.crops.digest import sum_places
from napari_disentangle.crops.images import check_labels
from napari_disentangle.crops.planes import Planes, Tile
from napari_disentangle.errors import DataError
from napari_disentangle.tables import ID_COLUMNS, sort_rows
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray

BOX = ("y0", "x0", "y1", "x1")

_EXTREMES = {"y0": "min", "x0": "min", "y1": "max", "x1": "max"}
_SUMS = {"area": "sum", "sum_y": "sum", "sum_x": "sum"}
SECTION = ("frame", "z", "label")
"""Columns that identify the section of an object in one plane."""

_EMPTY = Tile(0, 0, slice(0, 1), slice(0, 1))


def find_regions(
    labels: LazyArray,
    roi_id: str = "image",
    *,
    box_of: Literal["object", "plane"] = "object",
) -> pd.DataFrame:
    """Return one row an object and time point: see `iter_regions`."""
    return run(iter_regions(labels, roi_id, box_of=box_of))


def iter_regions(
    labels: LazyArray,
    roi_id: str = "image",
    *,
    box_of: Literal["object", "plane"] = "object",
) -> Task[Progress, pd.DataFrame]:
    """Find the objects of a labels image.

    Memory and time depend on the pixels and the number of objects, never on the size of
    the ids.

    Parameters
    ----------
    labels : array, (T, Z, Y, X), any integer type
        Id of the object at each pixel; 0 is background.
    roi_id : str
        Name of the image.
    box_of : {"object", "plane"}
        Whether the bounding box in y and x is that of the whole object or of its
        section in its central plane.

    Returns
    -------
    pandas.DataFrame
        Sorted by key, with the `ID_COLUMNS`; the half-open bounding box `y0`, `x0`,
        `y1`, `x1`, `z0`, `z1` (pixels); `z`, the plane next to the object's centroid
        that it occurs in; `area` (pixels, in a stack voxels) and `plane_area` (pixels
        in that plane); the centroid `pos_y`, `pos_x` and in a stack `pos_z` (pixels);
        `touches_border`, whether it reaches the border in y or x.

    Raises
    ------
    DataError
        If the labels are not integers, or some are negative or above 2**63 - 1.
    """
    sections = yield from iter_sections(labels)
    return describe_sections(sections, labels.shape, roi_id, box_of=box_of)


def iter_sections(
    labels: LazyArray, only: Collection[tuple[int, int]] | None = None
) -> Task[Progress, pd.DataFrame]:
    """Find the section of each object in each plane.

    Parameters
    ----------
    labels : array, (T, Z, Y, X), any integer type
        Id of the object at each pixel; 0 is background.
    only : collection of (frame, z), optional
        Planes to look at; all by default.

    Returns
    -------
    pandas.DataFrame
        One row a section: `frame`, `z`, `label`; its half-open box `y0`, `x0`, `y1`,
        `x1`; `area`, `sum_y`, `sum_x` of its pixels; `digest`, which changes with the
        set of its pixels (see `sum_places`).

    Raises
    ------
    DataError
        As `iter_regions`.
    """
    check_labels(labels)
    planes = Planes(labels)
    tiles = [t for t in planes.tiles() if only is None or (t.frame, t.z) in only]
    found = [_scan(np.zeros((1, 1), labels.dtype), _EMPTY)]
    for done, tile in enumerate(tiles, start=1):
        found.append(_scan(planes.read(*tile), tile))
        yield Progress("Finding cells", done, len(tiles))
    return (
        pd.concat(found, ignore_index=True)
        .groupby(["frame", "label", "z"], as_index=False)
        .agg({**_EXTREMES, **_SUMS, "digest": "sum"})
    )


def _scan(tile: NDArray[Any], where: Tile) -> pd.DataFrame:
    """Return box, area and coordinate sums of each id in one tile."""
    inside = np.flatnonzero(tile)
    codes, ids = pd.factorize(tile.ravel()[inside])
    if len(ids) and (ids.min() < 0 or int(ids.max()) > np.iinfo(np.int64).max):
        raise DataError(
            f"Labels must be between 0 and 2**63 - 1; got {ids.min()} to {ids.max()}; "
            "set what is not a cell to 0."
        )
    dense = np.zeros(tile.shape, np.int32)
    dense.ravel()[inside] = codes + 1
    boxes = np.array(
        [(y.start, x.start, y.stop, x.stop) for y, x in find_objects(dense)], np.int64
    ).reshape(-1, 4)
    ys, xs = np.divmod(inside, tile.shape[1])
    area = np.bincount(codes, minlength=len(ids))
    y0, x0 = where.ys.start, where.xs.start
    return pd.DataFrame(
        {
            "frame": np.full(len(ids), where.frame),
            "label": ids.astype(np.int64),
            "z": np.full(len(ids), where.z),
            **dict(zip(BOX, (boxes + np.array([y0, x0, y0, x0])).T, strict=True)),
            "area": area,
            "sum_y": np.bincount(codes, ys, len(ids)) + area * y0,
            "sum_x": np.bincount(codes, xs, len(ids)) + area * x0,
            "digest": sum_places(codes, len(ids), inside, where.ys, where.xs),
        }
    )


def describe_sections(
    sections: pd.DataFrame,
    shape: tuple[int, ...],
    roi_id: str,
    *,
    box_of: Literal["object", "plane"] = "object",
) -> pd.DataFrame:
    """Return one row an object, as `iter_regions`, from one row a section.

    Parameters
    ----------
    sections : pandas.DataFrame
        From `iter_sections`.
    shape : tuple of int
        Shape of the labels, (T, Z, Y, X).
    roi_id, box_of
        As in `iter_regions`.
    """
    n_z, height, width = shape[1:]
    sections = sections.assign(
        sum_z=sections["z"] * sections["area"], z0=sections["z"], z1=sections["z"]
    )
    keys = ["frame", "label"]
    whole = sections.groupby(keys, as_index=False).agg(
        {**_EXTREMES, **_SUMS, "z0": "min", "z1": "max", "sum_z": "sum"}
    )
    whole["z1"] += 1
    for axis in "zyx":
        whole[f"pos_{axis}"] = whole.pop(f"sum_{axis}") / whole["area"]
    whole["touches_border"] = (
        (whole["y0"] == 0)
        | (whole["x0"] == 0)
        | (whole["y1"] == height)
        | (whole["x1"] == width)
    )
    central = _central_sections(sections, whole).set_index(keys)
    central = central.reindex(pd.MultiIndex.from_frame(whole[keys]))
    whole["z"] = central["z"].to_numpy()
    whole["plane_area"] = central["area"].to_numpy()
    if box_of == "plane":
        whole[list(BOX)] = central[list(BOX)].to_numpy()
    whole["roi_id"], whole["index"] = roi_id, whole["label"]
    position = [f"pos_{axis}" for axis in ("zyx" if n_z > 1 else "yx")]
    columns = [*ID_COLUMNS, *BOX, "z0", "z1", "z", "area", "plane_area", *position]
    return sort_rows(whole[[*columns, "touches_border"]])


def _central_sections(sections: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """Return each object's section nearest to its centroid; of two, the larger."""
    keys = ["frame", "label"]
    joined = sections.merge(whole[[*keys, "pos_z"]], on=keys)
    joined["distance"] = (joined["z"] - joined["pos_z"]).abs()
    ranked = joined.sort_values(
        [*keys, "distance", "area"], ascending=[True, True, True, False]
    )
    return ranked.drop_duplicates(keys)
