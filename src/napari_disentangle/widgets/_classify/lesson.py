"""What is taught: whether it can be, and whether it is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.annotations.values import COLUMN
from napari_disentangle.tables import included
from napari_disentangle.widgets._classify.cells import (
    FEWEST,
    class_counts,
    cut_unlike,
    rare_classes,
)

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.widgets._classify.parts import ClassifyParts
    from napari_disentangle.widgets._session import Session


def lesson_of(session: Session, parts: ClassifyParts, cells: pd.DataFrame) -> object:
    """Return what `cells` teach; equal lessons make equal classifiers."""
    classes = tuple(cells[COLUMN].where(included(cells)).astype(str))
    columns = tuple(parts.inputs.columns())
    return classes, columns, parts.form.value(), id(session.embedding)


def why_not_taught(session: Session, parts: ClassifyParts, cells: pd.DataFrame) -> str:
    """Return why nothing can be learned from `cells` now, empty if it can."""
    if session.table is None:
        return "encode the cells first"
    if sum(n >= FEWEST for n in class_counts(cells).values()) < 2:
        return f"give {FEWEST} cells each of two classes their class in Annotate"
    return "" if parts.inputs.columns() else "choose columns to read"


def state_text(session: Session, cells: pd.DataFrame, why_not: str) -> str:
    """Return what is lacking, or else what is left out; empty if there is nothing."""
    if why_not:
        return f"To train: {why_not}."
    rare, unlike = rare_classes(cells), cut_unlike(session)
    told = [f"Left out, since of one cell only: {', '.join(rare)}."] if rare else []
    return " ".join([*told, unlike]).strip()
