"""`encode`: one table row a cell, with its named factors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_disentangle.cli import options
from napari_disentangle.cli.progress import follow


def encode(
    image: options.Image,
    out: Annotated[Path, typer.Option(help="Table: .csv or .parquet.")],
    labels: options.Labels = None,
    model: options.Model = options.DEFAULT_MODEL,
    channels: options.Channels = "",
    window: options.Window = options.WindowKind.COMMON,
    window_px: options.WindowPx = 0,
    background: options.Background = options.BackgroundKind.SUPPRESS,
    projection: options.Projection = options.ProjectionKind.CENTRAL,
    device: options.Device = "auto",
) -> None:
    """Encode the cells of an image and write what is known about each as a table.

    Example: napari-disentangle encode --image blood.jpg --labels cells.tif --out
    cells.csv
    """
    from napari_disentangle.export.tabular import check_format, write_table
    from napari_disentangle.recipes.encode import iter_encode_cells
    from napari_disentangle.recipes.segment import iter_open_cells
    from napari_disentangle.storage.models import read_model

    check_format(out)
    crop = options.crop_config(channels, window, window_px, background, projection)
    cells = follow(iter_open_cells(image, labels, crop=crop))
    encoded = follow(iter_encode_cells(cells, read_model(model), device=device))
    write_table(encoded.table, out)
    typer.echo(f"{len(encoded.table)} cells in {out}")
