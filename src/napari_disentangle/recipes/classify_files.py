"""A classifier and its report as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.classify.stored import from_stored, to_stored
from napari_disentangle.errors import ModelError
from napari_disentangle.storage.classifiers import read_stored, write_stored

if TYPE_CHECKING:
    from pathlib import Path

    from napari_disentangle.classify.classifier import Classifier
    from napari_disentangle.recipes.classify_result import ClassifierResult
    from napari_disentangle.recipes.outputs import Writer


def save_classifier(classifier: Classifier, folder: Path) -> None:
    """Write a classifier as a folder, whole or not at all.

    Parameters
    ----------
    classifier : Classifier
        What to write.
    folder : Path
        New folder, or that of an older classifier, which is replaced.

    Raises
    ------
    StorageError
        If the folder holds something else, or cannot be written.
    """
    write_stored(to_stored(classifier), folder)


def open_classifier(folder: Path) -> Classifier:
    """Read a classifier from the folder it was saved to.

    Raises
    ------
    ModelError
        If it is not such a folder, or a file of it is missing, damaged or not to be
        trusted; it is named.
    """
    stored = read_stored(folder)
    try:
        return from_stored(stored)
    except ModelError as error:
        raise ModelError(f"Classifier {folder} cannot be used: {error}") from error


def save_report(result: ClassifierResult, folder: Path) -> None:
    """Write a classifier with all that is known about it.

    Beside the classifier: ``out_of_fold.csv`` (the annotated cells as classifiers that
    never saw them judge them), ``confusion.png``, ``importances.png``,
    ``calibration.png``.

    Parameters
    ----------
    result : ClassifierResult
        Of `iter_train_classifier`.
    folder : Path
        New folder, or that of an older classifier, which is replaced.

    Raises
    ------
    StorageError
        If the folder holds something else, or cannot be written.
    """
    from napari_disentangle.export.tabular import write_table

    save_classifier(result.classifier, folder)
    write_table(result.cells, folder / "out_of_fold.csv")
    for name, write in figure_writers(result).items():
        write(folder / name)


def figure_writers(result: ClassifierResult) -> dict[str, Writer]:
    """Return the writers of the figures that tell how good a classifier is.

    They are ``confusion.png``, ``importances.png`` and ``calibration.png``.
    """
    from napari_disentangle.export.classifier_plots import (
        calibration_figure,
        confusion_figure,
        importances_figure,
    )
    from napari_disentangle.export.figures import write_figure

    scores, told = result.found.scores, result.importances
    balanced = result.found.balanced_accuracy
    title = (
        f"{scores.n} annotated cells, judged by classifiers that never saw them\n"
        f"balanced accuracy {balanced.mean:.3f} (sd over folds {balanced.sd:.3f})"
    )

    def confusion(path: Path) -> None:
        write_figure(path, confusion_figure(scores.confusion, scores.classes, title))

    def importances(path: Path) -> None:
        figure = importances_figure(
            told.columns,
            told.permutation,
            told.permutation_sd,
            told.impurity,
            told.impurity_sd,
        )
        write_figure(path, figure)

    def calibration(path: Path) -> None:
        known = scores.calibration
        figure = calibration_figure(
            known.edges, known.counts, known.probability, known.accuracy
        )
        write_figure(path, figure)

    writers = confusion, importances, calibration
    return {f"{writer.__name__}.png": writer for writer in writers}
