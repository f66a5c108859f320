"""What a classifier confuses and relies on, and whether it knows how sure to be."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.export.figures import new_figure
from napari_disentangle.words import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

_CELL = 0.75  # inches a class
_LEAST = 5.4  # inches, or the title is wider than the figure
_NAME = 20  # letters of a line of a class name
_Z = 1.96  # of an interval that covers 95 %
_BLUE, _ORANGE = "#3b6ea5", "#d9822b"


def confusion_figure(
    confusion: NDArray[np.int64], classes: Sequence[str], title: str = ""
) -> Figure:
    """Return a confusion matrix: counts, shaded by the share of each true class.

    Parameters
    ----------
    confusion : array, (C, C)
        Cells of class i (row) predicted as class j (column).
    classes : sequence of str, length C
        Names of the classes.
    title : str
        What stands above it.
    """
    counts = np.asarray(confusion)
    n = counts.sum(axis=1, keepdims=True)
    share = np.divide(counts, n, out=np.zeros(counts.shape), where=n > 0)
    names = [fill(name, _NAME) for name in classes]
    letters = max((len(line) for name in names for line in name.split("\n")), default=0)
    side = _CELL * len(classes) + 0.085 * letters + 1.2
    figure = new_figure(max(side + 1.6, _LEAST), side + 0.4)
    axes = figure.add_subplot()
    image = axes.imshow(share, vmin=0, vmax=1, cmap="Blues")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            color = "white" if share[row, column] > 0.6 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=color)
    ticks = range(len(classes))
    recall = [f"{share[k, k]:.0%}" if n[k, 0] else "none" for k in ticks]
    rows = [f"{name} ({found})" for name, found in zip(names, recall, strict=True)]
    axes.set_xticks(ticks, names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(ticks, rows)
    axes.set(xlabel="predicted", ylabel="annotated (share that was found)")
    figure.suptitle(title, fontsize=9, x=0.01, ha="left")
    beside = axes.inset_axes((1.03, 0, 0.04, 1))  # as high as the matrix, however wide
    figure.colorbar(image, cax=beside, label="share of the annotated class")
    return figure


def importances_figure(
    columns: Sequence[str],
    permutation: NDArray[np.float64],
    permutation_sd: NDArray[np.float64],
    impurity: NDArray[np.float64] | None = None,
    impurity_sd: NDArray[np.float64] | None = None,
) -> Figure:
    """Return importances of columns as bars with their sd, the most important on top.

    Parameters
    ----------
    columns : sequence of str, length J
        Names of the columns.
    permutation, permutation_sd : arrays, (J,)
        Fall of the balanced accuracy if the column is shuffled.
    impurity, impurity_sd : arrays, (J,), optional
        Share of what the trees learned; a second panel.
    """
    order = np.argsort(permutation, kind="stable")
    panels = [("fall of balanced accuracy", permutation, permutation_sd, _BLUE)]
    if impurity is not None and impurity_sd is not None:
        panels.append(("share of impurity", impurity, impurity_sd, _ORANGE))
    figure = new_figure(3.6 * len(panels) + 1.2, 0.32 * len(columns) + 1.2)
    plots = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    names = [_title(columns[j]) for j in order]
    for axes, (label, values, sd, color) in zip(plots, panels, strict=True):
        axes.barh(
            names, values[order], xerr=sd[order], color=color, ecolor="0.3", capsize=2
        )
        axes.axvline(0, color="0.3", linewidth=0.8)
        axes.set_ylim(-0.6, len(names) - 0.4)
        axes.set_xlabel(f"{label} (mean and sd over folds)", fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def calibration_figure(
    edges: NDArray[np.float64],
    counts: NDArray[np.int64],
    probability: NDArray[np.float64],
    accuracy: NDArray[np.float64],
) -> Figure:
    """Return how often predictions are right, over the probability they are given.

    Parameters
    ----------
    edges : array, (B + 1,)
        Edges of the bins of probability.
    counts : array, (B,)
        Predictions in each bin.
    probability, accuracy : arrays, (B,)
        Their mean probability and the share that is right; NaN where there are none.
    """
    figure = new_figure(5.0, 5.6)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    gap = float(np.nansum(np.abs(probability - accuracy) * counts) / counts.sum())
    full = counts > 0
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="ideal")
    area = 12 + 200 * counts[full] / counts.sum()
    x, y = probability[full], accuracy[full]
    low, high = _wilson(y, counts[full])
    axes.vlines(x, low, high, color=_BLUE, linewidth=1, label="95 % interval")
    axes.scatter(
        x,
        y,
        area,
        color=_BLUE,
        clip_on=False,
        zorder=3,
        label="found (larger: more cells)",
    )
    axes.set(ylabel="share that is right", xlim=(0, 1), ylim=(-0.02, 1.03))
    axes.set_title(f"Expected calibration error {gap:.3f} (0 is best)", fontsize=10)
    axes.legend(frameon=False, loc="upper left")
    below.bar(edges[:-1], counts, np.diff(edges), align="edge", color="0.7", ec="white")
    below.set(xlabel="probability of the predicted class", ylabel="cells")
    for plot in (axes, below):
        plot.spines[["top", "right"]].set_visible(False)
    return figure


def _wilson(
    share: NDArray[np.float64], n: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Wilson's 95 % interval of shares of n (JASA 22, 1927)."""
    z = _Z**2 / n
    middle = (share + z / 2) / (1 + z)
    half = np.sqrt(share * (1 - share) * z + z**2 / 4) / (1 + z)
    return middle - half, middle + half


def _title(column: str) -> str:
    """Return ``z_residual_1`` as ``Residual 1``, ``area_um2`` as ``Area (µm²)``."""
    name = column.removeprefix("z_")
    for suffix, unit in (("_um2", " (µm²)"), ("_um", " (µm)")):
        if name.endswith(suffix):
            return title_of(name.removesuffix(suffix)) + unit
    return title_of(name)
