"""Bad cells, which no training and no number shall count, and why each is one.

They keep their rows in every table, with a flag: what was left out can be looked at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.annotations.marks import names_in, with_marks, without_marks
from napari_disentangle.annotations.values import COLUMN, annotate
from napari_disentangle.errors import DataError
from napari_disentangle.tables import EXCLUDED, EXCLUSION_REASON, included

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.annotations.values import Annotations

REASONS = ("debris", "out of focus", "clump", "cut off")
"""Reasons on offer; any other text will do."""


def exclude(annotations: Annotations, cells: pd.DataFrame, reason: str) -> Annotations:
    """Return `annotations` with `cells`, rows with `KEY`, excluded.

    A cell that was excluded already gets the new reason; classes stay.

    Raises
    ------
    DataError
        If there is no reason.
    """
    reason = reason.strip()
    if not reason:
        raise DataError(
            f"Excluding cells needs a reason; choose {', '.join(REASONS)} or type one."
        )
    marked = with_marks(annotations.excluded, cells, reason)
    return replace(annotations, excluded=marked)


def include(annotations: Annotations, cells: pd.DataFrame) -> Annotations:
    """Return `annotations` with `cells`, rows with `KEY`, counted again."""
    return replace(annotations, excluded=without_marks(annotations.excluded, cells))


def is_excluded(annotations: Annotations, cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which rows of `cells` are excluded, (N,)."""
    return np.asarray(pd.notna(names_in(annotations.excluded, cells)), np.bool_)


def mark_excluded(table: pd.DataFrame, annotations: Annotations) -> pd.DataFrame:
    """Return `table` with the columns ``excluded`` and ``exclusion_reason``."""
    reasons = names_in(annotations.excluded, table)
    return table.assign(
        **{EXCLUDED: np.asarray(pd.notna(reasons), np.bool_), EXCLUSION_REASON: reasons}
    )


def with_annotations(table: pd.DataFrame, annotations: Annotations) -> pd.DataFrame:
    """Return `table` with all that is annotated: class, exclusion and its reason."""
    return mark_excluded(annotate(table, annotations), annotations)


def with_known(table: pd.DataFrame, annotations: Annotations) -> pd.DataFrame:
    """Return `table` as `with_annotations`, without an empty new column of classes."""
    told = with_annotations(table, annotations)
    if COLUMN in table or told[COLUMN].notna().any():
        return told
    return told.drop(columns=COLUMN)


def same_exclusions(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    """Return whether two tables of the same cells tell the same exclusions."""
    columns = [EXCLUDED, EXCLUSION_REASON]
    both = all(name in table for name in columns for table in (a, b))
    return both and a[columns].equals(b[columns])


def count_reasons(table: pd.DataFrame) -> dict[str, int]:
    """Return how many cells of `table` are excluded for each reason, most first."""
    if EXCLUSION_REASON not in table:
        return {}
    told = table.loc[~included(table), EXCLUSION_REASON].astype(str)
    return {str(reason): int(n) for reason, n in told.value_counts().items()}


def reasons_text(counts: dict[str, int]) -> str:
    """Return reasons with their numbers: ``4 debris, 3 clump``."""
    return ", ".join(f"{n} {reason}" for reason, n in counts.items())
