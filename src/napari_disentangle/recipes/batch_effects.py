"""Which factors mostly tell slides or days apart, in words: batch effects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from napari_disentangle.annotations.image_info import CONDITION
from napari_disentangle.metrics.between import between_groups
from napari_disentangle.recipes.image_cells import info_columns
from napari_disentangle.tables import NAMED_FACTORS, code_columns, included

if TYPE_CHECKING:
    from collections.abc import Sequence

    from napari_disentangle.metrics.between import Between
    from napari_disentangle.recipes.image_cells import ImageCells

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


def warning_text(found: FactorBetween) -> str:
    """Return a warning in two sentences or three."""
    part, column = found.found, found.column
    text = (
        f"{_word(found.factor).capitalize()} mostly separates {column}: "
        f"{100 * part.share:.0f} % of the variance of {part.n_images} image means lies "
        f"between {part.n_groups} values of {column} (by chance "
        f"{100 * part.chance:.0f} %). Beware of a batch effect: compare images of one "
        f"{column}."
    )
    if found.within_condition:
        text += (
            f" Each {column} has one {CONDITION} only, so the difference may as "
            f"well be that of the {CONDITION}s."
        )
    return text


def factor_note(effects: Sequence[FactorBetween], factor: str) -> str:
    """Return what must be said beside a factor: warnings, and what is not told.

    Empty if there is nothing to be said.
    """
    own = [each for each in effects if each.factor == factor]
    warned = [warning_text(each) for each in own if each.is_warning]
    return " ".join([*warned, *_untold(own)])


def report_text(effects: Sequence[FactorBetween]) -> str:
    """Return for a report which factors separate what; empty if nothing is known."""
    warned = [warning_text(each) for each in effects if each.is_warning]
    told = [e for e in effects if not e.found.why_not and e.column != CONDITION]
    columns = list(dict.fromkeys(each.column for each in told))
    if told and not warned:
        n = max(each.found.n_images for each in told)
        warned = [
            f"No named factor mostly separated {_listed(columns)} ({n} images; a "
            "warning takes more than half of the variance of image means beyond "
            "chance, and more than chance gives in 1 of 20 such reports)."
        ]
    return " ".join([*warned, *_untold(effects)])


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


def _untold(effects: Sequence[FactorBetween]) -> list[str]:
    """Return a sentence for each column of which nothing can be told of some factor."""
    reasons = {
        each.column: each.found.why_not
        for each in effects
        if each.found.why_not and each.column != CONDITION
    }
    by_reason: dict[str, list[str]] = {}
    for column, reason in reasons.items():
        by_reason.setdefault(reason, []).append(column)
    return [
        f"Whether factors separate {_listed(columns)} is not told: {reason}."
        for reason, columns in by_reason.items()
    ]


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


def _word(factor: str) -> str:
    return factor.removeprefix("z_").replace("_", " ")


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last
