"""`train-source`: make a Source model from synthetic sprites."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class _Kind(StrEnum):
    FEATURES = "features"


def train_source(
    config: Annotated[Path, typer.Option(help="TOML or JSON file.")],
    out: Annotated[Path, typer.Option(help="Folder for the model, or for all seeds.")],
    model: Annotated[
        _Kind, typer.Option(help="What the model reads.")
    ] = _Kind.FEATURES,
    seeds: Annotated[int, typer.Option(min=1, help="Number of models.")] = 1,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    report: Annotated[
        Path | None, typer.Option(help="Markdown file for the scores over all seeds.")
    ] = None,
) -> None:
    """Train a Source model and write it as a folder.

    Seeds whose folder is there already are not trained again.

    Example: napari-disentangle train-source --config my_model.toml --out my_model
    """
    from napari_disentangle.cli.progress import follow
    from napari_disentangle.config import read_config
    from napari_disentangle.export.source_report import write_source_report
    from napari_disentangle.recipes.train_source import SourceConfig, iter_train_source

    settings = read_config(SourceConfig, config)
    made = follow(iter_train_source(settings, out, n_seeds=seeds, device=device))
    for each in made:
        typer.echo(each.id)
    if report:
        write_source_report(report, [each.card for each in made])
