"""All pictures of a traversal side by side, and a table of what each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from napari_disentangle.recipes.traversal_stack import TraversalStack


def tile(stack: TraversalStack) -> NDArray[np.float32]:
    """Return all pictures in one, (rows * H, T * W, 3), float32 in [0, 1].

    A row a walk and kind of picture: the drawn ones of a factor, beneath them the
    nearest real cells, then the next factor.
    """
    strips = [
        np.concatenate(list(stack.pictures(kind)[0][walk]), axis=1)
        for walk in range(len(stack.factors))
        for kind in stack.kinds
    ]
    return np.concatenate(strips)


def step_table(stack: TraversalStack) -> pd.DataFrame:
    """Return a row for each picture of the first kind, factor by factor.

    Columns: ``factor``, ``step`` (counted from 0), ``step_name``, ``step_sd`` (value
    of the walked factor in sd of the cells), ``nearest_label`` and ``nearest_sd`` (the
    nearest real cell and where it really lies), ``start_sd`` and ``start_spread_sd``
    (the starting cell, and the posterior sd of its code). Unknown numbers are NaN, an
    unknown label is missing.
    """
    info = stack.pictures(stack.picture)[1]
    shape = stack.positions_sd.shape
    names = [info.step_name(step) for step in range(shape[1])]
    labels: list[int | None] = [None] * stack.positions_sd.size
    if stack.nearest_cells is not None:
        labels = [int(label) for label in stack.nearest_cells.ravel()]
    return pd.DataFrame(
        {
            "factor": np.repeat(stack.factors, shape[1]),
            "step": np.tile(np.arange(shape[1]), shape[0]),
            "step_name": names * shape[0],
            "step_sd": stack.positions_sd.ravel().astype(np.float64),
            "nearest_label": pd.array(labels, "Int64"),
            "nearest_sd": _column(stack.nearest_sd, shape),
            "start_sd": _column(stack.start_sd, shape),
            "start_spread_sd": _column(stack.start_spread_sd, shape),
        }
    )


def _column(
    values: NDArray[np.float32] | None, shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """Return values of each step, (F, T), or of each factor, (F,), as a column."""
    if values is None:
        return np.full(shape[0] * shape[1], np.nan)
    each = values if values.ndim > 1 else values[:, None]
    return np.broadcast_to(each, shape).ravel().astype(np.float64)


def tile_table(stack: TraversalStack) -> pd.DataFrame:
    """Return a row for each picture of `tile`, and one for the head of each column.

    Columns: those of `step_table`; ``picture`` (``drawn, synthetic``, ``real``, ...;
    empty of heads); ``y``, ``x``, the upper left corner in pixels; ``text``, what is to
    be written there.
    """
    steps, n_steps = step_table(stack), stack.positions_sd.shape[1]
    height, width = stack.pictures(stack.picture)[0].shape[2:4]
    parts = []
    for walk, factor in enumerate(stack.factors):
        own = steps.iloc[walk * n_steps : (walk + 1) * n_steps]
        for kind, name in enumerate(stack.kinds):
            words = stack.pictures(name)[1].words
            row = walk * len(stack.kinds) + kind
            title = f"{factor.replace('_', ' ').capitalize()} ({words})"
            parts.append(
                own.assign(
                    picture=words,
                    y=float(row * height),
                    x=width * np.arange(n_steps, dtype=float),
                    text=[title, *[""] * (n_steps - 1)],
                )
            )
    names = steps["step_name"].iloc[:n_steps].tolist()
    short = [name.removesuffix(" sd") for name in names[:-1]]
    heads = parts[0].assign(picture="", y=-0.4 * height, text=[*short, names[-1]])
    return pd.concat([*parts, heads], ignore_index=True)
