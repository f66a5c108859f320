"""Everything about the cells of one image, written to one folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_disentangle.annotations.exclusions import mark_excluded
from napari_disentangle.annotations.values import Annotations
from napari_disentangle.crops.counted import counted_cells
from napari_disentangle.recipes.encode import order_columns
from napari_disentangle.recipes.outputs import (
    CellOutputs,
    cell_writers,
    iter_write_files,
)
from napari_disentangle.recipes.traversal import iter_make_traversal
from napari_disentangle.storage.atomic import ensure_folder
from napari_disentangle.tasks import run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from napari_disentangle.latents.traverse import TraversalConfig
    from napari_disentangle.recipes.encode import EncodedCells
    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tasks import Progress, Task


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes
    ----------
    files : tuple of Path
        All files.
    stack : TraversalStack
        The traversal among them.
    """

    files: tuple[Path, ...]
    stack: TraversalStack


def iter_export(
    encoded: EncodedCells,
    model: Model,
    folder: Path,
    *,
    factors: Sequence[str] = (),
    config: TraversalConfig | None = None,
    annotations: Annotations | None = None,
) -> Task[Progress, Exported]:
    """Write labels, tables, traversals and figures of encoded cells.

    Parameters
    ----------
    encoded : EncodedCells
        The cells and their codes.
    model : Model
        The model that made the codes.
    folder : Path
        Made if need be; files of the same names are replaced.
    factors : sequence of str
        Factors to walk; empty for all.
    config : TraversalConfig, optional
        Range and steps of the walks.
    annotations : Annotations, optional
        Which cells are excluded: they keep their rows, with the reason, and are in no
        picture.

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    ensure_folder(folder)
    counted = counted_cells(encoded.cells.crops, annotations)
    embedding = counted.codes(encoded.embedding)
    walks = iter_make_traversal(
        model, embedding, counted.crops, factors=factors, config=config
    )
    stack = (yield from walks).with_note(counted.note)
    known = Annotations() if annotations is None else annotations
    marked = mark_excluded(encoded.table, known)
    found = CellOutputs(
        labels=encoded.cells.labels,
        table=order_columns(marked, encoded.embedding.dimensions),
        crops=encoded.cells.crops,
        dimensions=encoded.embedding.dimensions,
        stack=stack,
    )
    files = yield from iter_write_files(folder, cell_writers(found))
    return Exported(files, stack)


def export(
    encoded: EncodedCells,
    model: Model,
    folder: Path,
    *,
    factors: Sequence[str] = (),
    config: TraversalConfig | None = None,
    annotations: Annotations | None = None,
) -> Exported:
    """Write everything about encoded cells: `iter_export` at once."""
    return run(
        iter_export(
            encoded,
            model,
            folder,
            factors=factors,
            config=config,
            annotations=annotations,
        )
    )
