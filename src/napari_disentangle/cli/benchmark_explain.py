"""`benchmark explain`: are factor cards true, over seeds of models and samples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_disentangle.cli.options import DEFAULT_MODEL, Device, short_name
from napari_disentangle.cli.progress import follow


def benchmark_explain(
    out: Annotated[Path, typer.Option("--json", help="JSON file for all numbers.")],
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="Name of a bundled model, or a model folder; may be repeated."
        ),
    ] = None,
    fields: Annotated[
        int, typer.Option(min=1, help="Samples with known factors, seeds 0, 1, ...")
    ] = 5,
    wbc1: Annotated[
        Path | None, typer.Option(help="Folder of WBC1: white blood cells with masks.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Markdown file for mean and spread.")
    ] = None,
    device: Device = "auto",
) -> None:
    """Check what factor cards claim on cells whose factors are known, and on WBC1.

    Example: napari-disentangle benchmark explain --model features --wbc1 wbc1 --json
    explain.json --report explain.md
    """
    from napari_disentangle.export.explain_report import write_explain_report
    from napari_disentangle.recipes.explain_benchmark import iter_explain_benchmark
    from napari_disentangle.storage.documents import write_json
    from napari_disentangle.storage.models import read_model

    models = {short_name(name): read_model(name) for name in model or [DEFAULT_MODEL]}
    task = iter_explain_benchmark(models, n_fields=fields, wbc1=wbc1, device=device)
    claims = follow(task)
    write_json(out, {"claims": [claim.to_json() for claim in claims]})
    if report is not None:
        command = _command(model or [DEFAULT_MODEL], fields, wbc1)
        write_explain_report(report, claims, command)
    typer.echo(f"{len(claims)} claims of {len(models)} models in {out}")


def _command(models: list[str], fields: int, wbc1: Path | None) -> str:
    """Return the command as anyone may give it: folders by their last two names."""
    given = [f" --model {short_name(name)}" for name in models]
    given += [f" --fields {fields}", f" --wbc1 {wbc1.name}" if wbc1 else ""]
    files = " --json explain.json --report docs/results/explain.md"
    return f"napari-disentangle benchmark explain{''.join(given)}{files}"
