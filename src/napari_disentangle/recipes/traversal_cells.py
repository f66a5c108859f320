"""The same walks from several cells, side by side: the cell is one more axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.recipes.outputs import iter_write_stack
from napari_disentangle.recipes.traversal import iter_make_traversal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.export.traversal_tiff import PictureKind
    from napari_disentangle.latents.traverse import TraversalConfig
    from napari_disentangle.recipes.traversal_stack import TraversalStack
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops, Embedding
    from napari_disentangle.tasks import Progress, Task

MOST_CELLS = 24
"""From more cells at once no walk starts: the stack would not fit into memory."""


@dataclass(frozen=True, slots=True, eq=False)
class CellStacks:
    """Walks from several cells.

    Attributes
    ----------
    labels : tuple of int, length C
        Label ids of the cells.
    stacks : tuple of TraversalStack, length C
        The walks from each, all of the same factors and steps.
    """

    labels: tuple[int, ...]
    stacks: tuple[TraversalStack, ...]

    @property
    def kinds(self) -> tuple[PictureKind, ...]:
        """The kinds of pictures there are, the drawn ones first."""
        return self.stacks[0].kinds

    def with_note(self, note: str) -> CellStacks:
        """Return these with one more note on each; an empty one is none."""
        stacks = tuple(stack.with_note(note) for stack in self.stacks)
        return CellStacks(self.labels, stacks)

    def pictures(self, kind: PictureKind) -> NDArray[np.float32]:
        """Return the pictures of one kind, (C, F, T, H, W, 3)."""
        return np.stack([stack.pictures(kind)[0] for stack in self.stacks])


def iter_traverse_cells(
    model: Model,
    embedding: Embedding,
    crops: Crops | None,
    rows: Sequence[int],
    *,
    factors: Sequence[str] = (),
    config: TraversalConfig | None = None,
) -> Task[Progress, CellStacks]:
    """Return the walks from each of some cells.

    Parameters
    ----------
    model, embedding, crops, factors, config
        See `iter_make_traversal`.
    rows : sequence of int, length C
        Rows of the cells, at most `MOST_CELLS`.

    Raises
    ------
    DataError
        If there is no cell, or there are too many.
    """
    if not 0 < len(rows) <= MOST_CELLS:
        raise DataError(
            f"Walks start from 1 to {MOST_CELLS} cells at once; got {len(rows)}."
        )
    stacks = []
    for row in rows:
        stack = yield from iter_make_traversal(
            model, embedding, crops, row=row, factors=factors, config=config
        )
        stacks.append(stack)
    labels = embedding.table["label"].to_numpy(np.int64)[list(rows)]
    return CellStacks(tuple(map(int, labels)), tuple(stacks))


def iter_write_cells(found: CellStacks, path: Path) -> Task[Progress, tuple[Path, ...]]:
    """Write the walks from each cell, ``..._cell7`` before the ending.

    See `iter_write_stack` for formats and errors.
    """
    written: tuple[Path, ...] = ()
    stem, dot, suffix = path.name.partition(".")
    for label, stack in zip(found.labels, found.stacks, strict=True):
        own = path.with_name(f"{stem}_cell{label}{dot}{suffix}")
        written += yield from iter_write_stack(stack, own)
    return written
