"""Figures as files, drawn without any window or global state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from napari_disentangle.storage.atomic import write_atomic

if TYPE_CHECKING:
    from pathlib import Path


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of that size in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def write_figure(path: Path, figure: Figure, *, dpi: int = 150) -> None:
    """Write a figure; the suffix decides the format (PNG, PDF, SVG).

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    with write_atomic(path) as part:
        figure.savefig(part, dpi=dpi)
