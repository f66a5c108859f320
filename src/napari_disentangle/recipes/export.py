"""Everything about the cells of one image, written to one folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.export.tabular import write_table
from napari_disentangle.export.traversal_tiff import write_traversal
from napari_disentangle.recipes.traversal import iter_make_traversal
from napari_disentangle.storage.atomic import ensure_folder
from napari_disentangle.tables import KEY, code_columns
from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from napari_disentangle.latents.traverse import TraversalConfig
    from napari_disentangle.recipes.encode import EncodedCells
    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task

_STAGE = "Writing files"
_MARKER_PX = 64
_SCATTER_AXES = ("scale", "color")

Writer: TypeAlias = "Callable[[Path], None]"


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

    Raises
    ------
    StorageError
        If the folder cannot be written.
    """
    ensure_folder(folder)
    stack = yield from iter_make_traversal(
        model, encoded.embedding, encoded.cells.crops, factors=factors, config=config
    )
    writers = _writers(encoded, stack)
    for done, (name, write) in enumerate(writers.items(), 1):
        write(folder / name)
        yield Progress(_STAGE, done, len(writers))
    return Exported(tuple(folder / name for name in writers), stack)


def export(
    encoded: EncodedCells,
    model: Model,
    folder: Path,
    *,
    factors: Sequence[str] = (),
    config: TraversalConfig | None = None,
) -> Exported:
    """Write everything about encoded cells: `iter_export` at once."""
    return run(iter_export(encoded, model, folder, factors=factors, config=config))


def write_scatter(
    path: Path, table: pd.DataFrame, crops: Crops, x: str, y: str
) -> None:
    """Write a scatter of two columns of codes, with crops of cells as markers.

    Parameters
    ----------
    path : Path
        Picture to write, PNG by its suffix.
    table : pandas.DataFrame
        Cells, those without a crop included.
    crops : Crops
        Their crops, matched by `KEY`.
    x, y : str
        Columns such as ``z_scale``.

    Raises
    ------
    DataError
        If a column is missing.
    StorageError
        If the file cannot be written.
    """
    from napari_disentangle.export.figures import write_figure
    from napari_disentangle.export.plots import factor_scatter, pick_spread

    keys = list(KEY)
    cells = crops.table[keys].merge(table, on=keys, how="left", validate="1:1")
    for column in (x, y):
        if column not in cells:
            raise DataError(f"The table has no column {column!r} to plot.")
    rows = pick_spread(cells[x].to_numpy(), cells[y].to_numpy())
    pictures = np.moveaxis(crops.cut(rows, _MARKER_PX), 1, -1)
    write_figure(path, factor_scatter(cells, x, y, pictures, rows))


def scatter_axes(dimensions: Sequence[str]) -> tuple[str, str]:
    """Return two columns of codes to plot: scale and color, else the first ones."""
    chosen = [name for name in _SCATTER_AXES if name in dimensions]
    chosen += [name for name in dimensions if name not in chosen]
    x, y = code_columns([*chosen, chosen[0]][:2])
    return x, y


def _writers(encoded: EncodedCells, stack: TraversalStack) -> dict[str, Writer]:
    """Return for each file the function that writes it."""
    from napari_disentangle.export.figures import write_figure
    from napari_disentangle.export.labels_tiff import write_labels
    from napari_disentangle.export.montage import traversal_montage

    labels, table = np.asarray(encoded.cells.labels), encoded.table
    x, y = scatter_axes(encoded.embedding.dimensions)
    stacks = [stack.pictures(kind) for kind in stack.kinds]
    writers: dict[str, Writer] = {
        "labels.tif": lambda path: write_labels(path, labels),
        "cells.csv": lambda path: write_table(table, path),
        "cells.parquet": lambda path: write_table(table, path),
        "traversal.tif": lambda path: write_traversal(path, *stacks[0]),
        "traversal.png": lambda path: write_figure(path, traversal_montage(stacks)),
        "factors.png": lambda path: write_scatter(
            path, table, encoded.cells.crops, x, y
        ),
    }
    if len(stacks) > 1:
        writers["traversal_nearest.tif"] = lambda path: write_traversal(
            path, *stacks[1]
        )
    return writers
