"""Which cells teach a classifier, and which of them a split must not part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.columns import (
    choose_columns,
    model_of,
    name_classes,
    read_values,
)
from napari_disentangle.classify.splits import (
    Split,
    duplicate_groups,
    merge_groups,
    possible_folds,
    split_folds,
)
from napari_disentangle.errors import DataError
from napari_disentangle.tables import KEY, included

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.classify.config import ClassifierConfig

AUTO = "auto"
"""Keep cells of one image together where that leaves a cross-validation."""

BY_CELL = "cell"
"""Keep only copies together."""

GROUP = "group"
"""Column, where a table has it, of what is kept together instead of images."""

_IMAGE = "roi_id"
NO_CLASS = "no annotation"
NO_CODES = "codes are missing"
LEFT_OUT = "excluded"


@dataclass(frozen=True, slots=True)
class TrainingCells:
    """The annotated cells of a table, ready to learn from.

    Attributes
    ----------
    table : pandas.DataFrame
        N rows of the table given.
    columns : tuple of str, length J
        What is read of them.
    values : array, (N, J), float32
        Their codes, finite.
    y : array, (N,), int64
        Their classes as positions.
    classes : tuple of str
        Names of the classes.
    model : str
        Id of the model of the codes; empty if not known.
    copies : array, (N,), int64
        Equal for cells of the very same codes.
    left_out : pandas.DataFrame
        `KEY` and `reason` of the other rows.
    """

    table: pd.DataFrame
    columns: tuple[str, ...]
    values: NDArray[np.float32]
    y: NDArray[np.int64]
    classes: tuple[str, ...]
    model: str
    copies: NDArray[np.int64]
    left_out: pd.DataFrame

    @property
    def notes(self) -> list[str]:
        """Say what was left out, and what is in the table more than once."""
        reasons = self.left_out["reason"].value_counts()
        told = [f"{n} cells left out: {reason}." for reason, n in reasons.items()]
        _, first = np.unique(self.copies, return_index=True)
        n_copies = len(self.copies) - len(first)
        if n_copies:
            pairs = len(np.unique(np.stack([self.copies, self.y]), axis=1).T)
            told.append(
                f"{n_copies} cells have the very codes of another cell; copies are "
                "never parted between training and test."
            )
            if pairs > len(first):
                told.append(
                    f"{pairs - len(first)} of these copies have another class than "
                    "their original; look at them again."
                )
        return told


@dataclass(frozen=True, slots=True)
class Parts:
    """The splits of a cross-validation and how they came about.

    Attributes
    ----------
    splits : tuple of Split
        Repeat after repeat.
    folds : int
        Parts of each repeat.
    grouped_by : str
        Column whose values were kept together; empty for cells one by one.
    groups : array, (N,), int64
        Equal for cells that were kept together.
    notes : tuple of str
        What the user should know about them.
    """

    splits: tuple[Split, ...]
    folds: int
    grouped_by: str
    groups: NDArray[np.int64]
    notes: tuple[str, ...]


def choose_cells(
    table: pd.DataFrame, columns: str | Sequence[str], annotation: str
) -> TrainingCells:
    """Return the cells of `table` with a class and all codes that are not excluded.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells with the `KEY` columns.
    columns : str or sequence of str
        What to read: see `classify.columns.choose_columns`.
    annotation : str
        Column of the classes.

    Raises
    ------
    DataError
        If a column is missing, codes are of several models, or no cell is left.
    """
    missing = [name for name in (*KEY, annotation) if name not in table]
    if missing:
        raise DataError(
            f"The table has no column {missing[0]!r}; annotate cells of a table that "
            "was written by encode."
        )
    chosen = choose_columns(table, columns)
    if annotation in chosen:
        raise DataError(f"Column {annotation!r} cannot be both class and input.")
    values = read_values(table, chosen)
    y, classes = name_classes(table[annotation])
    known = np.isfinite(values).all(axis=1)
    counts = included(table)
    used = known & (y >= 0) & counts
    if not used.any():
        taught = (y >= 0) & counts
        why = "with a class has all codes" if taught.any() else "has a class"
        raise DataError(f"No cell {why} in column {annotation!r}; annotate some first.")
    reason = np.where(y < 0, NO_CLASS, np.where(counts, NO_CODES, LEFT_OUT))
    left_out = table.loc[~used, list(KEY)].assign(reason=reason[~used])
    present = np.unique(y[used])  # a class may lack codes throughout
    return TrainingCells(
        table[used].reset_index(drop=True),
        chosen,
        values[used],
        np.searchsorted(present, y[used]),
        tuple(classes[k] for k in present),
        model_of(table, chosen),
        duplicate_groups(values[used]),
        left_out.reset_index(drop=True),
    )


def choose_parts(
    cells: TrainingCells, config: ClassifierConfig, group: str = AUTO
) -> Parts:
    """Return the splits of a cross-validation of annotated cells.

    Parameters
    ----------
    cells : TrainingCells
        The cells.
    config : ClassifierConfig
        Folds, repeats and seed. There are fewer folds if there are fewer groups.
    group : str
        Column whose values are kept together; `BY_CELL`; or `AUTO`, which keeps images
        (or values of `GROUP`) together where every class is in two of them.

    Raises
    ------
    DataError
        If the column is missing, or no split exists: see `split_folds`.
    """
    if group not in (AUTO, BY_CELL):
        if group not in cells.table:
            raise DataError(f"The table has no column {group!r} to group by.")
        return _make(cells, config, group)
    own = GROUP if GROUP in cells.table else _IMAGE
    n_images = cells.table[own].nunique()
    if group == AUTO and n_images > 1:
        try:
            return _make(cells, config, own)
        except DataError:  # a class in one image only
            pass
    parts = _make(cells, config, "")
    if group == BY_CELL or n_images == len(cells.table):
        return parts
    warning = (
        "Split by cell, since some class is annotated in one image only: scores hold "
        "for other cells of these images, not for new images."
    )
    return replace(parts, notes=(*parts.notes, warning))


def _make(cells: TrainingCells, config: ClassifierConfig, group: str) -> Parts:
    groups = cells.copies
    if group:
        groups = merge_groups(groups, cells.table[group].astype(str))
    folds = possible_folds(cells.y, groups, config.folds) or config.folds
    shared = groups if len(np.unique(groups)) < len(groups) else None
    splits = split_folds(
        cells.y,
        shared,
        folds=folds,
        repeats=config.repeats,
        seed=config.seed,
        classes=cells.classes,
    )
    notes = []
    if folds < config.folds:
        what = f"values of {group}" if group else "cells"
        notes.append(f"{folds} folds instead of {config.folds}: as many {what}.")
    return Parts(splits, folds, group, groups, tuple(notes))
