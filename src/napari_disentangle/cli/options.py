"""Options that several commands share, and what they stand for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from napari_disentangle.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from napari_disentangle.crops.config import CropConfig
    from napari_disentangle.crops.segment import SegmentConfig

DEFAULT_MODEL = "features"


class WindowKind(StrEnum):
    COMMON = "common"
    FIT = "fit"


class BackgroundKind(StrEnum):
    SUPPRESS = "suppress"
    KEEP = "keep"


class ProjectionKind(StrEnum):
    CENTRAL = "central"
    MAX = "max"


_IMAGE_HELP = "Image: TIFF, PNG, JPEG or NPY."

Image = Annotated[Path, typer.Option(help=_IMAGE_HELP)]
OptionalImage = Annotated[Path | None, typer.Option(help=_IMAGE_HELP)]
Labels = Annotated[
    Path | None, typer.Option(help="Label image; default: cells are segmented.")
]
Model = Annotated[str, typer.Option(help="Name of a bundled model, or a model folder.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
Channels = Annotated[
    str,
    typer.Option(help="Up to three, from 0, as in 2,0; default: the first three."),
]
Window = Annotated[
    WindowKind, typer.Option(help="One side for all cells, or fitted to each cell.")
]
WindowPx = Annotated[
    float,
    typer.Option(
        help="Side of the common window in pixels; 0 finds it. Give the same value for "
        "images that are to be compared."
    ),
]
Background = Annotated[
    BackgroundKind, typer.Option(help="Whether pixels outside a cell are set to 0.")
]
Projection = Annotated[
    ProjectionKind,
    typer.Option(help="Of a z-stack: the cell's central plane, or its maximum."),
]
Factors = Annotated[
    list[str] | None,
    typer.Option("--factor", help="Factor to walk; repeat for more; default: all."),
]


def parse_channels(text: str) -> tuple[int, ...]:
    """Return ``"2,0"`` as (2, 0), nothing as ().

    Raises
    ------
    ConfigError
        If it is not a list of numbers.
    """
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ConfigError(
            f"Channels {text!r} are not numbers separated by commas, as in 2,0."
        ) from error


def parse_numbers(text: str) -> tuple[float, ...]:
    """Return ``"1,2.5"`` as (1.0, 2.5), nothing as ().

    Raises
    ------
    ConfigError
        If it is not a list of numbers.
    """
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ConfigError(
            f"{text!r} are not numbers separated by commas, as in 1,2."
        ) from error


def crop_config(
    channels: str, window: str, window_px: float, background: str, projection: str
) -> CropConfig:
    """Return the crop config that the options stand for.

    Raises
    ------
    ConfigError
        If one of them is out of its range.
    """
    from napari_disentangle.config import check_config
    from napari_disentangle.crops.config import CropConfig

    values = {
        "channels": parse_channels(channels),
        "window": str(window),
        "window_px": window_px,
        "background": str(background),
        "projection": str(projection),
    }
    return check_config(CropConfig, values)


def segment_config(given: Mapping[str, object]) -> SegmentConfig:
    """Return the segmentation config with the options that were given (not None).

    Raises
    ------
    ConfigError
        If one of them is out of its range.
    """
    from napari_disentangle.config import check_config
    from napari_disentangle.crops.segment import SegmentConfig

    values = {name: value for name, value in given.items() if value is not None}
    return check_config(SegmentConfig, values)


def short_name(model: str) -> str:
    """Return a model folder by its last two names, a bundled model by its own."""
    return "/".join(Path(model).parts[-2:]) if Path(model).is_dir() else model
