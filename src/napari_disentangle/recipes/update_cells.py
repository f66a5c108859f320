"""Cells whose labels were edited are cut, encoded and measured again, and no others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.edits import compare_sections
from napari_disentangle.crops.measure import iter_measure_regions
from napari_disentangle.crops.regions import describe_sections
from napari_disentangle.crops.subset import Subset
from napari_disentangle.recipes.encode import cell_table, iter_encode_read
from napari_disentangle.recipes.familiarity import iter_familiarity
from napari_disentangle.recipes.objects import EncodedObjects, iter_plan_labels
from napari_disentangle.tables import ID_COLUMNS, Embedding, rows_by_key, sort_rows
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.crops.cut import LabelCrops
    from napari_disentangle.recipes.familiarity import Familiarity
    from napari_disentangle.recipes.objects import Objects
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task

_CELL = ["frame", "label"]


@dataclass(frozen=True, slots=True, eq=False)
class KnownCells:
    """What was found of cells before their labels were edited.

    Attributes
    ----------
    crops : LabelCrops
        Their crops.
    embedding : Embedding or None
        Codes of these crops, None if there are none yet.
    measured : pandas.DataFrame or None
        Classical features of the same objects.
    familiarity : Familiarity or None
        Whether they look like what the model was trained on. It is kept as long as
        cells are edited one by one.
    """

    crops: LabelCrops
    embedding: Embedding | None
    measured: pd.DataFrame | None
    familiarity: Familiarity | None


@dataclass(frozen=True, slots=True, eq=False)
class UpdatedCells:
    """The cells as the labels are now.

    Attributes
    ----------
    crops : LabelCrops
        Cut by the window side and the limits of brightness of before, so that cells
        that were not edited look the same.
    codes : EncodedObjects
        Model, codes, classical features and table of all of them.
    n_encoded : int
        How many were encoded now.
    """

    crops: LabelCrops
    codes: EncodedObjects
    n_encoded: int


def iter_update_cells(
    source: Objects,
    known: KnownCells,
    model: Model | str | Path,
    *,
    again: Collection[tuple[int, int]] = (),
    same_image: bool = True,
    device: str = "auto",
    batch_size: int = 16,
) -> Task[Progress, UpdatedCells]:
    """Find what was edited in the labels of `source`, and encode and measure that.

    Rows of cells that are gone are left out, new cells get a row, and cells that were
    not edited keep theirs to the last digit.

    Parameters
    ----------
    source : Objects
        Image and labels as they are now.
    known : KnownCells
        What was found before.
    model : Model, str or Path
        A model, a bundled name or a model folder; if it is another one than that of
        the codes, all cells are encoded.
    again : collection of (frame, label)
        Cells to encode even if their pixels are as before.
    same_image : bool
        Whether the image is as before; otherwise all is done anew, limits of
        brightness included.
    device, batch_size
        As in `iter_encode_objects`.

    Raises
    ------
    CropError
        If no cell is left.
    ModelError
        If the model cannot be read or used.
    """
    from napari_disentangle.storage.models import Model, read_model

    if not isinstance(model, Model):
        yield Progress("Reading the model", 0, 1)
        model = read_model(model)
    crops = yield from _iter_replan(source, known.crops, same_image=same_image)
    edited = compare_sections(known.crops.sections, crops.sections)[_CELL]
    forced = pd.DataFrame(list(again), columns=_CELL, dtype=np.int64)
    edited = pd.concat([edited, forced]).drop_duplicates(ignore_index=True)
    before = known.embedding if same_image else None
    if known.familiarity is None or (before and before.model_id != model.id):
        before = None
    keep = _unedited(crops.table, edited, before)
    embedding, familiarity = before, known.familiarity
    rows, features = np.flatnonzero(keep < 0), None
    if len(rows):
        part: Crops = Subset(crops, rows)
        embedding, features = yield from iter_encode_read(
            part, model, device=device, batch_size=batch_size
        )
    if before is None or familiarity is None:
        familiarity = yield from iter_familiarity(model, crops, features, device=device)
    else:
        familiarity = replace(familiarity, n_cells=len(crops))
    embedding = _merge(crops, before or embedding, embedding, keep)
    measured = yield from _iter_remeasure(
        source, crops, edited, known.measured if same_image else None
    )
    table = cell_table(embedding, measured)
    codes = EncodedObjects(model, embedding, measured, table, familiarity)
    return UpdatedCells(crops, codes, len(rows))


def _iter_replan(
    source: Objects, before: LabelCrops, *, same_image: bool
) -> Task[Progress, LabelCrops]:
    if not same_image:
        return (yield from iter_plan_labels(source, before.config))
    config, limits = before.shared_config, before.limits
    return (yield from iter_plan_labels(source, config, limits=limits))


def _unedited(
    table: pd.DataFrame, edited: pd.DataFrame, before: Embedding | None
) -> NDArray[np.int64]:
    """Return the row of `before` that each row of `table` keeps, -1 for none."""
    if before is None:
        return np.full(len(table), -1, np.int64)
    rows = rows_by_key(before.table, table)
    return np.where(_are_in(table, edited), -1, rows)


def _are_in(table: pd.DataFrame, cells: pd.DataFrame) -> NDArray[np.bool_]:
    given = pd.MultiIndex.from_frame(table[_CELL])
    return np.asarray(given.isin(pd.MultiIndex.from_frame(cells[_CELL])))


def _merge(
    crops: LabelCrops,
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


def _iter_remeasure(
    source: Objects,
    crops: LabelCrops,
    edited: pd.DataFrame,
    before: pd.DataFrame | None,
) -> Task[Progress, pd.DataFrame]:
    """Measure what was edited, or all if nothing was measured before."""
    regions = describe_sections(crops.sections, source.objects.shape, source.roi_id)
    if before is not None:
        known = ~_are_in(regions, edited) & (rows_by_key(before, regions) >= 0)
        kept = before.iloc[rows_by_key(before, regions[known])]
        regions = regions[~known]
    new = yield from iter_measure_regions(
        source.image, source.objects, regions, spacing_um=source.spacing_um
    )
    if before is None:
        return new
    return sort_rows(pd.concat([kept, new])) if len(new) else sort_rows(kept)
