"""Walks from A to B, and across the difference of two groups, as stacks of pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.latents.reference import reference_of
from napari_disentangle.recipes.counterfactual import cross, walk_between
from napari_disentangle.recipes.traversal_stack import TraversalStack
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.latents.contrast import FactorContrast
    from napari_disentangle.recipes.counterfactual import CodePictures
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Task

_STAGE = "Drawing the way"


def iter_walk_between(
    model: Model,
    embedding: Embedding,
    crops: Crops | None,
    start: int | NDArray[np.float32],
    end: int | NDArray[np.float32],
    *,
    names: tuple[str, str] = ("A", "B"),
    steps: int = 11,
) -> Task[Progress, TraversalStack]:
    """Return the straight way from one cell, or center of a group, to another.

    Parameters
    ----------
    model, embedding, crops, start, end, steps
        See `walk_between`.
    names : pair of str
        What the ends are called.

    Returns
    -------
    TraversalStack
        One walk; `positions_sd` is how far it has come, root mean square over
        dimensions in sd of the cells.
    """
    yield Progress(_STAGE, 0, 1)
    found = walk_between(model, embedding, crops, start, end, steps=steps)
    yield Progress(_STAGE, 1, 1)
    gone = (found.codes - found.codes[0]) / reference_of(embedding.mean).sd
    parts = [f"{100 * part:.0f} %" for part in np.linspace(0, 1, steps)]
    return _stack(
        model,
        embedding,
        found,
        name=" to ".join(names),
        positions=np.sqrt(np.square(gone).mean(axis=1)),
        step_names=(names[0], *parts[1:-1], names[1]),
    )


def iter_cross(
    model: Model,
    embedding: Embedding,
    crops: Crops | None,
    contrast: FactorContrast,
    *,
    steps: int = 11,
) -> Task[Progress, TraversalStack]:
    """Return the walk across the difference of two groups in one factor.

    Returns
    -------
    TraversalStack
        One walk; `positions_sd` and `nearest_sd` are those of the factor.
    """
    yield Progress(_STAGE, 0, 1)
    found = cross(model, embedding, crops, contrast, steps=steps)
    yield Progress(_STAGE, 1, 1)
    dim, reference = contrast.dimension, reference_of(embedding.mean)
    real = embedding.mean[found.nearest_rows, dim]
    return _stack(
        model,
        embedding,
        found,
        name=contrast.name,
        positions=reference.to_sd(found.codes[:, dim], dim),
        nearest_sd=reference.to_sd(real, dim),
    )


def _stack(
    model: Model,
    embedding: Embedding,
    found: CodePictures,
    *,
    name: str,
    positions: NDArray[np.float32],
    nearest_sd: NDArray[np.float32] | None = None,
    step_names: tuple[str, ...] = (),
) -> TraversalStack:
    from napari_disentangle.latents.render import picture_source

    labels = embedding.table["label"].to_numpy(np.int64)
    return TraversalStack(
        decoded=None if found.decoded is None else found.decoded[None],
        nearest=None if found.nearest is None else found.nearest[None],
        factors=(name,),
        steps_sd=np.asarray(positions, np.float32),
        positions_sd=np.asarray(positions, np.float32)[None],
        model_id=model.id,
        picture_source=picture_source(model),
        from_prior=(False,),
        nearest_rows=found.nearest_rows[None],
        nearest_sd=None if nearest_sd is None else nearest_sd[None],
        nearest_cells=labels[found.nearest_rows][None],
        step_names=step_names,
        notes=found.notes,
    )
