"""Crops around points and in boxes, where there is no mask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from napari_disentangle.crops.cut import ImageCrops, Windows
from napari_disentangle.crops.images import check_image
from napari_disentangle.crops.intensity import find_limits
from napari_disentangle.crops.missing import LACKING, missing_at
from napari_disentangle.crops.plan import (
    check_limits,
    guess_rgb,
    open_channels,
    split_skipped,
    window_sides,
)
from napari_disentangle.crops.regions import BOX
from napari_disentangle.errors import CropError, NoCellsError
from napari_disentangle.tables import ID_COLUMNS, KEY, sort_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray
    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.planes import Planes

NO_BOX = (-np.inf, -np.inf, np.inf, np.inf)


class WindowCrops(ImageCrops):
    """One crop a point or box; made by `plan_windows` and `plan_boxes`.

    Attributes
    ----------
    boxes : array, (N, 4), float64
        ``y0, x0, y1, x1`` in pixels; infinite for points.
    skipped_places : pandas.DataFrame
        `KEY` and position, as in `table`, of the objects that have no crop.
    """

    def __init__(
        self,
        boxes: NDArray[np.float64],
        skipped_places: pd.DataFrame,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.boxes = boxes
        self.skipped_places = skipped_places

    def is_masked(self) -> bool:
        """Return whether pixels outside the boxes are set to 0; points have none."""
        return super().is_masked() and bool(np.isfinite(self.boxes).all())

    def _mask(self, row: int, ys: slice, xs: slice) -> NDArray[np.float32]:
        return box_mask(self.boxes[row], ys, xs)


def plan_windows(
    image: LazyArray,
    centers: NDArray[np.float64],
    side_px: float,
    config: CropConfig,
    *,
    roi_id: str = "image",
    ids: NDArray[np.int64] | None = None,
    is_rgb: bool | None = None,
    limits: NDArray[np.float64] | None = None,
) -> WindowCrops:
    """Return one crop of fixed size around each point; the background is kept.

    Parameters
    ----------
    image : array, (T, Z, C, Y, X)
        The image; numpy or dask.
    centers : array, (N, 2), (N, 3) or (N, 4), pixels
        ``y, x``, with a leading time point, or plane where there is no time axis, or
        both.
    side_px : float
        Side of the window in pixels.
    config : CropConfig
        How crops are cut; `window` and `background` do not apply.
    roi_id : str
        Name of the image in the table.
    ids : array, (N,), optional
        Label of each point; 1, 2, ... by default.
    is_rgb, limits
        As in `iter_plan_crops`.

    Raises
    ------
    NoCellsError
        If there are no points.
    CropError
        If all are outside the image, or `side_px` is not positive.
    """
    if not side_px > 0:
        raise CropError(f"The window side must be above 0 px; got {side_px}.")
    centers = _table_of(centers, (2, 3, 4), "points")
    boxes = np.tile(NO_BOX, (len(centers), 1))
    config = config.replace(
        window="common", window_px=float(side_px), background="keep"
    )
    return _plan(image, centers, boxes, config, roi_id, ids, is_rgb, limits)


def plan_boxes(
    image: LazyArray,
    boxes: NDArray[np.float64],
    config: CropConfig,
    *,
    frames: NDArray[np.int64] | None = None,
    roi_id: str = "image",
    ids: NDArray[np.int64] | None = None,
    is_rgb: bool | None = None,
    limits: NDArray[np.float64] | None = None,
) -> WindowCrops:
    """Return one crop around the center of each box.

    Parameters
    ----------
    image : array, (T, Z, C, Y, X)
        The image; numpy or dask.
    boxes : array, (N, 4), pixels
        ``y0, x0, y1, x1`` (VOC: ymin, xmin, ymax, xmax); fractions are allowed.
    config : CropConfig
        How crops are cut; ``background="suppress"`` sets what is outside a box to 0.
    frames : array, (N,) or (N, 2), optional
        Time point of each box, or its plane where there is no time axis, or both; 0
        and the middle plane by default.
    roi_id, ids, is_rgb, limits
        As in `plan_windows`.

    Raises
    ------
    NoCellsError
        If there are no boxes.
    CropError
        If all of them are skipped.
    """
    boxes = _table_of(boxes, (4,), "boxes")
    middle = np.stack([boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]], 1) / 2
    if frames is not None:
        middle = np.column_stack([frames, middle])
    return _plan(image, middle, boxes, config, roi_id, ids, is_rgb, limits)


def _plan(
    image: LazyArray,
    centers: NDArray[np.float64],
    boxes: NDArray[np.float64],
    config: CropConfig,
    roi_id: str,
    ids: NDArray[np.int64] | None,
    is_rgb: bool | None,
    limits: NDArray[np.float64] | None,
) -> WindowCrops:
    check_image(image)
    objects = _objects(image.shape, centers, boxes, roi_id, ids)
    planes = open_channels(image, config)
    reasons = _skip_reasons(objects, image.shape, config)
    reasons[_lack_value(objects, reasons, planes)] = LACKING
    every = objects
    objects, skipped = split_skipped(objects, reasons)
    objects["frame"] = np.floor(objects["frame"] + 0.5).astype(np.int64)
    if limits is None:
        is_rgb = guess_rgb(image, config) if is_rgb is None else is_rgb
        limits = find_limits(planes, config, is_rgb=is_rgb)
    position = ["pos_z", "pos_y", "pos_x"] if planes.n_z > 1 else ["pos_y", "pos_x"]
    return WindowCrops(
        objects[list(BOX)].to_numpy(),
        every.loc[reasons != "", [*KEY, *position]],
        planes=planes,
        windows=_windows(objects, planes.n_z, config),
        table=objects[[*ID_COLUMNS, *position]].copy(),
        skipped=skipped,
        limits=check_limits(limits, planes.n_channels),
        config=config,
    )


def _table_of(
    rows: NDArray[np.float64], widths: tuple[int, ...], what: str
) -> NDArray[np.float64]:
    rows = np.asarray(rows, np.float64)
    if rows.size == 0:
        raise NoCellsError(f"There are no {what} to crop around; add some first.")
    if rows.ndim != 2 or rows.shape[1] not in widths:
        raise CropError(
            f"The {what} must be a table with {' or '.join(map(str, widths))} columns; "
            f"got an array of shape {rows.shape}."
        )
    return rows


def _objects(
    shape: tuple[int, ...],
    centers: NDArray[np.float64],
    boxes: NDArray[np.float64],
    roi_id: str,
    ids: NDArray[np.int64] | None,
) -> pd.DataFrame:
    """Return one row a point or box, sorted by key."""
    n_frames, n_z = shape[:2]
    n = len(centers)
    labels = np.arange(1, n + 1) if ids is None else np.asarray(ids, np.int64)
    if len(labels) != n or len(np.unique(labels)) != n or labels.min() < 1:
        raise CropError(f"{n} points or boxes need {n} different ids, from 1 up.")
    leading = dict.fromkeys(("frame", "pos_z"), np.zeros(n))
    leading["pos_z"] = np.full(n, (n_z - 1) // 2)
    names = {2: [], 3: ["pos_z" if n_frames == 1 < n_z else "frame"]}
    for column, name in enumerate(names.get(centers.shape[1], ["frame", "pos_z"])):
        leading[name] = centers[:, column]
    objects = pd.DataFrame({"roi_id": roi_id, "label": labels, "index": labels})
    return sort_rows(
        objects.assign(
            **leading,
            pos_y=centers[:, -2],
            pos_x=centers[:, -1],
            **dict(zip(BOX, boxes.T, strict=True)),
        )
    )


def box_reasons(
    boxes: pd.DataFrame,
    height: pd.Series[int] | int,
    width: pd.Series[int] | int,
    config: CropConfig,
) -> pd.Series[str]:
    """Return why each box has no crop, (N,); empty for those that have one.

    Parameters
    ----------
    boxes : pandas.DataFrame
        `y0`, `x0`, `y1`, `x1` in pixels; infinite for points.
    height, width : int or Series of int, (N,)
        Size of the image, or of each box's own image.
    config : CropConfig
        Least area, and whether boxes at the border are skipped.
    """
    y0, x0, y1, x1 = (boxes[name] for name in BOX)
    reasons = pd.Series("", index=boxes.index, dtype=object)
    if config.clear_border:
        beyond = (y0 <= -0.5) | (x0 <= -0.5)
        beyond |= (y1 >= height - 0.5) | (x1 >= width - 0.5)
        reasons[beyond & np.isfinite(y0)] = "cut by the image border"
    small = ~((y1 - y0) * (x1 - x0) >= config.min_area_px) | (y1 <= y0) | (x1 <= x0)
    reasons[small] = f"smaller than {config.min_area_px} px"
    return reasons


def _skip_reasons(
    objects: pd.DataFrame, shape: tuple[int, ...], config: CropConfig
) -> pd.Series[str]:
    reasons = box_reasons(objects, shape[-2], shape[-1], config)
    inside = np.ones(len(objects), bool)
    axes = {"frame": 0, "pos_z": 1, "pos_y": -2, "pos_x": -1}
    for name, axis in axes.items():
        inside &= objects[name].between(-0.5, shape[axis] - 0.5, inclusive="left")
    reasons[~inside] = "outside the image"
    return reasons


def _lack_value(
    objects: pd.DataFrame, reasons: pd.Series[str], planes: Planes
) -> NDArray[np.bool_]:
    """Return which objects that are not skipped lack a value at their center, (N,)."""
    lacking = (reasons == "").to_numpy(np.bool_)
    place = ["frame", "pos_z", "pos_y", "pos_x"]
    at = np.floor(objects.loc[lacking, place].to_numpy() + 0.5).astype(np.int64)
    lacking[lacking] = missing_at(planes, at[:, 0], at[:, 1], at[:, 2:])
    return lacking


def _windows(objects: pd.DataFrame, n_z: int, config: CropConfig) -> Windows:
    y0, x0, y1, x1 = (objects[name].to_numpy() for name in BOX)
    longer = np.maximum(y1 - y0, x1 - x0)
    central = config.projection == "central"
    z = np.floor(objects["pos_z"].to_numpy() + 0.5).astype(np.int64)
    return Windows(
        frame=objects["frame"].to_numpy(),
        z0=z if central else np.zeros_like(z),
        z1=z + 1 if central else np.full_like(z, n_z),
        center=objects[["pos_y", "pos_x"]].to_numpy(),
        side=window_sides(longer, config),
    )


def box_mask(box: NDArray[np.float64], ys: slice, xs: slice) -> NDArray[np.float32]:
    """Return how much of each pixel, (h, w), is in a box ``y0, x0, y1, x1``."""
    y0, x0, y1, x1 = box
    return np.outer(_coverage(ys, y0, y1), _coverage(xs, x0, x1)).astype(np.float32)


def _coverage(span: slice, low: float, high: float) -> NDArray[np.float64]:
    """Return how much of each pixel of `span` is between `low` and `high`."""
    at = np.arange(span.start, span.stop)
    covered = np.minimum(at + 0.5, high) - np.maximum(at - 0.5, low)
    return np.clip(covered, 0, 1, out=covered)
