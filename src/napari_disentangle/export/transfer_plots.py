"""Figures of the transfer benchmark, after those of Dapueto et al., IJCNN 2025."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from napari_disentangle.export.figures import new_figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

_COLORS = ("#3b6ea5", "#d9822b", "#4d9a5b", "#a14fa0", "#c0504d", "#6b6b6b")
_MOST_LABELED = 12  # classes with a color each; more share a color map
_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Importance:
    """Shares of impurity of J named dimensions in one data set, over N fits each.

    Attributes
    ----------
    title : str
        The data set.
    names : tuple of str, length J
        The dimensions.
    shares : dict of array, (N, J)
        Shares, which sum to 1, of the fits of each arm.
    """

    title: str
    names: tuple[str, ...]
    shares: dict[str, NDArray[np.float64]]

    @property
    def two_most(self) -> tuple[int, int]:
        """The two most important dimensions of the last arm."""
        last = [*self.shares.values()][-1].mean(axis=0)
        first, second = np.argsort(-last, kind="stable")[:2]
        return int(first), int(second)


def transfer_importances(panels: Sequence[Importance]) -> Figure:
    """Return the importance of each named dimension, as in Fig. 2 of the paper.

    Parameters
    ----------
    panels : sequence of Importance
        One a data set; bars are means, with the sample standard deviation.
    """
    rows = -(-len(panels) // _COLUMNS)
    columns = min(len(panels), _COLUMNS)
    figure = new_figure(3.6 * columns + 1.0, 2.6 * rows + 0.5)
    plots = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    for axes, panel in zip(plots, panels, strict=False):
        at, width = np.arange(len(panel.names)), 0.8 / len(panel.shares)
        for k, (label, shares) in enumerate(panel.shares.items()):
            sd = shares.std(axis=0, ddof=1) if len(shares) > 1 else None
            axes.bar(
                at + (k - (len(panel.shares) - 1) / 2) * width,
                shares.mean(axis=0),
                width,
                yerr=sd,
                label=label,
                color=_COLORS[k],
                ecolor="0.3",
                capsize=2,
            )
        axes.axhline(1 / len(panel.names), color="0.6", linestyle=":", linewidth=0.9)
        axes.set_xticks(at, [name.capitalize() for name in panel.names], rotation=30)
        axes.set_ylim(bottom=0)
        axes.set_title(panel.title, fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    for axes in plots[len(panels) :]:
        axes.set_visible(False)
    plots[0].set_ylabel("share of impurity (GBT)")
    figure.legend(
        *plots[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=4,
        frameon=False,
    )
    return figure


def persistence_boxes(
    scores: Mapping[str, Mapping[str, Mapping[str, NDArray[np.float64]]]],
    before: Mapping[str, Mapping[str, float]],
) -> Figure:
    """Return scores of Source images after fine-tuning, as in Fig. 4 of the paper.

    Parameters
    ----------
    scores : mapping
        For each score (a row of plots) and input (a column), values over fine-tunings
        by label, such as ``bccd tight, anchored``.
    before : mapping
        For each score and input, the mean before fine-tuning.
    """
    inputs = list(next(iter(scores.values())))
    longest = max(len(scores[s][i]) for s in scores for i in inputs)
    figure = new_figure((0.55 * longest + 1.6) * len(inputs), 2.1 * len(scores) + 1.6)
    plots = figure.subplots(
        len(scores), len(inputs), sharex="col", sharey="row", squeeze=False
    )
    for row, (score, by_input) in zip(plots, scores.items(), strict=True):
        for axes, kind in zip(row, inputs, strict=True):
            _boxes(axes, by_input[kind])
            axes.axhline(before[score][kind], color="0.35", linestyle="--")
        row[0].set_ylabel(score)
    for axes, kind in zip(plots[0], inputs, strict=True):
        axes.set_title(f"{kind} (dashed: before fine-tuning)", fontsize=10)
    return figure


def class_scatter(
    points: NDArray[np.float64],
    y: NDArray[np.int64],
    classes: Sequence[str],
    names: tuple[str, str],
    title: str,
) -> Figure:
    """Return test cells in two factors, colored by class, as in Fig. 3 of the paper.

    Parameters
    ----------
    points : array, (N, 2)
        Codes of the two factors.
    y : array, (N,), int
        Class of each cell.
    classes : sequence of str
        Names of the classes.
    names : pair of str
        Names of the two factors.
    title : str
        Which cells.
    """
    figure = new_figure(6.0, 4.6)
    axes = figure.add_subplot()
    few = len(classes) <= _MOST_LABELED
    for k, name in enumerate(classes):
        mine = points[y == k]
        color = _COLORS[k % len(_COLORS)]
        axes.scatter(
            mine[:, 0],
            mine[:, 1],
            s=16,
            alpha=0.75,
            color=color,
            marker="o" if k < len(_COLORS) else "^",
            linewidths=0,
            label=f"{name} ({len(mine)})" if few else None,
        )
    axes.set(
        xlabel=f"{names[0].capitalize()} (code, 1 = sd of the prior)",
        ylabel=f"{names[1].capitalize()} (code, 1 = sd of the prior)",
    )
    axes.set_title(title, fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    if few:
        figure.legend(loc="outside right upper", frameon=False, fontsize=8)
    return figure


def _boxes(axes: Axes, values: Mapping[str, NDArray[np.float64]]) -> None:
    """Draw a box a label, and the values themselves where there are few."""
    at = np.arange(len(values))
    found = axes.boxplot(
        [*values.values()], positions=at, widths=0.55, showfliers=False
    )
    for median in found["medians"]:
        median.set_color(_COLORS[0])
    for place, mine in zip(at, values.values(), strict=True):
        axes.plot(np.full(len(mine), place), mine, ".", color=_COLORS[1], alpha=0.6)
    axes.set_xticks(at, [*values], rotation=55, ha="right", fontsize=8)
    axes.set_xlim(-0.6, len(values) - 0.4)
    axes.grid(axis="y", color="0.9")
    axes.spines[["top", "right"]].set_visible(False)
