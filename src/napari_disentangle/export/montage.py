"""Traversals as one printed page: a row a walk, decoded above nearest real cells."""

from __future__ import annotations

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


def traversal_montage(stacks: Sequence[Stack]) -> Figure:
    """Return a figure of one or more stacks of the same walks.

    Parameters
    ----------
    stacks : sequence of (array (F, T, H, W, 3) in [0, 1], TraversalInfo)
        Kinds of pictures of the same walks; shown below each other, walk by walk.
    """
    info = stacks[0][1]
    n_rows, n_steps = len(info.factors) * len(stacks), len(info.steps_sd)
    figure = new_figure(_TILE * n_steps + 1.6, _TILE * n_rows + 0.6)
    tiles = figure.subplots(n_rows, n_steps, squeeze=False)
    for row in range(n_rows):
        walk, kind = divmod(row, len(stacks))
        pictures, shown = stacks[kind]
        for step, tile in enumerate(tiles[row]):
            tile.imshow(pictures[walk, step])
            tile.set(xticks=[], yticks=[])
            if row == 0:
                tile.set_title(info.step_name(step), fontsize=8)
        tiles[row, 0].set_ylabel(
            f"{info.factors[walk].replace('_', ' ')}\n({shown.words})",
            rotation=0,
            ha="right",
            va="center",
            fontsize=8,
        )
    return figure
