"""Which objects were painted, filled, merged, moved, added or deleted since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.regions import SECTION, iter_sections

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray
    from napari_disentangle.crops.windows import WindowCrops
    from napari_disentangle.tasks import Progress, Task


def compare_sections(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return the sections that were added, removed or have other pixels.

    Parameters
    ----------
    before, now : pandas.DataFrame
        From `iter_sections`, of the same planes.

    Returns
    -------
    pandas.DataFrame
        `frame`, `z` and `label`, each once.
    """
    known = [*SECTION, "digest"]
    both = pd.concat([before[known], now[known]], ignore_index=True)
    differing = both.drop_duplicates(keep=False)[list(SECTION)]
    return differing.drop_duplicates(ignore_index=True)


def compare_marks(
    ids: NDArray[np.int64],
    before: NDArray[np.float64],
    ids_now: NDArray[np.int64],
    now: NDArray[np.float64],
) -> pd.DataFrame:
    """Return the points or boxes that were added, removed or moved.

    Parameters
    ----------
    ids, ids_now : array, (N,) and (M,)
        Id of each.
    before, now : array, (N, D) and (M, D)
        Where each is; the time point comes first.

    Returns
    -------
    pandas.DataFrame
        `frame` and `label`, each once; of one that went to another time point, both.
    """
    tables = [
        pd.DataFrame(places).assign(
            frame=np.floor(places[:, 0] + 0.5).astype(np.int64), label=labels
        )
        for places, labels in ((before, ids), (now, ids_now))
    ]
    both = pd.concat(tables, ignore_index=True)
    differing = both.drop_duplicates(keep=False)[["frame", "label"]]
    return differing.drop_duplicates(ignore_index=True)


def compare_windows(before: WindowCrops, now: WindowCrops) -> pd.DataFrame:
    """Return the points or boxes with a crop that were added, removed or moved.

    Parameters
    ----------
    before, now : WindowCrops
        Cut by the same choices.

    Returns
    -------
    pandas.DataFrame
        As from `compare_marks`.
    """
    found = []
    for crops in (before, now):
        at = crops.windows
        frames = crops.table["frame"].to_numpy(np.float64)
        where = [frames, at.z0, at.z1, at.center, at.side, crops.boxes]
        found += [crops.table["label"].to_numpy(), np.column_stack(where)]
    return compare_marks(*found)


def iter_find_edits(
    labels: LazyArray, before: pd.DataFrame, planes: Collection[tuple[int, int]]
) -> Task[Progress, pd.DataFrame]:
    """Look at some planes again and return the sections that differ.

    Parameters
    ----------
    labels : array, (T, Z, Y, X), any integer type
        The labels as they are now.
    before : pandas.DataFrame
        All sections there were, from `iter_sections`.
    planes : collection of (frame, z)
        Where to look.

    Returns
    -------
    pandas.DataFrame
        As from `compare_sections`.
    """
    now = yield from iter_sections(labels, planes)
    index = pd.MultiIndex.from_frame(before[["frame", "z"]])
    return compare_sections(before[index.isin(list(planes))], now)
