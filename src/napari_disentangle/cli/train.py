"""`train-source`: make a Source model from synthetic sprites."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from napari_disentangle.cli.options import parse_numbers
from napari_disentangle.errors import ConfigError


class _Kind(StrEnum):
    FEATURES = "features"
    PIXELS = "pixels"


def train_source(
    config: Annotated[
        list[Path], typer.Option(help="TOML or JSON file; repeat for several models.")
    ],
    out: Annotated[
        Path, typer.Option(help="Folder of the model, or of all models and seeds.")
    ],
    model: Annotated[
        _Kind | None,
        typer.Option(help="What the model reads; default: as the config says."),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(min=1, help="Number of models; default: as the config says."),
    ] = None,
    betas: Annotated[
        str, typer.Option(help="Weights of the KL term, as in 1,2; each for all seeds.")
    ] = "",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    report: Annotated[
        Path | None,
        typer.Option(
            help="Markdown file for the scores over all seeds; figures go to a folder "
            "beside it."
        ),
    ] = None,
) -> None:
    """Train a Source model and write it as a folder.

    Models whose folder is there already are not trained again, and a training that was
    stopped goes on from its last checkpoint.

    Example: napari-disentangle train-source --config my_model.toml --out my_model
    """
    from napari_disentangle.cli.progress import follow
    from napari_disentangle.config import read_config
    from napari_disentangle.recipes.source_config import SourceConfig, plan_runs
    from napari_disentangle.recipes.source_page import iter_write_source_page
    from napari_disentangle.recipes.train_source import iter_train_source

    weights = parse_numbers(betas)
    runs = []
    for file in config:
        settings = read_config(SourceConfig, file)
        if model and model != settings.model.kind:
            raise ConfigError(
                f"{file} describes a model of {settings.model.kind}, not of {model}; "
                "give the config of the model that you want."
            )
        settings = settings.replace(n_seeds=seeds or settings.n_seeds)
        folder = out if len(config) == 1 else out / settings.name
        runs += plan_runs(settings, folder, betas=weights)
    made = follow(iter_train_source(runs, device=device))
    for each in made:
        typer.echo(each.id)
    if report:
        follow(iter_write_source_page(report, made, [folder for _, folder in runs]))
