"""`explain`: what each factor does on some cells, and whether it deserves its name."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_disentangle.cli import inputs, options
from napari_disentangle.cli.progress import follow

if TYPE_CHECKING:
    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.recipes.explain import ExplainConfig
    from napari_disentangle.recipes.explanation import Explanation
    from napari_disentangle.storage.models import Model
    from napari_disentangle.tasks import Progress, Task


class _Sample(StrEnum):
    KNOWN_FACTORS = "known-factors"


def explain(
    out: Annotated[Path, typer.Option("--json", help="JSON file for all numbers.")],
    model: options.Model = options.DEFAULT_MODEL,
    image: options.OptionalImage = None,
    labels: options.Labels = None,
    folder: inputs.Folder = None,
    sample: Annotated[
        _Sample | None,
        typer.Option(help="The generated image whose factors are known: a truth test."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="One HTML page with a card a factor.")
    ] = None,
    table: Annotated[
        Path | None, typer.Option(help="Codes and measures a cell: .csv or .parquet.")
    ] = None,
    channels: options.Channels = "",
    window: options.Window = options.WindowKind.COMMON,
    window_px: options.WindowPx = 0,
    background: options.Background = options.BackgroundKind.SUPPRESS,
    projection: options.Projection = options.ProjectionKind.CENTRAL,
    max_cells: Annotated[
        int, typer.Option(min=1, help="Cells that are measured, of very many.")
    ] = 2000,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    device: options.Device = "auto",
) -> None:
    """Explain every factor of a model on the cells of an image, folder or sample.

    Tells first whether the cells are like what the model knows; then, for each factor,
    what moves along its walk, what it goes with, and a grade from A to D.

    Example: napari-disentangle explain --model features --image blood.jpg --json
    factors.json --html factors.html
    """
    from napari_disentangle.config import check_config
    from napari_disentangle.recipes.explain import ExplainConfig
    from napari_disentangle.recipes.explain_json import explanation_document
    from napari_disentangle.storage.documents import write_json
    from napari_disentangle.storage.models import read_model

    known = Path() if sample else None
    inputs.require_one(image=image, folder=folder, sample=known)
    inputs.allow_one(labels=labels, folder=folder, sample=known)
    if table is not None:
        from napari_disentangle.export.tabular import check_format

        check_format(table)
    crop = options.crop_config(channels, window, window_px, background, projection)
    config = check_config(ExplainConfig, {"max_cells": max_cells, "seed": seed})
    chosen = read_model(model)
    if folder is not None:
        found = follow(_iter_folder(chosen, folder, out, crop, config, device))
    else:
        found = follow(_iter_image(chosen, image, labels, crop, config, device))
    write_json(out, explanation_document(found))
    _write_others(found, html, table)
    _tell(found)


def _iter_image(
    model: Model,
    image: Path | None,
    labels: Path | None,
    crop: CropConfig,
    config: ExplainConfig,
    device: str,
) -> Task[Progress, Explanation]:
    """Explain an image, or without one the sample with known factors."""
    from napari_disentangle.recipes.explain_inputs import (
        iter_explain_image,
        iter_explain_sample,
    )

    if image is None:
        task = iter_explain_sample(model, config=config, device=device)
    else:
        task = iter_explain_image(
            model, image, labels, crop=crop, config=config, device=device
        )
    explanation, _ = yield from task
    return explanation


def _iter_folder(
    model: Model,
    folder: Path,
    out: Path,
    crop: CropConfig,
    config: ExplainConfig,
    device: str,
) -> Task[Progress, Explanation]:
    from napari_disentangle.recipes.explain_inputs import iter_explain_folder
    from napari_disentangle.recipes.folders import iter_open_crops

    crops = yield from iter_open_crops(folder, crop)
    inputs.tell_left_out(crops, out)
    return (
        yield from iter_explain_folder(
            model, crops, subject=folder.name, config=config, device=device
        )
    )


def _write_others(found: Explanation, html: Path | None, table: Path | None) -> None:
    if html is not None:
        from napari_disentangle.export.card_html import write_card_html
        from napari_disentangle.recipes.explain_page import explanation_page

        write_card_html(html, explanation_page(found))
    if table is not None:
        from napari_disentangle.export.tabular import write_table

        write_table(found.table, table)


def _tell(found: Explanation) -> None:
    """Tell on stdout what must be known, then a line a factor."""
    for note in found.notes:
        typer.echo(note)
    for card in found.cards:
        grade = "-" if card.grade == "none" else card.grade
        typer.echo(f"{grade}  {card.name}: {card.reason}")
