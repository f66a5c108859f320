"""`benchmark pictures`: how good are the pictures that models draw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_disentangle.cli.options import Device
from napari_disentangle.cli.progress import follow

_FIGURE = "docs/results/pictures.png"


def benchmark_pictures(
    out: Annotated[Path, typer.Option("--json", help="JSON file for all numbers.")],
    features: Annotated[
        str, typer.Option(help="A model of features with an image decoder.")
    ] = "features",
    pixels: Annotated[str, typer.Option(help="A model of pixels.")] = "pixels",
    bccd: Annotated[
        Path | None, typer.Option(help="Folder of BCCD: blood smears with boxes.")
    ] = None,
    wbc1: Annotated[
        Path | None, typer.Option(help="Folder of WBC1: white blood cells with masks.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Markdown file for the numbers.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(help="PNG file of real and drawn pictures.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides which images are tested.")] = 0,
    device: Device = "auto",
) -> None:
    """Compare pictures of the image decoder with those of a pixel model, on new cells.

    Example: napari-disentangle benchmark pictures --bccd bccd --wbc1 wbc1 --json
    pictures.json --report pictures.md --figure pictures.png
    """
    from napari_disentangle.export.figures import write_figure
    from napari_disentangle.export.picture_report import (
        picture_figure,
        write_picture_report,
    )
    from napari_disentangle.recipes.picture_benchmark import iter_picture_benchmark
    from napari_disentangle.recipes.picture_data import (
        iter_bccd,
        iter_generated,
        iter_wbc1,
    )
    from napari_disentangle.storage.documents import write_json
    from napari_disentangle.storage.models import read_model

    chosen = read_model(features)
    data = [iter_generated(chosen)]
    data += [] if bccd is None else [iter_bccd(bccd, seed=seed)]
    data += [] if wbc1 is None else [iter_wbc1(wbc1, seed=seed)]
    task = iter_picture_benchmark(chosen, read_model(pixels), data, device=device)
    found = follow(task)
    write_json(out, {"pictures": [record.to_json() for record in found.records]})
    if figure is not None:
        write_figure(figure, picture_figure(found.shown), dpi=80)
    if report is not None:
        folders = (("--bccd", bccd), ("--wbc1", wbc1))
        given = "".join(f" {name} {path.name}" for name, path in folders if path)
        pages = ("--report docs/results/pictures.md", "--figure", _FIGURE)
        files = " ".join(("--json pictures.json", *pages))
        command = f"napari-disentangle benchmark pictures{given} {files}"
        beside = "" if figure is None else figure.name
        write_picture_report(report, found.records, command, beside)
    typer.echo(f"{len(found.records)} drawers compared in {out}")
