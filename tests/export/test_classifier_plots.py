"""Figures of a classifier show every number, and open as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pytest

from napari_disentangle.export.classifier_plots import (
    calibration_figure,
    confusion_figure,
    importances_figure,
)
from napari_disentangle.export.figures import write_figure

if TYPE_CHECKING:
    from pathlib import Path


def test_the_confusion_matrix_shows_counts_and_what_share_was_found(
    tmp_path: Path,
) -> None:
    figure = confusion_figure(np.array([[8, 2, 0], [1, 4, 0], [0, 0, 0]]), "abc", "t")
    axes = figure.axes[0]
    assert {text.get_text() for text in axes.texts} == {"8", "2", "1", "4"}
    names = [tick.get_text() for tick in axes.get_yticklabels()]
    assert names == ["a (80%)", "b (80%)", "c (none)"]
    assert figure.get_suptitle() == "t"
    write_figure(tmp_path / "confusion.png", figure)
    assert iio.imread(tmp_path / "confusion.png").ndim == 3


def test_nothing_of_a_confusion_matrix_lies_outside_of_it_or_over_another() -> None:
    long = "a class of which the name is long"
    for classes in (["a", "b"], ["a", long, "c", long, "e"]):
        title = "300 annotated cells, judged by classifiers that never saw them\nfair"
        figure = confusion_figure(np.eye(len(classes), dtype=int), classes, title)
        figure.draw_without_rendering()
        whole = figure.bbox
        axes = figure.axes[0]
        (beside,) = axes.child_axes
        boxes = [part.get_tightbbox() for part in (axes, beside)]
        assert figure._suptitle is not None
        boxes.append(figure._suptitle.get_window_extent())
        for box in boxes:
            assert whole.x0 <= box.x0 < box.x1 <= whole.x1
            assert whole.y0 <= box.y0 < box.y1 <= whole.y1
        assert boxes[2].y0 >= axes.get_window_extent().y1
        assert beside.get_window_extent().x0 > axes.get_window_extent().x1


def test_importances_are_sorted_with_the_most_important_on_top(tmp_path: Path) -> None:
    values, sd = np.array([0.1, 0.3, -0.01]), np.array([0.02, 0.05, 0.01])
    columns = ("z_color", "z_scale", "z_residual_1")
    figure = importances_figure(columns, values, sd, values[::-1], sd)
    assert len(figure.axes) == 2
    names = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    assert names == ["Residual 1", "Color", "Scale"]
    widths = [bar.get_width() for bar in figure.axes[1].patches]
    assert widths == [0.1, -0.01, 0.3]
    write_figure(tmp_path / "importances.png", figure)
    assert len(importances_figure(columns, values, sd).axes) == 1


def test_calibration_tells_its_error_and_leaves_empty_bins_out() -> None:
    nan = np.nan
    figure = calibration_figure(
        np.linspace(0, 1, 5),
        np.array([0, 0, 5, 15]),
        np.array([nan, nan, 0.6, 0.9]),
        np.array([nan, nan, 0.4, 1.0]),
    )
    assert "0.125" in figure.axes[0].get_title()
    intervals, points = figure.axes[0].collections
    assert len(points.get_offsets()) == 2
    for (x, low), (_, high) in (line.vertices for line in intervals.get_paths()):
        right = {0.6: 0.4, 0.9: 1.0}[x]
        assert low - 1e-9 <= right <= high + 1e-9
        assert (low, high) != (0, 1)
    heights = [bar.get_height() for bar in figure.axes[1].patches]
    assert heights == pytest.approx([0, 0, 5, 15])
