"""Where objects lie, also those without a crop, and annotations put on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.annotations.refit import reach_px, refit
from napari_disentangle.tables import KEY, join

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.annotations.refit import Refit
    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.tables import Crops


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
    reach = reach_px(crops.window_px)
    return refit(annotations, cells, reach, skipped_places(crops))


def skipped_places(crops: Crops) -> pd.DataFrame:
    """Return `KEY`, `pos_y`, `pos_x` (pixels) of the objects that were skipped.

    Parameters
    ----------
    crops : Crops
        From labels, points, boxes or files.

    Returns
    -------
    pandas.DataFrame
        Sorted by `KEY`; NaN where it is not known, as of all but labels.
    """
    none = crops.table.iloc[:0]
    rows: pd.DataFrame = getattr(crops, "skipped", none)[list(KEY)]
    sections = getattr(crops, "sections", None)
    if sections is None or rows.empty:
        return rows.assign(pos_y=np.nan, pos_x=np.nan)
    sums = sections.groupby(["frame", "label"])[["area", "sum_y", "sum_x"]].sum()
    centers = sums[["sum_y", "sum_x"]].div(sums["area"], axis=0)
    centers.columns = ["pos_y", "pos_x"]
    named = centers.reset_index().assign(roi_id=rows["roi_id"].iloc[0])
    return join(rows, named)
