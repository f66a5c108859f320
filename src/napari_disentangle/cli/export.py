"""`export`: everything about the cells of an image, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_disentangle.cli import inputs, options
from napari_disentangle.cli.progress import follow


def export(
    image: options.Image,
    out: Annotated[Path, typer.Option(help="Folder for the files.")],
    labels: options.Labels = None,
    model: options.Model = options.DEFAULT_MODEL,
    factor: options.Factors = None,
    device: options.Device = "auto",
) -> None:
    """Write labels, tables, traversals and figures of the cells of an image.

    Example: napari-disentangle export --image blood.jpg --out results
    """
    from napari_disentangle.recipes.encode import iter_encode_cells
    from napari_disentangle.recipes.export import iter_export
    from napari_disentangle.recipes.segment import iter_open_cells
    from napari_disentangle.storage.atomic import ensure_folder
    from napari_disentangle.storage.models import read_model

    ensure_folder(out)
    source = read_model(model)
    cells = follow(iter_open_cells(image, labels))
    saved = inputs.tell_excluded(cells.crops, image)
    encoded = follow(iter_encode_cells(cells, source, device=device))
    task = iter_export(
        encoded, source, out, factors=factor or (), annotations=saved.annotations
    )
    done = follow(task)
    for file in done.files:
        typer.echo(file)
