"""Measure the pictures along the walk of every dimension, drawn and real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from napari_disentangle.crops.picture import (
    PICTURE_COLUMNS,
    measure_picture,
    segment_crop,
)
from napari_disentangle.latents.nearest import nearest
from napari_disentangle.latents.reference import reference_of
from napari_disentangle.latents.response import fidelity_of, respond, spread_of
from napari_disentangle.latents.traverse import TraversalConfig, traverse
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.latents.response import Response
    from napari_disentangle.latents.traverse import Traversal
    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Task

    Pictures = NDArray[np.float32]

_STAGE = "Measuring walks"
_RULER_CELLS = 300  # real cells measured in small crops: the ruler of all effects
_REAL_STARTS = 15  # cells from which walks are followed among real cells
_STEPS = 7
_DRAWN_CELLS = 150  # cells drawn to see which measures drawn pictures tell


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """What moves along the walk of each dimension, L of them.

    Attributes
    ----------
    decoded, nearest : tuple of tuple of Response, length L
        Of the pictures drawn and of the nearest real cells, mean over walks from
        several cells. Empty where there are none.
    """

    decoded: tuple[tuple[Response, ...], ...]
    nearest: tuple[tuple[Response, ...], ...]


def iter_measure_walks(
    model: Model,
    embedding: Embedding,
    crops: Crops,
    stack: TraversalStack | None,
    table: pd.DataFrame,
    *,
    n_starts: int,
    rng: np.random.Generator,
) -> Task[Progress, Walks]:
    """Return how the pictures along each walk respond.

    Effects are in sd of the real cells, measured in crops of the pictures' own size, so
    that a blurry picture is compared with equally small ones. Cells are drawn, too, to
    see which of their measures a drawn picture tells.

    Parameters
    ----------
    model, embedding, crops
        The cells, row by row.
    stack : TraversalStack or None
        Walks of all dimensions with the nearest real cells.
    table : pandas.DataFrame
        Measures of the cells, for their spread where there are few.
    n_starts : int
        Cells from which drawn walks start.
    rng : numpy.random.Generator
        Picks them.
    """
    n_dims = len(embedding.dimensions)
    empty: tuple[tuple[Response, ...], ...] = ((),) * n_dims
    if stack is None:
        return Walks(empty, empty)
    size = stack.pictures(stack.picture)[0].shape[2]
    ruler = np.sort(rng.permutation(len(crops))[:_RULER_CELLS])
    real = _measure(np.moveaxis(crops.cut(ruler, size), 1, -1), real=True)
    spread = spread_of(real if len(crops) > 1 else table)
    starts = rng.permutation(len(crops))
    told = _fidelity(model, embedding.mean[ruler[:_DRAWN_CELLS]], real)
    decoded = yield from _iter_decoded(
        model, embedding, starts[:n_starts], spread, told
    )
    nearest = _nearest(embedding, starts[:_REAL_STARTS], ruler, real, spread)
    yield Progress(_STAGE, n_dims, n_dims)
    return Walks(decoded or empty, nearest)


def _iter_decoded(
    model: Model,
    embedding: Embedding,
    starts: NDArray[np.int64],
    spread: dict[str, float],
    told: dict[str, float],
) -> Task[Progress, tuple[tuple[Response, ...], ...]]:
    """Return how drawn pictures respond; nothing if the model draws none."""
    from napari_disentangle.latents.render import has_pictures, render_codes

    if not has_pictures(model):
        return ()
    walked = [_walks_from(embedding, row) for row in starts]
    responses = []
    for dim in range(len(embedding.dimensions)):
        tables = [_measure(render_codes(model, walk.codes[dim])) for walk in walked]
        responses.append(respond(tables, spread, told))
        yield Progress(_STAGE, dim, len(embedding.dimensions))
    return tuple(responses)


def _fidelity(
    model: Model, codes: NDArray[np.float32], real: pd.DataFrame
) -> dict[str, float]:
    """Return which measures of cells the pictures drawn of them tell."""
    from napari_disentangle.latents.render import has_pictures, render_codes

    if not has_pictures(model):
        return {}
    return fidelity_of(_measure(render_codes(model, codes)), real.iloc[: len(codes)])


def _nearest(
    embedding: Embedding,
    starts: NDArray[np.int64],
    ruler: NDArray[np.int64],
    real: pd.DataFrame,
    spread: dict[str, float],
) -> tuple[tuple[Response, ...], ...]:
    """Return how the nearest real cells respond, among those that were measured."""
    codes, reference = embedding.mean[ruler], reference_of(embedding.mean)
    tables: list[list[pd.DataFrame]] = [[] for _ in embedding.dimensions]
    for row in starts:
        walk = _walks_from(embedding, row)
        for dim, rows in enumerate(nearest(walk, codes, reference).rows):
            tables[dim].append(real.iloc[rows])
    return tuple(respond(each, spread) for each in tables)


def _walks_from(embedding: Embedding, row: int) -> Traversal:
    return traverse(
        embedding.mean[row],
        reference_of(embedding.mean),
        embedding.dimensions,
        config=TraversalConfig(steps=_STEPS),
    )


def _measure(pictures: Pictures, *, real: bool = False) -> pd.DataFrame:
    """Return measures of pictures, (T, H, W, 3), one row each."""
    rows = [measure_picture(p, segment_crop(p) if real else None) for p in pictures]
    return pd.DataFrame(rows, columns=list(PICTURE_COLUMNS))
