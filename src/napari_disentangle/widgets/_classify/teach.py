"""Train a classifier and predict all cells as soon as it is there, as one task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from napari_disentangle.annotations.values import COLUMN
from napari_disentangle.tables import (
    EXCLUDED,
    EXCLUSION_REASON,
)
from napari_disentangle.widgets._classify.cells import rare_classes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.classify.config import ClassifierConfig
    from napari_disentangle.recipes.classify import Predicted
    from napari_disentangle.recipes.classify_result import ClassifierResult
    from napari_disentangle.tasks import Progress, Task


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Event: all cells are predicted; how good that is comes next.

    Attributes
    ----------
    stage : str
        What is done next.
    done, total : int
        As of `Progress`.
    classifier : Classifier
        Which predicted them.
    predicted : Predicted
        The table with predictions.
    """

    classifier: Classifier
    predicted: Predicted
    stage: str = "Cross-validating"
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A classifier, what it predicts, and how good it is as far as that is known."""

    classifier: Classifier
    predicted: Predicted
    result: ClassifierResult | None = None


def iter_teach(
    table: pd.DataFrame, columns: Sequence[str], config: ClassifierConfig
) -> Task[Progress | Predictions, ClassifierResult]:
    """Train on the annotated cells of `table`, predict all, then cross-validate.

    Classes with one cell only are left out.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells with codes and the column ``annotation``.
    columns : sequence of str
        What the classifier reads.
    config : ClassifierConfig
        Kind and settings; no prediction is withheld.
    """
    from napari_disentangle.recipes.classify import iter_train_classifier
    from napari_disentangle.recipes.classify_result import Trained

    rare = rare_classes(table)
    known = table.assign(**{COLUMN: table[COLUMN].mask(table[COLUMN].isin(rare))})
    training = iter_train_classifier(known, columns, config=config)
    while True:
        try:
            event = next(training)
        except StopIteration as stop:
            result: ClassifierResult = stop.value
            return result
        if isinstance(event, Trained):
            predicted = yield from iter_predict_all(table, event.classifier)
            yield Predictions(event.classifier, predicted)
        else:
            yield event


def iter_predict_all(
    table: pd.DataFrame, classifier: Classifier
) -> Task[Progress, Predicted]:
    """Predict all cells of `table`, without abstaining.

    The excluded ones, too: what is told of which cell is decided when it is shown, so
    that a cell which is included again has its prediction at once.
    """
    from napari_disentangle.recipes.classify import iter_predict

    every = table.drop(columns=[EXCLUDED, EXCLUSION_REASON], errors="ignore")
    return (yield from iter_predict(every, classifier, 0.0))


def write_learned(learned: Learned, min_probability: float, folder: Path) -> None:
    """Write a classifier that abstains, with its report if it was trained here.

    Raises
    ------
    StorageError
        If the folder holds something else or cannot be written.
    """
    from napari_disentangle.recipes.classify_files import save_classifier, save_report

    config = learned.classifier.config.replace(min_probability=min_probability)
    classifier = replace(learned.classifier, config=config)
    if learned.result is None:
        save_classifier(classifier, folder)
    else:
        save_report(replace(learned.result, classifier=classifier), folder)
