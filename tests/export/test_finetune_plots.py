from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from napari_disentangle.errors import DataError
from napari_disentangle.export.figures import write_figure
from napari_disentangle.export.finetune_plots import FinetuneCurves, finetune_figure

if TYPE_CHECKING:
    from pathlib import Path

CURVES = FinetuneCurves(
    train=np.linspace(9, 5, 4),
    validation=np.linspace(9, 6, 4),
    kl=np.ones((4, 3)),
    source=np.full((4, 2), 0.9),
    target=np.full((4, 2), 0.5),
    omes=np.full(4, 0.7),
    mig=np.full(4, 0.6),
    dimensions=("scale", "residual_1", "residual_2"),
    best_epoch=4,
)


def test_every_dimension_has_a_line_and_the_best_epoch_a_mark() -> None:
    figure = finetune_figure(CURVES)
    loss, kl, scores, source, target, legend = figure.axes
    assert [len(axes.lines) for axes in (kl, source, target)] == [3, 3, 3]
    assert loss.lines[-1].get_xdata() == [4]
    assert [t.get_text() for t in legend.get_legend().get_texts()] == [
        "scale",
        "without a name",
    ]
    assert "Source images" in source.get_ylabel()
    assert scores.get_ylim() == (0, 1)


def test_without_source_images_the_figure_says_so(tmp_path: Path) -> None:
    nothing = np.full(4, np.nan)
    curves = replace(CURVES, source=np.zeros((4, 0)), omes=nothing, mig=nothing)
    figure = finetune_figure(curves)
    assert figure.axes[2].texts[0].get_text() == "no Source images"
    write_figure(tmp_path / "curves.png", figure)
    assert (tmp_path / "curves.png").stat().st_size > 10_000


def test_no_epoch_is_refused() -> None:
    with pytest.raises(DataError):
        finetune_figure(replace(CURVES, train=np.zeros(0)))
