"""What a classifier reached and predicted, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.counted import left_out_text
from napari_disentangle.tables import (
    included,
)
from napari_disentangle.widgets._classify.cells import other_images

if TYPE_CHECKING:
    from napari_disentangle.recipes.classify_result import ClassifierResult
    from napari_disentangle.widgets._session import Session


def score_text(result: ClassifierResult) -> str:
    """Return how good a classifier is, with spread and what a guess would reach."""
    found, parts = result.found, result.parts
    balanced, scores = found.balanced_accuracy, found.scores
    kept = f"whole images ({parts.grouped_by})" if parts.grouped_by else "single cells"
    return (
        f"Balanced accuracy {balanced.mean:.2f} ± {balanced.sd:.2f}; a guess reaches "
        f"{scores.chance:.2f}. {parts.folds}-fold cross-validation, "
        f"{result.classifier.config.repeats} times, of {scores.n} cells, split by "
        f"{kept}."
    )


def abstention_text(result: ClassifierResult, min_probability: float) -> str:
    """Return what abstaining costs and gains on the annotated cells."""
    from napari_disentangle.classify.scores import abstention

    found = result.found
    told = abstention(found.y, found.out_of_fold, [min_probability])
    coverage, good = float(told.coverage[0]), float(told.balanced_accuracy[0])
    if np.isnan(good):
        return "No cell with a class would be predicted at this probability."
    return (
        f"Of the cells with a class {coverage:.0%} would be predicted, with balanced "
        f"accuracy {good:.2f}."
    )


def predicted_text(session: Session, table: pd.DataFrame) -> str:
    """Return how many cells were predicted as what, over all images.

    Parameters
    ----------
    session : Session
        Whose images these are.
    table : pandas.DataFrame
        The cells of the image that is shown, with predictions.
    """
    every = [t for t in _tables(session, table) if "prediction" in t]
    counted = pd.concat([t.loc[included(t), ["roi_id", "prediction"]] for t in every])
    names = counted["prediction"]
    told = [f"{name} {n}" for name, n in names.value_counts().items()]
    told.append(f"no class {int(names.isna().sum())}")
    n_images = counted["roi_id"].nunique()
    images = f" in {n_images} images" if n_images > 1 else ""
    left_out = left_out_text(sum(map(len, every)) - len(counted))
    return f"Predicted{images}: {', '.join(told)}. {left_out}".rstrip()


def _tables(session: Session, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Return `table`, which is shown, and those of the other images of its model."""
    return [table, *(named.table for _, named in other_images(session, table))]
