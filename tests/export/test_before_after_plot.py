"""The figure of a model before and after shows every code and every cell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.image import imread

from napari_disentangle.errors import DataError
from napari_disentangle.export.before_after_plot import (
    BeforeAfterView,
    before_after_figure,
)
from napari_disentangle.export.figures import write_figure

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def pictures(n: int = 4) -> NDArray[np.float32]:
    return np.random.default_rng(n).random((n, 16, 16, 3), np.float32)


VIEW = BeforeAfterView(
    dimensions=("scale", "residual_1", "color"),
    kept=np.array([0.9, -0.3, np.nan]),
    drift=np.array([0.2, 1.4, 0.0]),
    separability="Separability of classes: unknown, fewer than two classes.",
    rows=(
        ("cells", pictures()),
        ("drawn before", pictures()),
        ("drawn after", 1 - pictures()),
    ),
)


def test_each_code_has_a_bar_as_long_as_its_number_the_first_on_top() -> None:
    figure = before_after_figure(VIEW)
    kept, moved = figure.axes[:2]
    for axes, values in ((kept, [0.9, -0.3, 0.0]), (moved, [0.2, 1.4, 0.0])):
        bars = sorted(axes.patches, key=lambda bar: -bar.get_y())
        assert [bar.get_width() for bar in bars] == values
    names = [text.get_text() for text in kept.get_yticklabels()]
    assert names == ["Scale", "Residual 1", "Color"]
    assert kept.get_xlim()[0] < -0.3
    assert moved.get_xlim()[1] > 1.4


def test_each_cell_stands_above_its_pictures() -> None:
    figure = before_after_figure(VIEW)
    tiles = figure.axes[2:]
    assert len(tiles) == 3 * 4
    np.testing.assert_array_equal(tiles[5].images[0].get_array(), pictures()[1])
    labels = [axes.get_ylabel() for axes in tiles if axes.get_ylabel()]
    assert labels == ["cells", "drawn before", "drawn after"]


def test_the_figure_is_a_picture_and_without_drawn_cells_a_smaller_one(
    tmp_path: Path,
) -> None:
    write_figure(tmp_path / "all.png", before_after_figure(VIEW))
    alone = replace(VIEW, rows=VIEW.rows[:1])
    write_figure(tmp_path / "cells.png", before_after_figure(alone))
    whole, less = (imread(tmp_path / f"{name}.png") for name in ("all", "cells"))
    assert whole.shape[0] > less.shape[0]
    assert whole.shape[1] == less.shape[1]


def test_a_comparison_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="without dimensions"):
        before_after_figure(replace(VIEW, dimensions=()))
