"""Figures of Source models: scores over seeds, and how training went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from napari_disentangle.errors import DataError
from napari_disentangle.export.dimension_colors import UNNAMED, dimension_colors
from napari_disentangle.export.figures import new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from napari_disentangle.storage.card import ModelCard


@dataclass(frozen=True, slots=True, eq=False)
class SourceCurves:
    """How one model was trained, over E epochs.

    Attributes
    ----------
    seed : int
        Its seed.
    steps : array, (E,)
        Optimizer steps done.
    error : array, (E,)
        Reconstruction error of fixed pairs; lower is better.
    kl : array, (E, L)
        KL divergence of each dimension over these pairs, in nats.
    dimensions : tuple of str, length L
        Names.
    """

    seed: int
    steps: NDArray[np.int64]
    error: NDArray[np.float64]
    kl: NDArray[np.float64]
    dimensions: tuple[str, ...]


def score_dots(cards: Sequence[ModelCard]) -> Figure:
    """Return each score of each seed as a dot, with chance and ceiling.

    Raises
    ------
    DataError
        If there is no model.
    """
    if not cards:
        raise DataError("A plot of scores needs at least one model.")
    scores = cards[0].scores
    figure = new_figure(7, 0.32 * len(scores) + 1.1)
    axes = figure.add_subplot()
    for row, (name, score) in enumerate(scores.items()):
        values = [card.scores[name].value for card in cards if name in card.scores]
        axes.plot(values, [row] * len(values), "o", color="#3b6ea5", alpha=0.6)
        for place, mark, color in (
            (score.chance, "|", "0.55"),
            (score.ceiling, "|", "#b8405e"),
        ):
            if place is not None:
                axes.plot(place, row, mark, color=color, ms=14, mew=2)
    for mark, color, label in (
        ("o", "#3b6ea5", "one seed"),
        ("|", "0.55", "chance"),
        ("|", "#b8405e", "ceiling"),
    ):
        axes.plot([], [], mark, color=color, mew=2, label=label)
    axes.set_yticks(range(len(scores)), scores)
    axes.invert_yaxis()
    axes.set(xlim=(-0.02, 1.02), xlabel="score on unseen factor combinations")
    axes.grid(axis="x", color="0.9")
    axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def training_curves(curves: Sequence[SourceCurves]) -> Figure:
    """Return the error of each seed, and what each dimension of the first tells.

    Raises
    ------
    DataError
        If there is no training.
    """
    if not curves:
        raise DataError("A plot of training curves needs at least one training.")
    figure = new_figure(10, 3.6)
    error, kl = figure.subplots(1, 2)
    for each in curves:
        error.plot(each.steps, each.error, label=f"seed {each.seed}", linewidth=1.2)
    error.set_yscale("log")
    error.set_ylabel("reconstruction error of fixed pairs")
    _draw_kl(kl, curves[0])
    for axes in (error, kl):
        axes.set_xlabel("optimizer step")
        axes.legend(frameon=False, fontsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _draw_kl(axes: Axes, curves: SourceCurves) -> None:
    """Draw one line a dimension: colors for named ones, gray for the others."""
    told = False
    colors = dimension_colors(curves.dimensions, "0.75")
    for (name, color), values in zip(colors, curves.kl.T, strict=True):
        unnamed = name.startswith(UNNAMED)
        label = "without a name" if unnamed else name
        width = 0.8 if unnamed else 1.6
        shown = None if unnamed and told else label
        axes.plot(curves.steps, values, color=color, linewidth=width, label=shown)
        told = told or unnamed
    axes.set_ylabel(f"KL of a dimension, seed {curves.seed} (nats)")
    axes.set_ylim(bottom=0)
