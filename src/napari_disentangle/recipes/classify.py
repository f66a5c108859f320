"""Train a classifier on annotated cells, say how good it is, and let it predict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.classify.classifier import (
    Classifier,
    decide,
    iter_fit_classifier,
)
from napari_disentangle.classify.columns import PREDICTED, unpredicted
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.classify.importance import iter_importances
from napari_disentangle.classify.novelty import fit_novelty
from napari_disentangle.classify.open_set import OpenSet, iter_open_set
from napari_disentangle.classify.validate import CrossValidation, iter_cross_validate
from napari_disentangle.errors import DataError
from napari_disentangle.recipes.classify_cells import (
    AUTO,
    Parts,
    TrainingCells,
    choose_cells,
    choose_parts,
)
from napari_disentangle.recipes.classify_result import ClassifierResult, Trained
from napari_disentangle.tables import KEY, included
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHUNK = 5_000  # cells between two yields
_FEWEST = 4  # cells that novelty can be learned from
_WIDEST = 256  # columns, beyond which a covariance of them says little


@dataclass(frozen=True, slots=True)
class Predicted:
    """Predictions of a table of N cells.

    Attributes
    ----------
    table : pandas.DataFrame
        The table given, with the columns of `PREDICTED`.
    n_missing : int
        Cells without a prediction since codes are missing.
    n_abstained : int
        Cells without a prediction since none is probable enough.
    n_excluded : int
        Cells without a prediction since they are excluded.
    """

    table: pd.DataFrame
    n_missing: int
    n_abstained: int
    n_excluded: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """Say which cells have no prediction."""
        told = {
            "codes are missing": self.n_missing,
            "no class is probable enough": self.n_abstained,
            "they are excluded": self.n_excluded,
        }
        return tuple(f"{n} cells not predicted: {why}." for why, n in told.items() if n)


def iter_train_classifier(
    table: pd.DataFrame,
    columns: str | Sequence[str] = "named",
    annotation: str = "annotation",
    config: ClassifierConfig | None = None,
    *,
    group: str = AUTO,
) -> Task[Progress | Trained, ClassifierResult]:
    """Train a classifier on the annotated cells of a table and cross-validate it.

    The event `Trained` brings the classifier as soon as it is there, so that a view can
    be colored while scores are still being made.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells of one or more images, with `KEY`, codes and classes; cells without a
        class or without codes are left out, and told.
    columns : str or sequence of str
        What to read: ``"named"``, ``"all"`` codes, or names of columns.
    annotation : str
        Column of the classes.
    config : ClassifierConfig, optional
        Kind and settings.
    group : str
        Column whose values are kept on one side of a split; ``"cell"`` for none;
        ``"auto"`` for images, where every class is in two of them.

    Raises
    ------
    DataError
        If a column is missing, there is one class only, a class has one cell, or codes
        of several models are mixed.

    Examples
    --------
    >>> from napari_disentangle.export.tabular import read_table
    >>> from pathlib import Path
    >>> cells = read_table(Path("cells.csv"))  # doctest: +SKIP
    >>> train_classifier(cells).found.balanced_accuracy  # doctest: +SKIP
    """
    config = config or ClassifierConfig()
    cells = choose_cells(table, columns, annotation)
    parts = choose_parts(cells, config, group)
    fitting, testing, shuffling = np.random.default_rng(config.seed).spawn(3)
    classifier = yield from iter_fit_classifier(
        cells.values,
        cells.y,
        config,
        fitting,
        columns=cells.columns,
        classes=cells.classes,
    )
    classifier = replace(classifier, model=cells.model)
    if len(cells.y) >= _FEWEST and len(cells.columns) <= _WIDEST:
        novelty = fit_novelty(cells.values, cells.y, fitting)
        classifier = replace(classifier, novelty=novelty)
    yield Trained(classifier)
    found = yield from iter_cross_validate(
        cells.values, cells.y, config, parts.splits, testing, classes=cells.classes
    )
    told = yield from iter_importances(found, cells.values, cells.columns, shuffling)
    unseen = yield from _iter_open_set(cells, parts, config)
    return ClassifierResult(
        replace(classifier, scores=_scores(found)),
        _judged(cells, found, annotation, config),
        found,
        told,
        unseen,
        parts,
        cells.left_out,
        (*cells.notes, *parts.notes),
    )


def train_classifier(
    table: pd.DataFrame,
    columns: str | Sequence[str] = "named",
    annotation: str = "annotation",
    config: ClassifierConfig | None = None,
    *,
    group: str = AUTO,
) -> ClassifierResult:
    """Train a classifier and cross-validate it: `iter_train_classifier` at once."""
    return run(iter_train_classifier(table, columns, annotation, config, group=group))


def iter_predict(
    table: pd.DataFrame, classifier: Classifier, min_probability: float | None = None
) -> Task[Progress, Predicted]:
    """Predict the class of every cell of a table that is not excluded.

    Excluded cells keep their rows; the columns of `PREDICTED` are empty there.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells with `KEY` and the columns the classifier reads.
    classifier : Classifier
        Trained on such cells.
    min_probability : float, optional
        Below it no class is predicted; by default that of the classifier's config.

    Raises
    ------
    DataError
        If a column is missing; it is named.
    ModelError
        If the codes are those of another model.
    """
    classifier.values(table)  # complain before any work
    starts = range(0, max(len(table), 1), _CHUNK)
    predicted = []
    for done, start in enumerate(starts):
        yield Progress("Predicting classes", done, len(starts))
        rows = table.iloc[start : start + _CHUNK]
        predicted.append(classifier.predict(rows, min_probability))
    yield Progress("Predicting classes", len(starts), len(starts))
    added = pd.concat(predicted, ignore_index=True).drop(columns=list(KEY))
    out = ~included(table)
    missing = added["probability"].isna() & ~out
    abstained = added["prediction"].isna() & ~missing & ~out
    counts = (int(rows.sum()) for rows in (missing, abstained, out))
    return Predicted(_joined(table, unpredicted(added, out)), *counts)


def predict(
    table: pd.DataFrame, classifier: Classifier, min_probability: float | None = None
) -> Predicted:
    """Predict the class of every cell of a table: `iter_predict` at once."""
    return run(iter_predict(table, classifier, min_probability))


def _joined(table: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with what was predicted of its rows, `model` still the last."""
    kept = table.drop(columns=[c for c in PREDICTED if c in table])
    joined = pd.concat([kept.reset_index(drop=True), added], axis=1)
    last = [c for c in ("model",) if c in joined]
    return joined[[c for c in joined if c not in last] + last]


def _iter_open_set(
    cells: TrainingCells, parts: Parts, config: ClassifierConfig
) -> Task[Progress, OpenSet | None]:
    """Leave each class out; None where too few cells, or too many columns, are left."""
    if len(cells.columns) > _WIDEST:
        return None
    try:
        return (
            yield from iter_open_set(
                cells.values,
                cells.y,
                cells.classes,
                groups=parts.groups,
                folds=parts.folds,
                seed=config.seed,
            )
        )
    except DataError:
        return None


def _judged(
    cells: TrainingCells,
    found: CrossValidation,
    annotation: str,
    config: ClassifierConfig,
) -> pd.DataFrame:
    """Return the annotated cells with what classifiers that never saw them say."""
    chosen, chance = decide(found.out_of_fold, config.min_probability)
    names = np.array([*cells.classes, None], object)
    keys = cells.table[list(KEY)]
    return keys.assign(
        annotation=names[cells.y], prediction=names[chosen], probability=chance
    )


def _scores(found: CrossValidation) -> dict[str, float]:
    scores, balanced = found.scores, found.balanced_accuracy
    return {
        "balanced_accuracy": balanced.mean,
        "balanced_accuracy_sd": balanced.sd,
        "accuracy": found.spread(lambda s: s.accuracy).mean,
        "macro_f1": found.spread(lambda s: s.macro_f1).mean,
        "calibration_error": scores.calibration.ece,
        "chance": scores.chance,
    }
