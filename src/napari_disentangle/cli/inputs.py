"""Where cells come from: options that exclude each other, and what was left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.crops.boxes import BoxCrops
    from napari_disentangle.crops.folders import FolderCrops
    from napari_disentangle.recipes.exclusions import SavedExclusions
    from napari_disentangle.tables import Crops

Folder = Annotated[
    Path | None,
    typer.Option(
        help="Images in one folder a class, or images with a Pascal VOC file each."
    ),
]

SHOWN = 3
"""So many reasons are told; all are in the file."""


def require_one(**given: Path | None) -> None:
    """End with wrong usage unless exactly one of the options was given."""
    allow_one(**given)
    if all(value is None for value in given.values()):
        raise typer.BadParameter(f"give one of {_names(given)}.")


def allow_one(**given: Path | None) -> None:
    """End with wrong usage if more than one of the options was given."""
    chosen = [name for name, value in given.items() if value is not None]
    if len(chosen) > 1:
        raise typer.BadParameter(f"{_names(chosen)} exclude each other; give one.")


def tell_left_out(crops: FolderCrops | BoxCrops, out: Path) -> None:
    """Tell on stderr what was skipped or is there twice, and list it beside `out`.

    The lists are ``<stem>_skipped.csv`` and ``<stem>_duplicates.csv``; those of an
    earlier run are removed.
    """
    from napari_disentangle.export.tabular import write_table

    lists = {"skipped": crops.skipped, "duplicates": crops.duplicates}
    for what, table in lists.items():
        path = out.with_name(f"{out.stem}_{what}.csv")
        if table.empty:
            path.unlink(missing_ok=True)
        else:
            write_table(table, path)
            typer.echo(f"{len(table)} {what}, listed in {path}", err=True)
    for reason, n in crops.skipped["reason"].value_counts().head(SHOWN).items():
        typer.echo(f"  {n} x {reason}", err=True)


def mark_excluded(table: pd.DataFrame, crops: Crops, where: Path) -> pd.DataFrame:
    """Return the table with the cells marked that were excluded in napari; tell them.

    Parameters
    ----------
    table : pandas.DataFrame
        The cells.
    crops : Crops
        Their crops.
    where : Path
        The image or folder they are from.
    """
    saved = tell_excluded(crops, where)
    return saved.marked(table)


def tell_excluded(crops: Crops, where: Path) -> SavedExclusions:
    """Return which cells were excluded in napari, and tell on stderr how many."""
    from napari_disentangle.recipes.exclusions import read_exclusions

    saved = read_exclusions(crops, where)
    if saved.note:
        typer.echo(saved.note, err=True)
    return saved


def read_image_info(path: Path | None) -> dict[str, dict[str, str]]:
    """Return what a file says of images; ask before hours of work end in a typo."""
    from napari_disentangle.storage.image_info import read_info_table

    return {} if path is None else read_info_table(path)


def add_image_info(
    table: pd.DataFrame, known: dict[str, dict[str, str]]
) -> pd.DataFrame:
    """Return the table of cells with what is known of their images, and tell gaps."""
    from napari_disentangle.recipes.image_info import join_info

    table, lacking = join_info(table, known)
    if lacking:
        shown = ", ".join(lacking[:SHOWN])
        typer.echo(f"{len(lacking)} images are not in the file: {shown}", err=True)
    return table


def _names(options: dict[str, Path | None] | list[str]) -> str:
    return ", ".join(f"--{name}" for name in options)
