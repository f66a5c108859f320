"""`benchmark pictures`: how good are the pictures that models draw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from napari_disentangle.cli.options import Device, short_name
from napari_disentangle.cli.progress import follow

_FIGURE = "docs/results/pictures.png"


def benchmark_pictures(
    out: Annotated[Path, typer.Option("--json", help="JSON file for all numbers.")],
    features: Annotated[
        list[str] | None,
        typer.Option(help="Models of features with an image decoder, one a repeat."),
    ] = None,
    pixels: Annotated[
        list[str] | None, typer.Option(help="Models of pixels, one a repeat.")
    ] = None,
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
    repeats: Annotated[
        int, typer.Option(min=1, help="How often, each time with other images to test.")
    ] = 1,
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
    from napari_disentangle.recipes.picture_benchmark import (
        PictureRepeat,
        iter_picture_benchmark,
    )
    from napari_disentangle.recipes.picture_data import (
        iter_bccd,
        iter_generated,
        iter_wbc1,
    )
    from napari_disentangle.storage.documents import write_json
    from napari_disentangle.storage.models import read_model

    both = features or ["features"], pixels or ["pixels"]
    plan = []
    for seed in range(repeats):
        one, other = (read_model(names[seed % len(names)]) for names in both)
        data = [iter_generated(one)]
        data += [] if bccd is None else [iter_bccd(bccd, seed=seed)]
        data += [] if wbc1 is None else [iter_wbc1(wbc1, seed=seed)]
        plan.append(PictureRepeat(one, other, tuple(data)))
    found = follow(iter_picture_benchmark(plan, device=device))
    write_json(out, {"pictures": [record.to_json() for record in found.records]})
    if figure is not None:
        write_figure(figure, picture_figure(found.shown), dpi=80)
    if report is not None:
        folders = (("--bccd", bccd), ("--wbc1", wbc1))
        given = "".join(f" {name} {path.name}" for name, path in folders if path)
        given += "".join(f" --features {short_name(name)}" for name in features or ())
        given += "".join(f" --pixels {short_name(name)}" for name in pixels or ())
        given += f" --repeats {repeats}" if repeats > 1 else ""
        pages = ("--report docs/results/pictures.md", "--figure", _FIGURE)
        files = " ".join(("--json pictures.json", *pages))
        command = f"napari-disentangle benchmark pictures{given} {files}"
        beside = "" if figure is None else figure.name
        write_picture_report(report, found.records, command, beside)
    typer.echo(f"{len(found.records)} drawers compared in {out}")
