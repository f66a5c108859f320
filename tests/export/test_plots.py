"""Figures show every cell, say what the axes mean, and open as pictures."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import imageio.v3 as iio
import numpy as np
import pandas as pd
import pytest
from matplotlib.offsetbox import AnnotationBbox

from napari_disentangle.errors import DataError
from napari_disentangle.export.figures import write_figure
from napari_disentangle.export.montage import traversal_montage
from napari_disentangle.export.plots import axis_label, factor_scatter, pick_spread
from napari_disentangle.export.traversal_tiff import TraversalInfo

if TYPE_CHECKING:
    from pathlib import Path


def _cells(n: int = 200) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    z = rng.normal(size=(n, 2))
    return pd.DataFrame(
        {
            "label": np.arange(1, n + 1),
            "z_scale": z[:, 0],
            "z_color": z[:, 1],
            "area": np.exp(-z[:, 0]) * 50,
            "solidity": 1.0,
        }
    )


def test_the_scatter_opens_as_a_picture(tmp_path: Path) -> None:
    table = _cells()
    rows = pick_spread(table["z_scale"].to_numpy(), table["z_color"].to_numpy())
    crops = np.random.default_rng(1).random((len(rows), 16, 16, 3), np.float32)
    figure = factor_scatter(table, "z_scale", "z_color", crops, rows)
    write_figure(tmp_path / "factors.png", figure)
    picture = iio.imread(tmp_path / "factors.png")
    assert picture.shape[:2] == (975, 1350)
    assert picture[..., :3].std() > 10
    axes = figure.axes[0]
    assert len(axes.collections[0].get_offsets()) == len(table)
    shown = [a.xy for a in axes.artists if isinstance(a, AnnotationBbox)]
    np.testing.assert_allclose(shown, table[["z_scale", "z_color"]].to_numpy()[rows])


def test_axis_labels_say_unit_and_direction() -> None:
    table = _cells()
    label = axis_label(table, "z_scale")
    assert label.startswith("Scale (code, 1 = sd of the prior)")
    assert label.endswith("higher: less area (rank correlation -1.00)")
    assert axis_label(table, "z_color") == "Color (code, 1 = sd of the prior)"


def test_crops_are_spread_and_missing_codes_passed_over() -> None:
    x = np.array([0, 0.001, 1, np.nan, 5])
    y = np.array([0, 0.001, 1, 2, np.nan])
    rows = pick_spread(x, y)
    assert len(rows) == 2
    assert set(rows.tolist()) < {0, 1, 2}
    assert len(pick_spread(np.full(3, np.nan), np.zeros(3))) == 0
    many = np.random.default_rng(0).normal(size=(2, 5000))
    spread = many[:, pick_spread(*many)] / np.ptp(many, axis=1)[:, None]
    gaps = np.abs(spread[:, :, None] - spread[:, None, :])
    apart = (gaps[0] > 0.04) | (gaps[1] > 0.06) | np.eye(spread.shape[1], dtype=bool)
    assert apart.all()
    assert 40 < spread.shape[1] < 200


def test_one_cell_can_be_plotted(tmp_path: Path) -> None:
    rows = np.array([0])
    crops = np.zeros((1, 8, 8, 3), np.float32)
    figure = factor_scatter(_cells(1), "z_scale", "z_color", crops, rows)
    write_figure(tmp_path / "one.png", figure)


def test_a_missing_column_is_told() -> None:
    none = np.zeros(0, np.int64)
    crops = np.zeros((0, 8, 8, 3), np.float32)
    with pytest.raises(DataError, match="no column 'z_shape'"):
        factor_scatter(_cells(), "z_scale", "z_shape", crops, none)


def test_a_montage_names_walks_and_kinds(tmp_path: Path) -> None:
    info = TraversalInfo(
        factors=("scale", "residual_1"),
        steps_sd=(-2.5, 0, 2.5),
        picture="decoded",
        model_id="tiny-0",
        picture_source="synthetic",
    )
    pictures = np.random.default_rng(0).random((2, 3, 8, 8, 3), np.float32)
    real = (pictures, info.replace(picture="nearest"))
    figure = traversal_montage([(pictures, info), real])
    write_figure(tmp_path / "walk.png", figure)
    assert len(figure.axes) == 12
    names = [axes.get_ylabel() for axes in figure.axes[::3]]
    assert names == [
        "scale\n(drawn, synthetic)",
        "scale\n(real)",
        "residual 1\n(drawn, synthetic)",
        "residual 1\n(real)",
    ]


def test_figures_touch_no_global_state() -> None:
    assert "matplotlib.pyplot" not in sys.modules
