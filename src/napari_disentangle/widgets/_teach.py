"""Train a classifier and predict all cells as soon as it is there, as one task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.annotations.exclusions import with_annotations
from napari_disentangle.annotations.values import COLUMN, PALETTE
from napari_disentangle.classify.columns import PREDICTED, unpredicted
from napari_disentangle.crops.counted import left_out_text
from napari_disentangle.recipes.cut_alike import REMEDY, unlike_text
from napari_disentangle.recipes.image_cells import distinct
from napari_disentangle.tables import (
    EXCLUDED,
    EXCLUSION_REASON,
    KEY,
    included,
    join,
)
from napari_disentangle.widgets._images import shown_image

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.annotations.values import Annotations
    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.classify.config import ClassifierConfig
    from napari_disentangle.recipes.classify import Predicted
    from napari_disentangle.recipes.classify_result import ClassifierResult
    from napari_disentangle.recipes.image_cells import ImageCells
    from napari_disentangle.tasks import Progress, Task
    from napari_disentangle.widgets._session import Session

FEWEST = 2
"""So many cells a class needs to be both learned and tested."""

_TOLD = [COLUMN, EXCLUDED, EXCLUSION_REASON]


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


def all_cells(session: Session) -> pd.DataFrame:
    """Return the cells of all images of `session` as one table, with their classes.

    Images whose codes are of another model than those shown are left out. Images that
    share a name, from two folders, say, get their key in it, but for the one shown.
    There are no predictions in it, and no rows before the cells are encoded.
    """
    table = session.table
    if table is None:
        return pd.DataFrame(columns=[*KEY, COLUMN])
    others = _others(session, table)
    parts = [table, *(known.table for known, named in others if named is known)]
    plain = pd.concat(map(without_predictions, parts), ignore_index=True)
    if session.annotations is not None:
        told = plain.drop(columns=_TOLD, errors="ignore")
        plain = with_annotations(told, session.annotations)
    # what the session tells of a shared name is of one of the images only
    own = [without_predictions(n.table) for known, n in others if n is not known]
    both = pd.concat([plain, *own], ignore_index=True) if own else plain
    return both if COLUMN in both else both.assign(**{COLUMN: np.nan})


def _others(
    session: Session, table: pd.DataFrame
) -> list[tuple[ImageCells, ImageCells]]:
    """Return the other images whose codes are of the model of `table`.

    Each is given as it is, and with a name that no other image has.
    """
    shown, model = shown_image(session), _model_of(table)
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
    unlike = unlike_text([shown, *(known for known, _ in _others(session, table))])
    return f"{unlike} {REMEDY}" if unlike else ""


def _tables(session: Session, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Return `table`, which is shown, and those of the other images of its model."""
    return [table, *(named.table for _, named in _others(session, table))]


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

    others = {id(known): own(known, n) for known, n in _others(session, table)}
    session.images = tuple(others.get(id(known), known) for known in session.images)
    shown = new(table)
    session.table = shown
    return shown


def lacks_predictions(session: Session) -> bool:
    """Return whether images were encoded since the others were predicted."""
    table = session.table
    return table is not None and any(
        "prediction" not in known.table for known, _ in _others(session, table)
    )


def can_predict(classifier: Classifier, table: pd.DataFrame) -> bool:
    """Return whether `table` has what `classifier` reads, by the same model."""
    model = _model_of(table)
    same = not classifier.model or not model or classifier.model == model
    return same and all(column in table for column in classifier.columns)


def _model_of(table: pd.DataFrame) -> str:
    if "model" not in table:
        return ""
    return next(map(str, table["model"].dropna()), "")


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


def without_predictions(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` without what a classifier told."""
    return table.drop(columns=[name for name in PREDICTED if name in table])


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


def class_colors(
    annotations: Annotations | None, classifier: Classifier | None
) -> dict[str, str]:
    """Return the color of each class, also of those only the classifier knows."""
    known = () if annotations is None else annotations.classes
    colors = {own.name: own.color for own in known}
    names = () if classifier is None else classifier.classes
    free = [color for color in PALETTE if color not in colors.values()] or PALETTE
    new = [name for name in names if name not in colors]
    return colors | {name: free[turn % len(free)] for turn, name in enumerate(new)}
