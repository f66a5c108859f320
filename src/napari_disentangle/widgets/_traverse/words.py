"""What the dock says of the pictures: which are drawn, which are real, how far off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from napari_disentangle.widgets._columns import column_text

if TYPE_CHECKING:
    from napari_disentangle.recipes.traversal import TraversalStack

PICTURES = {
    "none": "This model draws no pictures: you will see the nearest real cells only. "
    "Learn pictures to see drawn ones.",
    "synthetic": "Drawn pictures are synthetic sprites: they show what a factor means "
    "to the model, not how your cells look.",
    "own cells": "Drawn pictures were learned from your own cells.",
}
"""What to know of the pictures of a model, by what they were learned from."""

DRAWN_BY = {
    "synthetic": "drawn by a decoder of synthetic sprites",
    "own cells": "drawn, learned from your own cells",
}

_OFF_SD = 0.5  # a real cell farther off than this does not show the step


def factor_text(factor: str) -> str:
    """Return a factor, or a way such as ``cell 5 to cell 9``, as a title."""
    return column_text(f"z_{factor}")


def legend_of(stack: TraversalStack) -> str:
    """Return which pictures are drawn and which are real, and what to know of them."""
    lines = []
    if stack.decoded is not None:
        lines.append(f"Top: {DRAWN_BY.get(stack.picture_source, 'drawn')}.")
    if stack.nearest is not None:
        where = "Below" if lines else "Shown"
        lines.append(f"{where}: the nearest real cells of this image.")
    return " ".join([*lines, *stack.notes])


def position_text(stack: TraversalStack, factor: int, step: int) -> str:
    """Return where the sliders are, and where the real cell shown really lies."""
    info = stack.pictures(stack.picture)[1]
    text = f"{factor_text(stack.factors[factor])}: {info.step_name(step)}"
    if not stack.step_names:
        text += " from the mean of the cells"
    if stack.nearest_cells is not None:
        text += f". Real: cell {stack.nearest_cells[factor, step]}"
    if stack.nearest_sd is not None:
        there = float(stack.nearest_sd[factor, step])
        off = abs(there - float(stack.positions_sd[factor, step]))
        text += f" at {there:+.1f} sd"
        text += f", {off:.1f} sd off: none fits better" if off > _OFF_SD else ""
    if stack.start_sd is not None and stack.start_spread_sd is not None:
        start, spread = stack.start_sd[factor], stack.start_spread_sd[factor]
        text += f". The starting cell: {start:+.1f} ± {spread:.1f} sd"
    return f"{text}."


def source_of(model: object) -> str:
    """Return what the pictures of a model were learned from, ``none`` without any."""
    if model is None:
        return "none"
    from napari_disentangle.latents.render import picture_source
    from napari_disentangle.storage.models import Model

    return picture_source(model) if isinstance(model, Model) else "none"
