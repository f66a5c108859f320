"""`benchmark speed`: how fast this machine is at each stage."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_disentangle.cli.progress import follow


def benchmark_speed(
    out: Annotated[
        Path | None, typer.Option("--json", help="JSON file for all numbers.")
    ] = None,
    cells: Annotated[
        int, typer.Option(min=50, help="Cells that are fine-tuned on.")
    ] = 1500,
    seed: Annotated[int, typer.Option(min=0, help="Decides the generated data.")] = 0,
    report: Annotated[
        Path | None, typer.Option(help="Markdown file for the table.")
    ] = None,
) -> None:
    """Measure how fast this machine is, stage by stage, in a minute or two.

    Example: napari-disentangle benchmark speed --json speed.json
    """
    from napari_disentangle.export.speed_report import speed_report, write_speed_report
    from napari_disentangle.recipes.speed import iter_speed
    from napari_disentangle.storage.documents import write_json

    paces = follow(iter_speed(cells, seed=seed))
    if out is not None:
        write_json(out, {"stages": {pace.stage: pace.to_json() for pace in paces}})
    if report is not None:
        write_speed_report(report, paces)
    typer.echo(speed_report(paces))
