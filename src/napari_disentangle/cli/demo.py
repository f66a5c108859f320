"""`demo`: the whole way from an image to named, colored, exported factors."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from napari_disentangle.errors import StorageError

_SCREEN = "-screen 0 1600x1000x24"


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")],
    image: Annotated[
        Path | None, typer.Option(help="Image file; default: a synthetic sample.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="Label image; default: cells are segmented.")
    ] = None,
    model: Annotated[
        str, typer.Option(help="Name of a bundled model, or a model folder.")
    ] = "features",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    picture_steps: Annotated[
        int, typer.Option(min=1, help="Steps of learning pictures from the cells.")
    ] = 400,
) -> None:
    """Run the main job once in a real napari window and write all its results.

    Writes labels.tif, cells.csv, cells.parquet, traversal.tif, napari.png, factors.png
    and manifest.json to OUT. Opens a virtual screen where there is none.

    Example: napari-disentangle demo --image blood.jpg --out demo
    """
    _ensure_display()
    from napari_disentangle.widgets._demo import DemoRequest, run_demo

    request = DemoRequest(out, image, labels, model, seed, picture_steps)
    for path in run_demo(request):
        typer.echo(path)


def _ensure_display() -> None:
    """Start this command again on a virtual screen where Linux has no display."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    offscreen = os.environ.get("QT_QPA_PLATFORM") == "offscreen"
    if display or offscreen or not sys.platform.startswith("linux"):
        return
    xvfb = shutil.which("xvfb-run")
    if xvfb is None:
        raise StorageError(
            "There is no display and xvfb-run is not installed; "
            "run: sudo apt-get install xvfb xauth"
        )
    command = [sys.executable, "-m", "napari_disentangle", *sys.argv[1:]]
    sys.stdout.flush()
    os.execv(xvfb, [xvfb, "-a", "-s", _SCREEN, *command])
