"""The cells of all images that can teach a classifier, and be predicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.annotations.exclusions import with_annotations
from napari_disentangle.annotations.values import COLUMN
from napari_disentangle.classify.columns import PREDICTED
from napari_disentangle.recipes.cut_alike import REMEDY, unlike_text
from napari_disentangle.recipes.image_cells import distinct
from napari_disentangle.tables import (
    EXCLUDED,
    EXCLUSION_REASON,
    KEY,
    included,
    model_of,
)
from napari_disentangle.widgets._images import shown_image

if TYPE_CHECKING:
    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.widgets._session import Session

FEWEST = 2
"""So many cells a class needs to be both learned and tested."""

_TOLD = [COLUMN, EXCLUDED, EXCLUSION_REASON]


def all_cells(session: Session) -> pd.DataFrame:
    """Return the cells of all images of `session` as one table, with their classes.

    Images whose codes are of another model than those shown are left out. Images that
    share a name, from two folders, say, get their key in it, but for the one shown.
    There are no predictions in it, and no rows before the cells are encoded.
    """
    table = session.table
    if table is None:
        return pd.DataFrame(columns=[*KEY, COLUMN])
    others = other_images(session, table)
    parts = [table, *(known.table for known, named in others if named is known)]
    plain = pd.concat(map(without_predictions, parts), ignore_index=True)
    if session.annotations is not None:
        told = plain.drop(columns=_TOLD, errors="ignore")
        plain = with_annotations(told, session.annotations)
    # what the session tells of a shared name is of one of the images only
    own = [without_predictions(n.table) for known, n in others if n is not known]
    both = pd.concat([plain, *own], ignore_index=True) if own else plain
    return both if COLUMN in both else both.assign(**{COLUMN: np.nan})


def other_images(
    session: Session, table: pd.DataFrame
) -> list[tuple[ImageCells, ImageCells]]:
    """Return the other images whose codes are of the model of `table`.

    Each is given as it is, and with a name that no other image has.
    """
    shown, model = shown_image(session), model_of(table)
    return [
        (known, named)
        for known, named in zip(session.images, distinct(session.images), strict=True)
        if known is not shown and known.model == model
    ]


def cut_unlike(session: Session) -> str:
    """Return how the images that are taught were cut unlike, and what to do, or ""."""
    table, shown = session.table, shown_image(session)
    if table is None or shown is None:
        return ""
    unlike = unlike_text([shown, *(known for known, _ in other_images(session, table))])
    return f"{unlike} {REMEDY}" if unlike else ""


def class_counts(cells: pd.DataFrame) -> dict[str, int]:
    """Return how many cells of each class can teach: those with codes that count."""
    taught = included(cells) & cells[COLUMN].notna()
    if "model" in cells:  # a cell without a crop has none
        taught &= cells["model"].notna()
    counts = cells.loc[taught, COLUMN].value_counts()
    return {str(name): int(n) for name, n in counts.items()}


def n_taught(cells: pd.DataFrame) -> int:
    """Return how many cells have a class that can be learned."""
    return sum(n for n in class_counts(cells).values() if n >= FEWEST)


def rare_classes(cells: pd.DataFrame) -> list[str]:
    """Return the classes with too few cells to be learned."""
    counts = class_counts(cells)
    names = sorted(map(str, cells.loc[included(cells), COLUMN].dropna().unique()))
    return [name for name in names if counts.get(name, 0) < FEWEST]


def without_predictions(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` without what a classifier told."""
    return table.drop(columns=[name for name in PREDICTED if name in table])


def can_predict(classifier: Classifier, table: pd.DataFrame) -> bool:
    """Return whether `table` has what `classifier` reads, by the same model."""
    model = model_of(table)
    same = not classifier.model or not model or classifier.model == model
    return same and all(column in table for column in classifier.columns)
