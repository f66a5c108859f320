"""Traversals as one printed page: a row a walk, decoded above nearest real cells.

Below each real cell stands which it is and where it lies, in red where that is not
where the walk is; below all stands how far the walks leave the data.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from napari_disentangle.export.figures import new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from napari_disentangle.export.traversal_tiff import TraversalInfo

    Stack = tuple[NDArray[np.float32], TraversalInfo]

_TILE = 0.85  # inches
_LINE = 0.17  # inches of a line of notes
_OFF, _NEAR = "#b3312c", "#687184"


def traversal_montage(stacks: Sequence[Stack]) -> Figure:
    """Return a figure of one or more stacks of the same walks.

    Parameters
    ----------
    stacks : sequence of (array (F, T, H, W, 3) in [0, 1], TraversalInfo)
        Kinds of pictures of the same walks; shown below each other, walk by walk.
    """
    info = stacks[0][1]
    n_rows, n_steps = len(info.factors) * len(stacks), len(info.steps_sd)
    width = _TILE * n_steps + 1.6
    notes = [line for note in info.notes for line in wrap(note, int(13 * width))]
    below = sum(0.15 * len(info.factors) for _, shown in stacks if shown.cells)
    height = _TILE * n_rows + below + 0.6 + _LINE * len(notes)
    figure = new_figure(width, height)
    tiles = figure.subplots(n_rows, n_steps, squeeze=False)
    for row in range(n_rows):
        walk, kind = divmod(row, len(stacks))
        pictures, shown = stacks[kind]
        for step, tile in enumerate(tiles[row]):
            tile.imshow(pictures[walk, step])
            tile.set(xticks=[], yticks=[])
            place, is_off = shown.place(walk, step)
            if place:
                color = _OFF if is_off else _NEAR
                tile.set_xlabel(place, fontsize=6, labelpad=2, color=color)
            if row == 0:
                tile.set_title(info.step_name(step), fontsize=8)
        tiles[row, 0].set_ylabel(
            f"{info.factors[walk].replace('_', ' ')}\n({shown.words})",
            rotation=0,
            ha="right",
            va="center",
            fontsize=8,
        )
    if notes:
        figure.supxlabel(
            "\n".join(notes), x=0.01, ha="left", fontsize=8, color="#1c2330"
        )
    return figure
