"""What must be said beside the pictures of a walk, a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from napari_disentangle.latents.reference import Reference
    from napari_disentangle.latents.traverse import Traversal

PRIOR_REACH = 3.5
"""Codes farther from 0 than this, in sd of the prior, were hardly ever decoded."""

FAR_SD = 4.0
"""A cell farther from the others than this, in their sd, is far from the data."""

SLACK_SD = 0.5
"""So far beyond the last cell, in sd of the cells, is still near the data."""


def walk_notes(
    walks: Traversal,
    reference: Reference,
    codes: NDArray[np.float32],
    *,
    start: NDArray[np.float32],
    draws: bool,
    has_crops: bool,
) -> tuple[str, ...]:
    """Return what a reader of walks must know.

    Parameters
    ----------
    walks : Traversal
        The walks.
    reference : Reference
        Center and spread of the reference cells.
    codes : array, (N, L)
        Codes of the reference cells; N may be 0.
    start : array, (L,)
        Code of the starting cell.
    draws : bool
        Whether pictures are drawn.
    has_crops : bool
        Whether real cells are shown.
    """
    notes = [
        _about_cells(walks, reference),
        _about_start(walks, reference, start),
        _about_prior(walks),
        _about_data(walks, reference, codes, draws=draws),
        _about_pictures(walks, len(codes), draws=draws, has_crops=has_crops),
    ]
    return tuple(note for note in notes if note)


def _about_cells(walks: Traversal, reference: Reference) -> str:
    if reference.n_cells == 0:
        return "There are no cells: the walks span the prior of the model."
    if reference.n_cells == 1:
        return "One cell has no spread: the walks span the prior of the model."
    flat = [
        name
        for name, from_prior in zip(walks.factors, walks.from_prior, strict=True)
        if from_prior
    ]
    if not flat:
        return ""
    return f"The cells do not differ in {_listed(flat)}: the prior is walked there."


def _about_start(
    walks: Traversal, reference: Reference, start: NDArray[np.float32]
) -> str:
    """Say that the starting cell is far from the data, measured in all dimensions."""
    if reference.n_cells < 3:
        return ""
    away = np.abs((start - reference.mean) / reference.sd)
    if away.max() <= FAR_SD:
        return ""
    return (
        f"The starting cell is far from the others ({away.max():.1f} sd in one "
        "dimension): what is drawn from it is extrapolated."
    )


def _about_prior(walks: Traversal) -> str:
    reach = [
        float(np.abs(walks.codes[walk, :, dim]).max())
        for walk, dim in enumerate(walks.dims)
    ]
    out = [n for n, far in zip(walks.factors, reach, strict=True) if far > PRIOR_REACH]
    if not out:
        return ""
    return (
        f"The range leaves the prior in {_listed(out)} (codes up to {max(reach):.1f}, "
        "of which the model has seen few beyond 3): its ends are extrapolated."
    )


def _about_data(
    walks: Traversal,
    reference: Reference,
    codes: NDArray[np.float32],
    *,
    draws: bool,
) -> str:
    if reference.n_cells < 2:
        return ""
    beyond = {}
    for walk, (name, dim) in enumerate(zip(walks.factors, walks.dims, strict=True)):
        steps = walks.positions_sd[walk]
        scaled = (codes[:, dim] - reference.mean[dim]) / reference.sd[dim]
        far = max(
            float(steps[-1] - scaled.max()),
            float(scaled.min() - steps[0]),
        )
        if far > SLACK_SD:
            beyond[name] = far
    if not beyond:
        return ""
    there = (
        "the pictures drawn there are of no cell you have"
        if draws
        else "no cell of yours is there, and the nearest stands in"
    )
    return (
        f"The walks go beyond all {reference.n_cells} cells in {_listed(list(beyond))} "
        f"(by up to {max(beyond.values()):.1f} sd): {there}."
    )


def _about_pictures(
    walks: Traversal, n_cells: int, *, draws: bool, has_crops: bool
) -> str:
    n_steps = walks.positions_sd.shape[1]
    if not draws and has_crops:
        return (
            "This model draws no pictures: the nearest real cells are shown; learn "
            "pictures from your cells to see drawn ones."
        )
    if has_crops and 0 < n_cells < n_steps:
        few = "is 1 real cell" if n_cells == 1 else f"are {n_cells} real cells"
        again = "it is" if n_cells == 1 else "some are"
        return f"There {few} for {n_steps} steps: {again} shown more than once."
    return ""


def _listed(names: Sequence[str]) -> str:
    shown = [name.replace("_", " ") for name in names]
    if len(shown) > 3:
        return f"{', '.join(shown[:3])} and {len(shown) - 3} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)
