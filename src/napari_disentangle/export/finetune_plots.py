"""Curves of a fine-tuning: did it learn, and did the names hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.errors import DataError
from napari_disentangle.export.dimension_colors import UNNAMED, dimension_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class FinetuneCurves:
    """What changed over E epochs.

    Attributes
    ----------
    train, validation : array, (E,)
        Losses.
    kl : array, (E, J)
        KL divergence of each dimension over the cells, in nats.
    source, target : array, (E, L)
        Correlation of each of the first L dimensions with itself before. `source` has
        no columns where there are no Source images.
    omes, mig : array, (E,)
        Scores on Source images; NaN without.
    dimensions : tuple of str, length J
        Names.
    best_epoch : int
        Epoch whose weights had the lowest validation loss, counted from 1.
    """

    train: NDArray[np.float64]
    validation: NDArray[np.float64]
    kl: NDArray[np.float64]
    source: NDArray[np.float64]
    target: NDArray[np.float64]
    omes: NDArray[np.float64]
    mig: NDArray[np.float64]
    dimensions: tuple[str, ...]
    best_epoch: int


def finetune_figure(curves: FinetuneCurves) -> Figure:
    """Return losses, KL, and the agreement of each dimension with itself before.

    Raises
    ------
    DataError
        If there is no epoch.
    """
    from matplotlib.ticker import MaxNLocator

    from napari_disentangle.export.figures import new_figure

    if len(curves.train) == 0:
        raise DataError("A fine-tuning without epochs has no curves to plot.")
    figure = new_figure(11, 7)
    loss, kl, scores, source, target, legend = figure.subplots(2, 3).ravel()
    _draw_loss(loss, curves)
    _draw_dimensions(kl, curves.kl, curves, "KL of a dimension (nats)", floor=0.0)
    _draw_scores(scores, curves)
    for axes, values, where in (
        (source, curves.source, "Source images"),
        (target, curves.target, "the cells"),
    ):
        _draw_dimensions(axes, values, curves, f"agreement with before, on {where}")
        axes.axhline(0, color="0.8", linewidth=0.8, zorder=0)
        axes.set_ylim(min(-0.05, float(values.min(initial=0)) - 0.05), 1.05)
    handles, names = kl.get_legend_handles_labels()
    legend.legend(handles, names, loc="center", frameon=False, title="dimension")
    legend.axis("off")
    for axes in (loss, kl, scores, source, target):
        axes.spines[["top", "right"]].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("epoch")
    return figure


def _draw_loss(axes: Axes, curves: FinetuneCurves) -> None:
    epochs = np.arange(1, len(curves.train) + 1)
    axes.plot(epochs, curves.train, color="0.55", label="training")
    axes.plot(epochs, curves.validation, color="#3b6ea5", label="validation")
    best = curves.best_epoch
    if best:
        axes.plot(
            best,
            curves.validation[best - 1],
            "o",
            color="#3b6ea5",
            label=f"best, epoch {best}",
        )
    axes.set_ylabel("loss")
    axes.legend(frameon=False)


def _draw_scores(axes: Axes, curves: FinetuneCurves) -> None:
    epochs = np.arange(1, len(curves.train) + 1)
    axes.plot(epochs, curves.omes, color="#3f8f5b", label="OMES, named dimensions")
    axes.plot(epochs, curves.mig, color="#b8405e", label="MIG")
    axes.set_ylim(0, 1)
    axes.set_ylabel("score on Source images")
    if np.isfinite(curves.omes).any():
        axes.legend(frameon=False, loc="lower right")
    else:
        axes.text(0.5, 0.5, "no Source images", ha="center", transform=axes.transAxes)


def _draw_dimensions(
    axes: Axes,
    values: NDArray[np.float64],
    curves: FinetuneCurves,
    title: str,
    floor: float | None = None,
) -> None:
    """Draw one line a dimension: colors for named ones, gray for the others."""
    epochs = np.arange(1, len(values) + 1)
    for j, (name, color) in enumerate(dimension_colors(curves.dimensions, "0.7")):
        if j < values.shape[1]:
            named = not name.startswith(UNNAMED)
            width = 1.8 if named else 0.8
            label = (
                name if named else "without a name" if name == _first(curves) else ""
            )
            axes.plot(epochs, values[:, j], color=color, linewidth=width, label=label)
    axes.set_ylabel(title)
    if floor is not None:
        axes.set_ylim(bottom=floor)


def _first(curves: FinetuneCurves) -> str:
    """Return the first dimension without a name, which stands for all in the legend."""
    return next((n for n in curves.dimensions if n.startswith(UNNAMED)), "")
