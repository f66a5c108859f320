"""Cells that were edited are cut, encoded and measured again, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.cut import LabelCrops
from napari_disentangle.crops.measure import iter_measure_regions
from napari_disentangle.crops.pixel_digest import iter_digest_pixels
from napari_disentangle.crops.regions import describe_sections
from napari_disentangle.crops.subset import Subset
from napari_disentangle.recipes.encode import cell_table, iter_encode_read
from napari_disentangle.recipes.familiarity import (
    iter_familiarity,
    iter_update_familiarity,
)
from napari_disentangle.recipes.merge_cells import (
    are_in,
    edited_cells,
    kept_rows,
    merge_codes,
)
from napari_disentangle.recipes.objects import (
    EncodedObjects,
    iter_plan_objects,
    positions,
)
from napari_disentangle.tables import rows_by_key, sort_rows
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from napari_disentangle.crops.cut import ImageCrops
    from napari_disentangle.crops.pixel_digest import PixelDigest
    from napari_disentangle.recipes.familiarity import Familiarity
    from napari_disentangle.recipes.objects import Objects
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Task


@dataclass(frozen=True, slots=True, eq=False)
class KnownCells:
    """What was found of cells before they were edited.

    Attributes
    ----------
    crops : ImageCrops
        Their crops.
    embedding : Embedding or None
        Codes of these crops, None if there are none yet.
    measured : pandas.DataFrame or None
        Classical features of the same objects; None of points and boxes, too.
    familiarity : Familiarity or None
        Whether they look like what the model was trained on.
    pixels : PixelDigest or None
        What their pixels were, to find those changed in place.
    """

    crops: ImageCrops
    embedding: Embedding | None
    measured: pd.DataFrame | None
    familiarity: Familiarity | None
    pixels: PixelDigest | None = None


@dataclass(frozen=True, slots=True, eq=False)
class UpdatedCells:
    """The cells as image and labels are now.

    Attributes
    ----------
    crops : ImageCrops
        Cut by the window side and the limits of brightness of before, so that cells
        that were not edited look the same.
    codes : EncodedObjects
        Model, codes, classical features and table of all of them.
    n_encoded : int
        How many were encoded now.
    pixels : PixelDigest or None
        What their pixels were just before; None of images that are not in memory.
    """

    crops: ImageCrops
    codes: EncodedObjects
    n_encoded: int
    pixels: PixelDigest | None


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
    """Find what was edited in `source`, and encode and measure that.

    Rows of cells that are gone are left out, new cells get a row, and cells that were
    not edited keep theirs to the last digit.

    Parameters
    ----------
    source : Objects
        Image and labels, points or boxes as they are now.
    known : KnownCells
        What was found before.
    model : Model, str or Path
        A model, a bundled name or a model folder; if it is another one than that of
        the codes, all cells are encoded.
    again : collection of (frame, label)
        Cells to encode even if their pixels are as before.
    same_image : bool
        Whether the image is as before, but for some cells; otherwise all is done
        anew, limits of brightness included.
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
    pixels = yield from _iter_pixels(source, crops)
    edited = edited_cells(known.crops, crops, (known.pixels, pixels), again)
    before = known.embedding if same_image else None
    if known.familiarity is None or (before and before.model_id != model.id):
        before = None
    keep = kept_rows(crops.table, edited, before)
    rows = np.flatnonzero(keep < 0)
    part: Crops = Subset(crops, rows)
    embedding, features = before, None
    if len(rows):
        embedding, features = yield from iter_encode_read(
            part, model, device=device, batch_size=batch_size
        )
    if before is None or known.familiarity is None:
        familiarity = yield from iter_familiarity(model, crops, features, device=device)
    else:
        familiarity = yield from iter_update_familiarity(
            known.familiarity, model, crops, part, features, device=device
        )
    embedding = merge_codes(crops, before or embedding, embedding, keep)
    measured = None
    if isinstance(crops, LabelCrops):
        measured = yield from _iter_remeasure(
            source, crops, edited, known.measured if same_image else None
        )
    where = positions(crops, source.spacing_um) if measured is None else measured
    table = cell_table(embedding, where)
    codes = EncodedObjects(model, embedding, measured, table, familiarity)
    return UpdatedCells(crops, codes, len(rows), pixels)


def _iter_replan(
    source: Objects, before: ImageCrops, *, same_image: bool
) -> Task[Progress, ImageCrops]:
    if not same_image:
        return (yield from iter_plan_objects(source, before.config))
    config, limits = before.shared_config, before.limits
    return (yield from iter_plan_objects(source, config, limits=limits))


def _iter_pixels(
    source: Objects, crops: ImageCrops
) -> Task[Progress, PixelDigest | None]:
    """Return what the pixels are before they are encoded, if they are in memory."""
    if not isinstance(source.image, np.ndarray):
        return None
    labels = source.objects if source.kind == "labels" else None
    if not isinstance(labels, np.ndarray):
        labels = None
    return (yield from iter_digest_pixels(crops, source.image, labels))


def _iter_remeasure(
    source: Objects,
    crops: LabelCrops,
    edited: pd.DataFrame,
    before: pd.DataFrame | None,
) -> Task[Progress, pd.DataFrame]:
    """Measure what was edited, or all if nothing was measured before."""
    regions = describe_sections(crops.sections, source.objects.shape, source.roi_id)
    if before is not None:
        known = ~are_in(regions, edited) & (rows_by_key(before, regions) >= 0)
        kept = before.iloc[rows_by_key(before, regions[known])]
        regions = regions[~known]
    new = yield from iter_measure_regions(
        source.image, source.objects, regions, spacing_um=source.spacing_um
    )
    if before is None:
        return new
    return sort_rows(pd.concat([kept, new])) if len(new) else sort_rows(kept)
