"""The files about cells: one table of names and of what writes each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from napari_disentangle.export.tabular import check_format, write_table
from napari_disentangle.recipes.scatter import scatter_axes, write_scatter
from napari_disentangle.tasks import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from napari_disentangle.crops.axes import LazyArray
    from napari_disentangle.export.traversal_tiff import PictureKind, TraversalInfo
    from napari_disentangle.recipes.traversal import TraversalStack
    from napari_disentangle.tables import Crops
    from napari_disentangle.tasks import Task

Writer: TypeAlias = "Callable[[Path], None]"
Stack: TypeAlias = "tuple[NDArray[np.float32], TraversalInfo]"

_STAGE = "Writing files"


@dataclass(frozen=True, slots=True, eq=False)
class CellOutputs:
    """What is known of the cells of an image.

    Attributes
    ----------
    labels : array, (T, Z, Y, X)
        Id of the cell at each pixel.
    table : pandas.DataFrame
        One row a cell.
    crops : Crops
        Their crops.
    dimensions : sequence of str
        Names of the dimensions of their codes.
    stack : TraversalStack
        Walks through the codes.
    """

    labels: LazyArray
    table: pd.DataFrame
    crops: Crops
    dimensions: Sequence[str]
    stack: TraversalStack


def cell_writers(found: CellOutputs) -> dict[str, Writer]:
    """Return for each file about cells the function that writes it."""
    from napari_disentangle.export.labels_tiff import write_labels

    return {
        "labels.tif": lambda path: write_labels(path, np.asarray(found.labels)),
        **table_writers(found.table, (".csv", ".parquet")),
        **scatter_writers(found.table, found.crops, found.dimensions),
        **stack_writers(found.stack),
        **page_writers(found.stack),
    }


def table_writers(
    table: pd.DataFrame, suffixes: Sequence[str], stem: str = "cells"
) -> dict[str, Writer]:
    """Return the writer of `table` in each format."""
    return {
        f"{stem}{suffix}": lambda path: write_table(table, path) for suffix in suffixes
    }


def scatter_writers(
    table: pd.DataFrame, crops: Crops, dimensions: Sequence[str]
) -> dict[str, Writer]:
    """Return the writer of the scatter of two factors with crops as markers."""
    x, y = scatter_axes(dimensions)
    return {"factors.png": lambda path: write_scatter(path, table, crops, x, y)}


def stack_writers(
    stack: TraversalStack, name: str = "traversal.tif"
) -> dict[str, Writer]:
    """Return the writers of a traversal, a hyperstack for each kind of picture.

    The first kind is called `name`, the second the same with ``_nearest``.
    """
    from napari_disentangle.export.traversal_tiff import write_traversal

    stem, dot, suffix = name.rpartition(".")
    names = (name, f"{stem}_nearest{dot}{suffix}" if dot else f"{name}_nearest")

    def writer(kind: PictureKind) -> Writer:
        return lambda path: write_traversal(path, *stack.pictures(kind))

    return {n: writer(kind) for n, kind in zip(names, stack.kinds, strict=False)}


def page_writers(stack: TraversalStack) -> dict[str, Writer]:
    """Return the writer of a traversal as one printed page."""
    from napari_disentangle.export.figures import write_figure
    from napari_disentangle.export.montage import traversal_montage

    def write(path: Path) -> None:
        stacks = [stack.pictures(kind) for kind in stack.kinds]
        write_figure(path, traversal_montage(stacks))

    return {"traversal.png": write}


def iter_write_files(
    folder: Path, writers: Mapping[str, Writer]
) -> Task[Progress, tuple[Path, ...]]:
    """Write files into a folder and return them; each is written whole or not at all.

    Raises
    ------
    StorageError
        If one cannot be written.
    """
    for done, (name, write) in enumerate(writers.items()):
        yield Progress(_STAGE, done, len(writers))
        write(folder / name)
    return tuple(folder / name for name in writers)


def iter_write_table(table: pd.DataFrame, path: Path) -> Task[Progress, int]:
    """Write `table` to `path`, by its suffix, and return its number of rows.

    Raises
    ------
    DataError
        If the suffix is that of no table.
    StorageError
        If the file cannot be written.
    """
    check_format(path)
    written = table.assign(index=table["label"]) if "index" in table else table
    writers: dict[str, Writer] = {path.name: lambda part: write_table(written, part)}
    yield from iter_write_files(path.parent, writers)
    return len(table)


def iter_write_stack(
    stack: TraversalStack, path: Path
) -> Task[Progress, tuple[Path, ...]]:
    """Write a traversal in the format of its ending and return the files.

    Parameters
    ----------
    stack : TraversalStack
        What to write.
    path : Path
        TIFF and OME-Zarr hold one kind of pictures: the first goes to `path`, the
        second beside it, to the same name with ``_nearest``. GIF, MP4 and PNG show all
        kinds in one file.

    Raises
    ------
    DataError
        If the ending is unknown.
    MissingExtraError
        If the format needs a package that is not installed.
    StorageError
        If a file cannot be written.
    """
    from napari_disentangle.export.traversal_file import (
        check_traversal_path,
        holds_one_kind,
        write_traversal_file,
    )

    suffix = check_traversal_path(path)
    stem = path.name[: -len(suffix)]
    stacks = [stack.pictures(kind) for kind in stack.kinds]
    parts = [[each] for each in stacks] if holds_one_kind(path) else [stacks]
    names = (path.name, f"{stem}_nearest{path.name[-len(suffix) :]}")

    def writer(part: list[Stack]) -> Writer:
        return lambda file: write_traversal_file(file, part)

    writers = {n: writer(part) for n, part in zip(names, parts, strict=False)}
    return (yield from iter_write_files(path.parent, writers))
