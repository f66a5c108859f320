"""Predictions in the tables of all images."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.columns import PREDICTED, unpredicted
from napari_disentangle.tables import (
    KEY,
    included,
    join,
)
from napari_disentangle.widgets._classify.cells import other_images, without_predictions

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.recipes.classify import Predicted
    from napari_disentangle.recipes.classify_result import ClassifierResult
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.widgets._session import Session


def show_predictions(
    session: Session,
    table: pd.DataFrame,
    predicted: Predicted | None,
    min_probability: float,
) -> pd.DataFrame:
    """Put predictions into the tables of all images; None: take them away.

    Parameters
    ----------
    session : Session
        Its `images` and `table` are replaced.
    table : pandas.DataFrame
        The cells of the image that is shown; returned with predictions.
    predicted : Predicted or None
        Made without abstaining.
    min_probability : float
        Below it no class is told.
    """
    told_of = () if predicted is None else predicted.table["roi_id"].unique()

    def new(table: pd.DataFrame) -> pd.DataFrame:
        if predicted is None or not table["roi_id"].isin(told_of).any():
            return without_predictions(table)
        return with_predictions(table, predicted, min_probability)

    def own(known: ImageCells, named: ImageCells) -> ImageCells:
        told = new(named.table)  # in the same order, by the name in `predicted`
        return replace(known, table=told.assign(roi_id=known.table["roi_id"].array))

    others = {id(known): own(known, n) for known, n in other_images(session, table)}
    session.images = tuple(others.get(id(known), known) for known in session.images)
    shown = new(table)
    session.table = shown
    return shown


def lacks_predictions(session: Session) -> bool:
    """Return whether images were encoded since the others were predicted."""
    table = session.table
    return table is not None and any(
        "prediction" not in known.table for known, _ in other_images(session, table)
    )


def with_predictions(
    table: pd.DataFrame, predicted: Predicted, min_probability: float
) -> pd.DataFrame:
    """Return `table`, whose classes may have changed meanwhile, with predictions.

    Of the cells that are excluded now nothing is told.

    Parameters
    ----------
    table : pandas.DataFrame
        The cells.
    predicted : Predicted
        Made without abstaining.
    min_probability : float
        Below it no class is told.
    """
    new = [name for name in PREDICTED if name in predicted.table]
    told = predicted.table[[*KEY, *new]]
    unsure = told["probability"] < min_probability
    told = told.assign(prediction=told["prediction"].mask(unsure))
    joined = join(without_predictions(table), told)
    return unpredicted(joined, ~included(joined))


def confused(result: ClassifierResult, true: int, predicted: int) -> pd.DataFrame:
    """Return the annotated cells of one class that were taken for another.

    Parameters
    ----------
    result : ClassifierResult
        Of a training.
    true, predicted : int
        Positions of the two classes; equal ones give the cells that were right.
    """
    found = result.found
    taken = np.argmax(found.out_of_fold, axis=1)
    cells: pd.DataFrame = result.cells[(found.y == true) & (taken == predicted)]
    return cells
