"""Which factors mostly tell slides or days apart: batch effects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from napari_disentangle.annotations.image_info import CONDITION
from napari_disentangle.metrics.between import between_groups
from napari_disentangle.recipes.image_cells import info_columns
from napari_disentangle.tables import NAMED_FACTORS, code_columns, included
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.metrics.between import Between
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.tasks import Task

_NAMED = (*code_columns(NAMED_FACTORS), "z_position")


@dataclass(frozen=True, slots=True)
class FactorBetween:
    """How far a factor separates the groups of a column of information on images.

    Attributes
    ----------
    factor : str
        Column of its code.
    column : str
        Slide, day, ...
    found : Between
        The share of its variance over image means.
    within_condition : bool
        Each group has images of one condition only, so that the difference may be that
        of the conditions.
    """

    factor: str
    column: str
    found: Between
    within_condition: bool

    @property
    def is_warning(self) -> bool:
        """Whether it looks like a batch effect; conditions are none."""
        return self.column != CONDITION and self.found.is_mostly_between


def image_means(images: Sequence[ImageCells], model_id: str) -> pd.DataFrame:
    """Return the mean code of each image, and what is known of the image.

    Excluded cells and those without a code do not count; images without such cells and
    those encoded by another model are left out.

    Returns
    -------
    pandas.DataFrame
        One row an image: `roi_id`, `n_cells`, the named factors ``z_...``, and the
        columns of `info_columns`, None where nothing is known.
    """
    columns, rows = info_columns(images), []
    for known in images:
        if known.model != model_id:
            continue
        codes = [c for c in map(str, known.table) if _is_named(c)]
        needed = [c for c in ("roi_id", "model", "excluded") if c in known.table]
        every = counted(known.table[[*needed, *codes]])
        for roi_id, cells in every.groupby("roi_id", sort=False):
            info = known.info.get(str(roi_id), {})
            row: dict[str, object] = {"roi_id": str(roi_id), "n_cells": len(cells)}
            row |= {str(name): mean for name, mean in cells[codes].mean().items()}
            rows.append(row | {name: info.get(name) for name in columns})
    return pd.DataFrame(rows)


def counted(table: pd.DataFrame) -> pd.DataFrame:
    """Return the cells that have a code and are not excluded."""
    coded = table[table["model"].notna()] if "model" in table else table[:0]
    return coded[included(coded)]


def batch_effects(
    images: Sequence[ImageCells], model_id: str
) -> tuple[FactorBetween, ...]:
    """Return for each named factor how far it separates the groups of each column.

    Parameters
    ----------
    images : sequence of ImageCells
        Images with what is known of them.
    model_id : str
        Only images encoded by this model count.

    Returns
    -------
    tuple of FactorBetween
        None if nothing is known of any image.
    """
    columns = info_columns(images)
    if not columns:
        return ()
    means = image_means(images, model_id)
    factors = [name for name in map(str, means) if _is_named(name)]
    groups = {name: _groups(means, name) for name in columns}
    found = [
        FactorBetween(
            factor,
            column,
            between_groups(means[factor], groups[column]),
            column != CONDITION
            and _is_nested(groups[column], groups.get(CONDITION, [])),
        )
        for factor in factors
        for column in columns
    ]
    tests = max(1, sum(not each.found.why_not for each in found))
    return tuple(
        replace(
            each,
            found=between_groups(means[each.factor], groups[each.column], tests=tests),
        )
        for each in found
    )


def iter_batch_effects(
    images: Sequence[ImageCells], model_id: str
) -> Task[Progress, tuple[FactorBetween, ...]]:
    """Return what `batch_effects` finds, as a task of one step."""
    yield Progress("Looking for batch effects", 0, 1)
    found = batch_effects(images, model_id)
    yield Progress("Looking for batch effects", 1, 1)
    return found


def effects_table(effects: Sequence[FactorBetween]) -> pd.DataFrame:
    """Return all shares as a table to be saved, one row a factor and column."""
    return pd.DataFrame(
        [
            {
                "factor": each.factor,
                "column": each.column,
                "eta_squared": each.found.share,
                "eta_squared_by_chance": each.found.chance,
                "eta_squared_limit": each.found.limit,
                "n_images": each.found.n_images,
                "n_groups": each.found.n_groups,
                "warning": each.is_warning,
                "why_not": each.found.why_not or None,
            }
            for each in effects
        ]
    )


def _groups(means: pd.DataFrame, column: str) -> list[str | None]:
    return list(means[column]) if column in means else []


def _is_nested(groups: Sequence[str | None], conditions: Sequence[str | None]) -> bool:
    """Return whether each group has one condition, of at least two that there are."""
    pairs = {
        (group, condition)
        for group, condition in zip(groups, conditions, strict=False)
        if group is not None and condition is not None
    }
    several = len({condition for _, condition in pairs}) > 1
    return several and len(pairs) == len({group for group, _ in pairs})


def _is_named(column: str) -> bool:
    return column.startswith(_NAMED) and not column.endswith("_sd")
