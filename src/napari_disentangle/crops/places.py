"""Where objects lie, also those without a crop, and annotations put on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.annotations.refit import SAME_PX, refit
from napari_disentangle.crops.boxes import BoxCrops
from napari_disentangle.crops.cut import LabelCrops
from napari_disentangle.crops.joined import JoinedCrops
from napari_disentangle.crops.regions import BOX, describe_sections
from napari_disentangle.crops.windows import WindowCrops
from napari_disentangle.tables import KEY, join

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.annotations.refit import Refit
    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.tables import Crops


_REACH = 0.25  # of the window: how far a cell may lie from where it was
_REACH_PX = 6.0  # where each crop has a window of its own


def fitted_to(
    annotations: Annotations, crops: Crops, cells: pd.DataFrame | None = None
) -> Refit:
    """Return `annotations` on the cells of `crops`: see `refit`.

    Parameters
    ----------
    annotations : Annotations
        Read from a file.
    crops : Crops
        The present cells, and what was skipped.
    cells : pandas.DataFrame, optional
        Those rows of their table that are meant; all by default.
    """
    cells = crops.table if cells is None else cells
    reach = reach_px(crops)[crops.table.index.get_indexer(cells.index)]
    return refit(annotations, cells, reach, skipped_places(crops))


def reach_px(crops: Crops) -> NDArray[np.float64]:
    """Return how far each cell may lie from where it was annotated, in pixels, (N,).

    Points and boxes do not move by themselves. The centroid of a cell that is segmented
    anew does, but hardly beyond its border: there is the next cell.
    """
    if isinstance(crops, JoinedCrops):
        return crops.of_parts([reach_px(part) for part in crops.parts])
    if isinstance(crops, WindowCrops | BoxCrops):
        return np.full(len(crops), SAME_PX)
    side = crops.window_px
    reach = np.full(len(crops), _REACH * side if np.isfinite(side) else _REACH_PX)
    if not isinstance(crops, LabelCrops):
        return reach
    y0, x0, y1, x1 = (crops.regions[name].to_numpy(np.float64) for name in BOX)
    half = np.minimum(y1 - y0, x1 - x0) / 2
    return np.asarray(np.minimum(np.maximum(half, SAME_PX), reach), np.float64)


def skipped_places(crops: Crops) -> pd.DataFrame:
    """Return `KEY`, `pos_y`, `pos_x` (pixels) of objects that were skipped.

    Parameters
    ----------
    crops : Crops
        From labels, points, boxes or files.

    Returns
    -------
    pandas.DataFrame
        Sorted by `KEY`, in a z-stack with `pos_z`; NaN where it is not known, as in
        folders of images.
    """
    none = crops.table.iloc[:0]
    rows: pd.DataFrame = getattr(crops, "skipped", none)[list(KEY)]
    if len(rows) and isinstance(crops, WindowCrops):
        return join(rows, crops.skipped_places)
    if len(rows) and isinstance(crops, LabelCrops):
        parts = crops.sections[crops.sections["label"].isin(rows["label"])]
        whole = describe_sections(parts, crops.shape, rows["roi_id"].iloc[0])
        return join(rows, whole.filter(regex="^(roi_id|frame|label|pos_[zyx])$"))
    if len(rows) and isinstance(crops, BoxCrops):
        boxes = crops.folder.boxes
        y, x = (boxes[f"{axis}0"] / 2 + boxes[f"{axis}1"] / 2 for axis in "yx")
        return join(rows, boxes[list(KEY)].assign(pos_y=y, pos_x=x))
    return rows.assign(pos_y=np.nan, pos_x=np.nan)
