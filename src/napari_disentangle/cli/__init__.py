"""The command line: one small module a command, each a thin caller of a recipe."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from napari_disentangle import __version__
from napari_disentangle.cli.benchmark import benchmark
from napari_disentangle.cli.benchmark_explain import benchmark_explain
from napari_disentangle.cli.benchmark_pictures import benchmark_pictures
from napari_disentangle.cli.benchmark_speed import benchmark_speed
from napari_disentangle.cli.classify import classify
from napari_disentangle.cli.demo import demo
from napari_disentangle.cli.encode import encode
from napari_disentangle.cli.errors import DEBUG, ErrorGroup
from napari_disentangle.cli.explain import explain
from napari_disentangle.cli.export import export
from napari_disentangle.cli.finetune import finetune
from napari_disentangle.cli.models import models
from napari_disentangle.cli.score import score, score_codes
from napari_disentangle.cli.segment import segment
from napari_disentangle.cli.train import train_source
from napari_disentangle.cli.traverse import traverse

app = typer.Typer(
    cls=ErrorGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    debug: Annotated[
        bool, typer.Option(DEBUG, help="Show tracebacks; may stand anywhere.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Named, interpretable factors of cells.

    Progress goes to stderr, results to stdout or files. Exit codes: 0 done, 1 an error
    told in one line, 2 wrong usage, 130 interrupted.
    """
    if debug:
        logging.basicConfig(level=logging.INFO)
    else:  # libraries say in many lines what our error says in one
        logging.getLogger().addHandler(logging.NullHandler())


for _command in (
    demo,
    models,
    segment,
    encode,
    classify,
    traverse,
    explain,
    export,
    train_source,
    finetune,
    score,
    score_codes,
):
    app.command()(_command)

benchmark.command("explain")(benchmark_explain)
benchmark.command("pictures")(benchmark_pictures)
benchmark.command("speed")(benchmark_speed)
app.add_typer(benchmark)
