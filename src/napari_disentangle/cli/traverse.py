"""`traverse`: pictures of what a factor does, as a stack, film or montage."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_disentangle.cli import options
from napari_disentangle.cli.progress import follow

if TYPE_CHECKING:
    from napari_disentangle.export.traversal_tiff import PictureKind


class _Picture(StrEnum):
    AUTO = "auto"
    DECODED = "decoded"
    NEAREST = "nearest"


_KINDS: dict[_Picture, PictureKind] = {
    _Picture.DECODED: "decoded",
    _Picture.NEAREST: "nearest",
}


def traverse(
    out: Annotated[
        Path,
        typer.Option(
            help="By its ending: .tif (Z is the factor, T the step), .ome.zarr, .gif, "
            ".mp4 or .png."
        ),
    ],
    model: options.Model = options.DEFAULT_MODEL,
    image: options.OptionalImage = None,
    labels: options.Labels = None,
    cell: Annotated[
        int | None, typer.Option(help="Label to start from; default: the mean cell.")
    ] = None,
    factor: options.Factors = None,
    steps: Annotated[int, typer.Option(help="Pictures along each walk.")] = 11,
    low: Annotated[float, typer.Option(help="First step, in sd of the cells.")] = -2.5,
    high: Annotated[float, typer.Option(help="Last step, in sd of the cells.")] = 2.5,
    percentiles: Annotated[
        tuple[float, float] | None,
        typer.Option(help="Walk from one percentile of the cells to another instead."),
    ] = None,
    picture: Annotated[
        _Picture, typer.Option(help="Drawn, real, or drawn where the model can.")
    ] = _Picture.AUTO,
    device: options.Device = "auto",
) -> None:
    """Walk the factors of a model, over the cells of an image or over the prior.

    Example: napari-disentangle traverse --model features --image blood.jpg --cell 7
    --factor scale --out scale.tif
    """
    from napari_disentangle.config import check_config
    from napari_disentangle.export.traversal_file import (
        check_traversal_path,
        holds_one_kind,
        write_traversal_file,
    )
    from napari_disentangle.latents.traverse import TraversalConfig
    from napari_disentangle.recipes.traversal import iter_traverse_file
    from napari_disentangle.storage.models import read_model

    check_traversal_path(out)
    walk: dict[str, float | str] = {"steps": steps, "low_sd": low, "high_sd": high}
    if percentiles is not None:
        ends = dict(
            zip(("low_percentile", "high_percentile"), percentiles, strict=True)
        )
        walk |= {"unit": "percentiles", **ends}
    config = check_config(TraversalConfig, walk)
    task = iter_traverse_file(
        read_model(model),
        image,
        labels,
        cell=cell,
        factors=factor or (),
        config=config,
        device=device,
    )
    stack = follow(task)
    for note in stack.notes:
        typer.echo(f"Note: {note}", err=True)
    kinds = stack.kinds if picture is _Picture.AUTO else (_KINDS[picture],)
    kinds = kinds[:1] if holds_one_kind(out) else kinds
    stacks = [stack.pictures(kind) for kind in kinds]
    write_traversal_file(out, stacks)
    words = " and ".join(info.words for _, info in stacks)
    typer.echo(f"{', '.join(stack.factors)} ({words}) in {out}")
