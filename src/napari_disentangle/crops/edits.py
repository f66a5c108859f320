"""Which objects of a labels image were painted, filled, merged or deleted since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from napari_disentangle.crops.regions import SECTION, iter_sections

if TYPE_CHECKING:
    from collections.abc import Collection

    from napari_disentangle.crops.axes import LazyArray
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
