"""A model before and after fine-tuning, on the same cells, as one figure."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.export.dimension_colors import dimension_colors
from napari_disentangle.export.figures import new_figure
from napari_disentangle.words import title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from numpy.typing import NDArray

_BAR = 0.26  # inches of a dimension
_TILE = 0.95  # inches of a picture
_WIDTH = 7.2
_LETTERS = 105  # of a line as wide as the figure


@dataclass(frozen=True, slots=True, eq=False)
class BeforeAfterView:
    """What the figure shows.

    Attributes
    ----------
    dimensions : tuple of str, length L
        Dimensions of the model before.
    kept, drift : array, (L,)
        Correlation of each code with itself before, and how far it moved in sd of the
        codes before; NaN of a code that does not vary.
    separability : str
        How well classes come apart before and after, a sentence.
    rows : tuple of (str, array (n, S, S, 3) in [0, 1])
        Pictures of the same n cells, by what they are.
    """

    dimensions: tuple[str, ...]
    kept: NDArray[np.float64]
    drift: NDArray[np.float64]
    separability: str
    rows: tuple[tuple[str, NDArray[np.float32]], ...]


def before_after_figure(view: BeforeAfterView) -> Figure:
    """Return how far each code is what it was, and the same cells drawn by both.

    Raises
    ------
    DataError
        If there is no dimension.
    """
    if not view.dimensions:
        raise DataError("A comparison of models without dimensions shows nothing.")
    codes = _BAR * len(view.dimensions) + 1.1
    pictures = _TILE * len(view.rows) + 0.5
    figure = new_figure(_WIDTH, codes + pictures)
    parts = figure.subfigures(2, 1, squeeze=False, height_ratios=[codes, pictures])
    above, below = parts.ravel()
    _draw_codes(above, view)
    _draw_pictures(below, view)
    return figure


def _draw_codes(figure: SubFigure, view: BeforeAfterView) -> None:
    kept, moved = figure.subplots(1, 2, sharey=True)
    _draw_bars(kept, view, view.kept, "correlation with itself before (1: unchanged)")
    kept.set_xlim(min(0.0, float(np.nanmin(view.kept, initial=0.0)) - 0.05), 1.02)
    _draw_bars(moved, view, view.drift, "moved by (sd of the codes before)")
    moved.set_xlim(left=0)
    told = fill(view.separability, _LETTERS)
    figure.suptitle(told, fontsize=9, x=0.01, ha="left")


def _draw_bars(
    axes: Axes, view: BeforeAfterView, values: NDArray[np.float64], label: str
) -> None:
    """Draw a bar a dimension, the first on top; gray without a name."""
    told = dimension_colors(view.dimensions, "0.7")
    place = np.arange(len(told))[::-1]
    axes.barh(place, np.nan_to_num(values), color=[color for _, color in told])
    axes.set_yticks(place, [title_of(name) for name, _ in told], fontsize=8)
    axes.axvline(0, color="0.3", linewidth=0.8)
    axes.tick_params(axis="x", labelsize=8)
    axes.set_xlabel(label, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_pictures(figure: SubFigure, view: BeforeAfterView) -> None:
    n = len(view.rows[0][1])
    tiles = figure.subplots(len(view.rows), n, squeeze=False)
    for line, (name, pictures) in zip(tiles, view.rows, strict=True):
        for tile, picture in zip(line, pictures, strict=True):
            tile.imshow(np.clip(picture, 0, 1))
            tile.set(xticks=[], yticks=[])
            tile.spines[:].set_visible(False)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=8)
