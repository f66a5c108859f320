"""The plain words by which cells can be edited: larger, rounder, darker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.crops.picture import iter_measure_crops
from napari_disentangle.errors import DataError
from napari_disentangle.latents.activity import kl_of
from napari_disentangle.latents.trust import correlate, judge
from napari_disentangle.recipes.counterfactual import words_of
from napari_disentangle.recipes.explain import ExplainConfig, with_masks

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.recipes.counterfactual import EditWord
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Progress, Task


def iter_edit_words(
    embedding: Embedding,
    crops: Crops,
    measured: pd.DataFrame | None = None,
    *,
    config: ExplainConfig | None = None,
) -> Task[Progress, tuple[EditWord, ...]]:
    """Return the changes that dimensions with an earned name make on these cells.

    The same as `edit_words` of the cells' `Explanation`, without drawing walks.

    Parameters
    ----------
    embedding : Embedding
        Codes of the cells.
    crops : Crops
        Their crops, row by row.
    measured : pandas.DataFrame, optional
        Classical features of these cells by their masks.
    config : ExplainConfig, optional
        How many cells are measured, and the seed.

    Raises
    ------
    DataError
        If there are no cells.
    """
    config = config or ExplainConfig()
    if len(crops) == 0:
        raise DataError("There are no cells to find words for; segment some.")
    rng = np.random.default_rng(config.seed)
    rows = np.sort(rng.permutation(len(crops))[: config.max_cells])
    measures = yield from iter_measure_crops(crops, rows)
    found = correlate(embedding.mean[rows], with_masks(measures, measured), rng)
    kls, sds = kl_of(embedding), embedding.mean.std(axis=0)
    words: list[EditWord] = []
    for dim, name in enumerate(embedding.dimensions):
        trust = judge(
            dim,
            embedding.dimensions,
            found,
            kl=float(kls[dim]),
            sd=float(sds[dim]),
            n_cells=len(rows),
        )
        words += words_of(name, trust.grade, trust.measure, trust.direction)
    return tuple(words)
