"""`segment`: labels for images that have none."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from napari_disentangle.cli import options
from napari_disentangle.cli.progress import follow


class _Method(StrEnum):
    LI = "li"
    OTSU = "otsu"
    LOCAL = "local"


class _Objects(StrEnum):
    AUTO = "auto"
    BRIGHT = "bright"
    DARK = "dark"


def segment(
    image: options.Image,
    out: Annotated[Path, typer.Option(help="TIFF file for the labels.")],
    method: Annotated[_Method | None, typer.Option(help="Threshold.")] = None,
    objects: Annotated[
        _Objects | None, typer.Option(help="Cells on a dark or bright ground.")
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(help="auto, contrast, gray, saturation, or a number from 0."),
    ] = None,
    split_px: Annotated[
        float | None, typer.Option(help="Split cells wider than this; 0: none.")
    ] = None,
    min_area_px: Annotated[int | None, typer.Option(help="Smallest cell.")] = None,
    max_area_px: Annotated[int | None, typer.Option(help="Largest cell.")] = None,
    clear_border: Annotated[
        bool | None, typer.Option(help="Whether cells cut by the border are dropped.")
    ] = None,
) -> None:
    """Find cells by threshold and watershed and write them as a label image.

    Example: napari-disentangle segment --image blood.jpg --split-px 30 --out cells.tif
    """
    from napari_disentangle.export.labels_tiff import write_labels
    from napari_disentangle.recipes.segment import count_cells, iter_segment_file

    given = {
        "method": method,
        "objects": objects,
        "channel": channel,
        "split_px": split_px,
        "min_area_px": min_area_px,
        "max_area_px": max_area_px,
        "clear_border": clear_border,
    }
    labels = follow(iter_segment_file(image, options.segment_config(given)))
    write_labels(out, labels)
    typer.echo(f"{count_cells(labels)} cells in {out}")
