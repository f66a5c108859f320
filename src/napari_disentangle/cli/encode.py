"""`encode`: one table row a cell, with its named factors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_disentangle.cli import inputs, options
from napari_disentangle.cli.progress import follow

if TYPE_CHECKING:
    import pandas as pd

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.tasks import Progress, Task


def encode(
    out: Annotated[Path, typer.Option(help="Table: .csv, .parquet or .h5ad.")],
    image: options.OptionalImage = None,
    folder: inputs.Folder = None,
    labels: options.Labels = None,
    boxes: Annotated[
        Path | None, typer.Option(help="Boxes in the image: Pascal VOC (.xml).")
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(help="Points in the image: text x y class, or CSV; --window-px."),
    ] = None,
    classes: Annotated[
        Path | None, typer.Option(help="CSV with the class of each label.")
    ] = None,
    image_info: Annotated[
        Path | None,
        typer.Option(
            help="CSV about the images: a column image, others such as slide, day."
        ),
    ] = None,
    model: options.Model = options.DEFAULT_MODEL,
    channels: options.Channels = "",
    window: options.Window = options.WindowKind.COMMON,
    window_px: options.WindowPx = 0,
    background: options.Background = options.BackgroundKind.SUPPRESS,
    projection: options.Projection = options.ProjectionKind.CENTRAL,
    device: options.Device = "auto",
) -> None:
    """Encode the cells of an image or folder and write what is known about each.

    The cells of an image are those of its labels, boxes or points; without any, they
    are segmented. What of a folder cannot be used is listed beside the table. Cells
    that were excluded in napari are marked in the columns excluded, exclusion_reason.

    Example: napari-disentangle encode --image blood.jpg --labels cells.tif --out
    cells.csv
    """
    from napari_disentangle.export.tabular import check_format, write_table

    inputs.require_one(image=image, folder=folder)
    inputs.allow_one(labels=labels, boxes=boxes, points=points, folder=folder)
    inputs.allow_one(classes=classes, boxes=boxes, points=points, folder=folder)
    check_format(out)
    known = inputs.read_image_info(image_info)
    crop = options.crop_config(channels, window, window_px, background, projection)
    if image is None:
        task = _iter_folder(folder or Path(), out, crop, model, device)
    elif boxes or points:
        task = _iter_marks(image, boxes, points, crop, model, device)
    else:
        task = _iter_labels(image, labels, classes, crop, model, device)
    table = inputs.add_image_info(follow(task), known)
    write_table(table, out)
    typer.echo(f"{len(table)} cells in {out}")


def _iter_folder(
    folder: Path, out: Path, crop: CropConfig, model: str, device: str
) -> Task[Progress, pd.DataFrame]:
    from napari_disentangle.recipes.folders import iter_encode_folder, iter_open_crops
    from napari_disentangle.storage.models import read_model

    chosen = read_model(model)
    crops = yield from iter_open_crops(folder, crop)
    inputs.tell_left_out(crops, out)
    table = yield from iter_encode_folder(crops, chosen, device=device)
    return inputs.mark_excluded(table, crops, folder)


def _iter_marks(
    image: Path,
    boxes: Path | None,
    points: Path | None,
    crop: CropConfig,
    model: str,
    device: str,
) -> Task[Progress, pd.DataFrame]:
    from napari_disentangle.recipes.encode import cell_table, iter_encode
    from napari_disentangle.recipes.marks import open_boxes, open_points
    from napari_disentangle.storage.models import read_model

    chosen = read_model(model)
    if boxes is not None:
        crops = open_boxes(image, boxes, crop)
    else:
        crops = open_points(image, points or Path(), crop)
    embedding = yield from iter_encode(crops, chosen, device=device)
    return inputs.mark_excluded(cell_table(embedding, crops=crops), crops, image)


def _iter_labels(
    image: Path,
    labels: Path | None,
    classes: Path | None,
    crop: CropConfig,
    model: str,
    device: str,
) -> Task[Progress, pd.DataFrame]:
    from napari_disentangle.recipes.encode import iter_encode_cells
    from napari_disentangle.recipes.marks import with_classes
    from napari_disentangle.recipes.segment import iter_open_cells
    from napari_disentangle.storage.models import read_model

    chosen = read_model(model)
    cells = yield from iter_open_cells(image, labels, crop=crop)
    if classes is not None:
        cells = with_classes(cells, classes)
    encoded = yield from iter_encode_cells(cells, chosen, device=device)
    return inputs.mark_excluded(encoded.table, cells.crops, image)
