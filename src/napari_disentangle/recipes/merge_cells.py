"""Rows of cells as they were, joined with those of the cells that were edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.cut import LabelCrops
from napari_disentangle.crops.edits import compare_sections, compare_windows
from napari_disentangle.crops.pixel_digest import changed_cells
from napari_disentangle.crops.windows import WindowCrops
from napari_disentangle.tables import ID_COLUMNS, Embedding, rows_by_key

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.crops.pixel_digest import PixelDigest

_CELL = ["frame", "label"]


def edited_cells(
    before: ImageCrops,
    now: ImageCrops,
    pixels: tuple[PixelDigest | None, PixelDigest | None],
    again: Collection[tuple[int, int]],
) -> pd.DataFrame:
    """Return `frame` and `label` of the cells that differ, each once.

    Parameters
    ----------
    before, now : ImageCrops
        The same kind of crops, cut by the same choices.
    pixels : pair of PixelDigest or None
        What their pixels were and are, where both are known.
    again : collection of (frame, label)
        Cells that count as edited whatever they look like.
    """
    found = [pd.DataFrame(list(again), columns=_CELL, dtype=np.int64)]
    if isinstance(before, LabelCrops) and isinstance(now, LabelCrops):
        found.append(compare_sections(before.sections, now.sections)[_CELL])
    elif isinstance(before, WindowCrops) and isinstance(now, WindowCrops):
        found.append(compare_windows(before, now))
    if pixels[0] is not None and pixels[1] is not None:
        found.append(changed_cells(pixels[0].objects, pixels[1].objects))
    return pd.concat(found).drop_duplicates(ignore_index=True)


def kept_rows(
    table: pd.DataFrame, edited: pd.DataFrame, before: Embedding | None
) -> NDArray[np.int64]:
    """Return the row of `before` that each row of `table` keeps, -1 for none."""
    if before is None:
        return np.full(len(table), -1, np.int64)
    rows = rows_by_key(before.table, table)
    return np.where(are_in(table, edited), -1, rows)


def are_in(table: pd.DataFrame, cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which rows of `table` are of the given cells, (N,)."""
    given = pd.MultiIndex.from_frame(table[_CELL])
    return np.asarray(given.isin(pd.MultiIndex.from_frame(cells[_CELL])))


def merge_codes(
    crops: ImageCrops,
    before: Embedding | None,
    new: Embedding | None,
    keep: NDArray[np.int64],
) -> Embedding:
    """Return the codes of all crops: rows of `before`, else those of `new`."""
    assert before is not None
    assert new is not None
    arrays = []
    for old, added in ((before.mean, new.mean), (before.sd, new.sd)):
        values = old[np.maximum(keep, 0)]
        if (keep < 0).any():
            values[keep < 0] = added
        arrays.append(values)
    table = crops.table[list(ID_COLUMNS)].reset_index(drop=True)
    is_gray = before.is_gray and new.is_gray
    names, model_id = before.dimensions, before.model_id
    return Embedding(arrays[0], arrays[1], names, model_id, table, is_gray)
