"""Which numbers a classifier relies on, measured on cells it did not see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.classify.scores import score
from napari_disentangle.errors import DataError
from napari_disentangle.metrics.checks import check_codes
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from napari_disentangle.classify.models import Fitted
    from napari_disentangle.classify.validate import CrossValidation

MOST_CELLS = 2_000
"""So many held-out cells of a fold tell its importances."""

_STAGE = "Measuring importances"


@dataclass(frozen=True, slots=True)
class Importances:
    """How much each column matters, over the classifiers of a cross-validation.

    Attributes
    ----------
    columns : tuple of str, length J
        What the classifier reads.
    permutation, permutation_sd : arrays, (J,)
        Fall of the balanced accuracy on held-out cells if the column is shuffled among
        them [1]_: mean and sd over the folds. Two columns that tell the same share it,
        or each seems to matter little.
    impurity, impurity_sd : arrays, (J,), or None
        Share of the column in what the trees learned on the training cells: mean and
        sd over the folds; None for classifiers without trees.

    References
    ----------
    .. [1] Breiman, "Random forests", Machine Learning 45, 2001.
    """

    columns: tuple[str, ...]
    permutation: NDArray[np.float64]
    permutation_sd: NDArray[np.float64]
    impurity: NDArray[np.float64] | None
    impurity_sd: NDArray[np.float64] | None


def permutation_importance(
    fitted: Fitted,
    values: ArrayLike,
    y: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    repeats: int = 5,
) -> NDArray[np.float64]:
    """Return the fall of the balanced accuracy if a column is shuffled.

    Parameters
    ----------
    fitted : Fitted
        A trained classifier.
    values : array, (N, J)
        Codes of cells, best of such that did not train it.
    y : array, (N,), int64
        Their classes as positions.
    rng : numpy.random.Generator
        Shuffles.
    repeats : int
        Shuffles of each column.

    Returns
    -------
    array, (repeats, J)
        Positive for a column that helps; around 0 for one that does not.

    Raises
    ------
    DataError
        If codes hold NaN, or lengths do not fit.
    """
    codes = check_codes(values).astype(np.float32)
    return run(_iter_falls(fitted, codes, y, rng, repeats, Progress(_STAGE, 0, 1)))


def iter_importances(
    found: CrossValidation,
    values: ArrayLike,
    columns: Sequence[str],
    rng: np.random.Generator,
    *,
    repeats: int = 3,
) -> Task[Progress, Importances]:
    """Measure importances with each classifier of a cross-validation.

    Of a large fold, `MOST_CELLS` random cells are looked at.

    Parameters
    ----------
    found : CrossValidation
        Of `values`.
    values : array, (N, J)
        The codes it was made of.
    columns : sequence of str, length J
        Their names.
    rng : numpy.random.Generator
        Shuffles.
    repeats : int
        Shuffles of each column in each fold.

    Raises
    ------
    DataError
        If names and columns differ in number.
    """
    codes = check_codes(values).astype(np.float32)
    if codes.shape[1] != len(columns):
        raise DataError(
            f"{len(columns)} names were given for {codes.shape[1]} columns."
        )
    falls, shares = [], []
    for done, (split, fitted) in enumerate(zip(found.splits, found.fits, strict=True)):
        rows = split.test
        if len(rows) > MOST_CELLS:
            rows = np.sort(rng.choice(rows, MOST_CELLS, replace=False))
        event = Progress(_STAGE, done, len(found.splits))
        fall = yield from _iter_falls(
            fitted, codes[rows], found.y[rows], rng, repeats, event
        )
        falls.append(fall.mean(axis=0))
        if fitted.impurity is not None:
            shares.append(fitted.impurity)
    yield Progress(_STAGE, len(found.splits), len(found.splits))
    return Importances(
        tuple(columns),
        np.mean(falls, axis=0),
        np.std(falls, axis=0),
        np.mean(shares, axis=0) if shares else None,
        np.std(shares, axis=0) if shares else None,
    )


def importances(
    found: CrossValidation,
    values: ArrayLike,
    columns: Sequence[str],
    rng: np.random.Generator,
    *,
    repeats: int = 3,
) -> Importances:
    """Return importances over a cross-validation: `iter_importances` at once."""
    return run(iter_importances(found, values, columns, rng, repeats=repeats))


def _iter_falls(
    fitted: Fitted,
    codes: NDArray[np.float32],
    y: NDArray[np.int64],
    rng: np.random.Generator,
    repeats: int,
    event: Progress,
) -> Task[Progress, NDArray[np.float64]]:
    """Return what `permutation_importance` does; `event` comes before each column."""
    before = score(y, fitted.probabilities(codes)).balanced_accuracy
    fall = np.empty((repeats, codes.shape[1]))
    for j in range(codes.shape[1]):
        yield event
        shuffled = codes.copy()
        for repeat in range(repeats):
            shuffled[:, j] = rng.permutation(codes[:, j])
            after = score(y, fitted.probabilities(shuffled)).balanced_accuracy
            fall[repeat, j] = before - after
    return fall
