"""A classifier that knows which columns it reads and which model made them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.classify.columns import (
    choose_columns,
    model_of,
    name_classes,
    read_values,
)
from napari_disentangle.classify.models import iter_fit
from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.tables import KEY
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from napari_disentangle.classify.config import ClassifierConfig
    from napari_disentangle.classify.models import Estimator, Fitted
    from napari_disentangle.classify.novelty import Novelty


@dataclass(frozen=True, slots=True)
class Classifier:
    """A trained classifier of cell tables.

    Attributes
    ----------
    fitted : Fitted
        The classifier of arrays.
    columns : tuple of str, length J
        Columns it reads, in order.
    classes : tuple of str, length C
        Names of the classes.
    counts : tuple of int, length C
        Cells of each class it was trained on.
    model : str
        Id of the model that made the codes; empty if it reads none or it is not known.
    config : ClassifierConfig
        How it was trained.
    novelty : Novelty or None
        What the cells it was trained on look like, if that was learned.
    scores : mapping of str to float
        How good it is, if it was validated: ``balanced_accuracy`` ...
    """

    fitted: Fitted
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    model: str
    config: ClassifierConfig
    novelty: Novelty | None = None
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def estimator(self) -> Estimator:
        """The scikit-learn pipeline."""
        return self.fitted.estimator

    def values(self, data: pd.DataFrame | ArrayLike) -> NDArray[np.float32]:
        """Return the numbers it reads, (N, J), of a table or of an array in its order.

        Raises
        ------
        DataError
            If a column is missing, or an array has another width.
        ModelError
            If the codes are those of another model.
        """
        if isinstance(data, pd.DataFrame):
            values = read_values(data, self.columns)
            self._check_model(model_of(data, self.columns))
            return values
        codes = np.asarray(data, np.float32)
        if codes.ndim != 2 or codes.shape[1] != len(self.columns):
            raise DataError(
                f"The classifier reads {len(self.columns)} numbers a cell "
                f"({', '.join(self.columns[:3])} ...); got shape {codes.shape}."
            )
        return codes

    def predict_proba(self, data: pd.DataFrame | ArrayLike) -> NDArray[np.float64]:
        """Return the probability of each class, (N, C); NaN where a code is missing.

        Raises
        ------
        DataError, ModelError
            As `values`.
        """
        return self.fitted.probabilities(self.values(data))

    def predict(
        self, table: pd.DataFrame, min_probability: float | None = None
    ) -> pd.DataFrame:
        """Return what is predicted of each cell.

        Parameters
        ----------
        table : pandas.DataFrame
            N cells with the `KEY` columns and those that are read.
        min_probability : float, optional
            Below it no class is predicted; by default that of the config.

        Returns
        -------
        pandas.DataFrame
            N rows, in the order of `table`: `KEY`, `prediction` (missing where the
            classifier abstains or codes are missing), `probability` of the most
            probable class. If it knows what its training cells look like, also
            `novelty` (distance to the nearest class) and `in_distribution` (whether it
            is within what 99 % of held-out training cells had).

        Raises
        ------
        DataError, ModelError
            As `values`, or if a `KEY` column is missing.
        """
        missing = [name for name in KEY if name not in table]
        if missing:
            raise DataError(
                f"The table has no column {missing[0]!r}, which tells cells apart."
            )
        values = self.values(table)
        if min_probability is None:
            min_probability = self.config.min_probability
        chosen, chance = decide(self.fitted.probabilities(values), min_probability)
        names = np.array([*self.classes, None], object)
        keys = table[list(KEY)].reset_index(drop=True)
        told = keys.assign(prediction=names[chosen], probability=chance)
        if self.novelty is None:
            return told
        novel = self.novelty.score(values)
        usual = pd.Series(novel <= self.novelty.threshold(), dtype="boolean")
        return told.assign(novelty=novel, in_distribution=usual.mask(np.isnan(novel)))

    def _check_model(self, model: str) -> None:
        if model and self.model and model != self.model:
            raise ModelError(
                f"The classifier was trained on codes of {self.model}; these are of "
                f"{model}: encode the cells with {self.model}, or train again."
            )


def decide(
    probability: NDArray[np.float64], min_probability: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the predicted class of each row and its probability, (N,) each.

    The class is -1 where the probability is below `min_probability` or NaN.
    """
    known = np.asarray(np.isfinite(probability).all(axis=1))
    filled = np.where(known[:, None], probability, 0.0)
    predicted = filled.argmax(axis=1)
    chance = np.where(known, filled.max(axis=1), np.nan)
    sure = known & (filled.max(axis=1) >= min_probability)
    return np.where(sure, predicted, -1), chance


def iter_fit_classifier(
    data: pd.DataFrame | ArrayLike,
    y: ArrayLike,
    config: ClassifierConfig,
    rng: np.random.Generator,
    *,
    columns: str | Sequence[str] = "all",
    classes: Sequence[str] | None = None,
) -> Task[Progress, Classifier]:
    """Train a classifier on all cells that are given.

    Parameters
    ----------
    data : pandas.DataFrame or array, (N, J)
        Cells; their codes must be known.
    y : array, (N,)
        Class of each cell: names, or positions in `classes` if those are given.
    config : ClassifierConfig
        Kind and settings.
    rng : numpy.random.Generator
        Source of randomness.
    columns : str or sequence of str
        Columns to read: see `columns.choose_columns`. Of an array, the name of each
        column; ``value_1`` ... by default.
    classes : sequence of str, optional
        Names of all classes; some may have no cell.

    Raises
    ------
    DataError
        If codes are missing, columns are, or there is one class only.
    """
    if isinstance(data, pd.DataFrame):
        chosen = choose_columns(data, columns)
        values, model = read_values(data, chosen), model_of(data, chosen)
    else:
        values, model = np.asarray(data, np.float32), ""
        chosen = _name_columns(values, columns)
    if classes is None:
        position, names = name_classes(y)
        if (position < 0).any():
            raise DataError(
                f"{int((position < 0).sum())} cells have no class; leave them out of "
                "the training."
            )
    else:
        position, names = np.asarray(y, np.int64), tuple(classes)
    fitted = yield from iter_fit(values, position, config, rng, n_classes=len(names))
    counts = tuple(int(n) for n in np.bincount(position, minlength=len(names)))
    return Classifier(fitted, chosen, names, counts, model, config)


def fit_classifier(
    data: pd.DataFrame | ArrayLike,
    y: ArrayLike,
    config: ClassifierConfig,
    rng: np.random.Generator,
    *,
    columns: str | Sequence[str] = "all",
    classes: Sequence[str] | None = None,
) -> Classifier:
    """Train a classifier on all cells that are given: `iter_fit_classifier` at once.

    Examples
    --------
    >>> from napari_disentangle.classify.config import ClassifierConfig
    >>> rng = np.random.default_rng(0)
    >>> codes = np.repeat([[0.0], [5.0]], 20, axis=0) + rng.normal(size=(40, 1))
    >>> config = ClassifierConfig(kind="linear")
    >>> small = fit_classifier(codes, ["a"] * 20 + ["b"] * 20, config, rng)
    >>> [round(float(p)) for p in small.predict_proba([[5.0]])[0]]
    [0, 1]
    """
    task = iter_fit_classifier(data, y, config, rng, columns=columns, classes=classes)
    return run(task)


def _name_columns(
    values: NDArray[np.float32], columns: str | Sequence[str]
) -> tuple[str, ...]:
    width = values.shape[-1]
    if isinstance(columns, str):
        return tuple(f"value_{k + 1}" for k in range(width))
    if len(columns) != width:
        raise DataError(f"{len(columns)} names were given for {width} columns.")
    return tuple(columns)
