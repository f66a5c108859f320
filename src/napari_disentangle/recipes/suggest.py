"""Which cells of a table to annotate next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from napari_disentangle.annotations.values import COLUMN
from napari_disentangle.classify import suggest as ways
from napari_disentangle.classify.classifier import iter_fit_classifier
from napari_disentangle.classify.columns import choose_columns, read_values
from napari_disentangle.classify.config import ClassifierConfig
from napari_disentangle.config import Config
from napari_disentangle.errors import DataError
from napari_disentangle.tables import included
from napari_disentangle.tasks import Progress, Task, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.classify.classifier import Classifier

Way = Literal["typical", "diverse", "uncertain", "boundary"]


class SuggestConfig(Config):
    """Which unannotated cells are worth looking at."""

    way: Way = Field(
        "typical",
        description="typical: one cell of each kind; diverse: cells unlike those "
        "annotated; uncertain: two classes are about equally probable; boundary: near "
        "the value of one factor that parts the classes",
    )
    n: int = Field(12, ge=1, le=1000, description="Cells to suggest")
    column: str = Field("", description="The factor of a boundary")
    seed: int = Field(0, ge=0, description="Decides ties and clusters")


def iter_suggest(
    table: pd.DataFrame,
    config: SuggestConfig,
    *,
    columns: str | Sequence[str] = "named",
    classifier: Classifier | None = None,
) -> Task[Progress, pd.DataFrame]:
    """Return cells without a class that are worth annotating, the best first.

    Excluded cells are neither suggested nor learned from.

    Parameters
    ----------
    table : pandas.DataFrame
        Cells with codes and, where some are annotated, the column ``annotation``.
    config : SuggestConfig
        How to choose.
    columns : str or sequence of str
        Numbers that say how alike cells are: see `choose_columns`.
    classifier : Classifier or None
        Tells which cells are uncertain; None: one is fitted to the annotated cells.

    Returns
    -------
    pandas.DataFrame
        At most `n` rows of `table`.

    Raises
    ------
    DataError
        If there are too few annotated cells for the way that is wanted, or no cell is
        left without a class.
    """
    yield Progress("Looking for cells", 0, 1)
    known = _annotation(table).notna().to_numpy()
    if (known | ~included(table)).all():
        raise DataError(
            "Every cell has a class or is excluded; there is nothing left to suggest."
        )
    chosen = choose_columns(table, columns)
    values = read_values(table, chosen)
    complete = np.isfinite(values).all(axis=1) & included(table)
    new = np.flatnonzero(~known & complete)
    old = np.flatnonzero(known & complete)
    rng = np.random.default_rng(config.seed)
    if config.way == "typical":
        found = ways.typical(values[new], config.n, rng)
    elif config.way == "diverse":
        found = ways.diverse(values[new], values[old], config.n)
    elif config.way == "boundary":
        found = _near_boundary(table, config, old, new)
    else:
        if classifier is None:
            classifier = yield from _iter_quick(table.iloc[old], chosen, rng)
        found = ways.uncertain(classifier.predict_proba(table.iloc[new]), config.n)
    return table.iloc[new[found]]


def suggest(
    table: pd.DataFrame,
    config: SuggestConfig,
    *,
    columns: str | Sequence[str] = "named",
    classifier: Classifier | None = None,
) -> pd.DataFrame:
    """Return cells worth annotating: `iter_suggest` at once."""
    return run(iter_suggest(table, config, columns=columns, classifier=classifier))


def _annotation(table: pd.DataFrame) -> pd.Series:
    if COLUMN in table:
        return table[COLUMN]
    return pd.Series(np.nan, index=table.index)


def _near_boundary(
    table: pd.DataFrame,
    config: SuggestConfig,
    old: NDArray[np.int64],
    new: NDArray[np.int64],
) -> NDArray[np.int64]:
    factor = read_values(table, [config.column])[:, 0]
    classes = _annotation(table).iloc[old].astype(str)
    where = ways.boundary_value(factor[old], classes)
    return ways.near(factor[new], where, config.n)


def _iter_quick(
    cells: pd.DataFrame, columns: Sequence[str], rng: np.random.Generator
) -> Task[Progress, Classifier]:
    """Fit a linear classifier to the annotated cells."""
    names = _annotation(cells)
    if names.nunique() < 2:
        raise DataError(
            "Uncertain cells need two classes with cells; annotate some typical ones "
            "first."
        )
    quick = ClassifierConfig(kind="linear")
    return (yield from iter_fit_classifier(cells, names, quick, rng, columns=columns))
