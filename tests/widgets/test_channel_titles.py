"""Displays call intensities by the names of channels; columns keep their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from qtpy.QtCore import Qt

from napari_disentangle.widgets._columns import Reading, color_columns, reading_of
from napari_disentangle.widgets._explore.cells import Cells
from napari_disentangle.widgets._explore.table import CellTable
from napari_disentangle.widgets._explore.weights import FactorWeights
from napari_disentangle.widgets._inputs import InputColumns
from napari_disentangle.widgets._meaning import axis_text, meaning, way_of
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.explore import ExploreWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

NAMED = Reading(channels=("DAPI", "GFP"))


def items(combo: Any) -> dict[str, str]:
    return {combo.itemData(row): combo.itemText(row) for row in range(combo.count())}


def cells() -> pd.DataFrame:
    rising = np.arange(40.0)
    ids = {"label": np.arange(1, 41), "roi_id": "a", "frame": 0}
    return pd.DataFrame(
        {**ids, "z_color": rising, "intensity_mean_1": rising, "area": rising % 7}
    )


def test_a_code_is_said_to_follow_a_channel_by_its_name() -> None:
    assert axis_text(cells(), "z_color", NAMED) == (
        "Color, higher = more intensity mean GFP"
    )
    assert way_of(cells(), "z_color", NAMED) == "↑ intensity mean GFP"
    assert "higher = more intensity mean GFP (rank" in meaning(
        cells(), "z_color", NAMED
    )
    assert axis_text(cells(), "intensity_mean_1", NAMED) == "Intensity mean GFP"


def test_a_channel_without_a_name_keeps_its_number() -> None:
    table = cells().assign(intensity_std_2=1.0)
    texts = {name: text for text, name in color_columns(table, NAMED)}
    assert texts["intensity_mean_1"] == "Intensity mean GFP, measured"
    assert texts["intensity_std_2"] == "Intensity std 2, measured"
    plain = {name: text for text, name in color_columns(table)}
    assert plain["intensity_mean_1"] == "Intensity mean 1, measured"


@pytest.fixture
def viewer(make_napari_viewer: Any, sparse_labels: NDArray[np.int32]) -> Any:
    """Two channels with names; the second tells the cells apart."""
    viewer = make_napari_viewer()
    image = np.stack([90 * (sparse_labels > 0), 20 * sparse_labels]).astype(np.uint8)
    names = {"channel_names": ["DAPI", "GFP"]}
    viewer.add_image(image, name="image", metadata=names, axis_labels=["c", "y", "x"])
    viewer.add_labels(sparse_labels, name="cells")
    return viewer


def test_factors_and_explore_call_channels_by_name(
    viewer: Any, encode_in: Callable[..., Any], dock_in: Callable[..., Any], qtbot: Any
) -> None:
    factors = encode_in(viewer)
    qtbot.wait_for_turns()
    session = session_of(viewer)
    assert session.source.channels == ("DAPI", "GFP")
    assert {"intensity_std_0", "intensity_std_1"} <= set(session.table)
    offered = items(factors.coloring.choice.column_combo)
    assert offered["intensity_std_0"] == "Intensity std DAPI, measured"
    explore: ExploreWidget = dock_in(viewer, ExploreWidget)
    qtbot.wait_for_turns()
    explore.plot("intensity_mean_0", "intensity_mean_1")
    qtbot.wait_for_turns()
    axis = explore.panel.plot.getAxis("left")
    assert axis.labelText == "Intensity mean GFP"
    model = explore.table.model
    at = model.columns().index("intensity_mean_1")
    head = model.headerData(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
    assert head == "intensity_mean_1\nGFP"


def test_names_follow_another_image_with_the_same_columns(qtbot: Any) -> None:
    table = cells()
    inputs, weights, model = InputColumns(), FactorWeights(), CellTable()
    for widget in (inputs, weights):
        qtbot.addWidget(widget)
    for names in ((), ("DAPI", "GFP"), ("actin", "mito")):
        reading = Reading(channels=names)
        inputs.set_table(table, reading)
        weights.set_cells(Cells(table, None, "a", reading))
        with qtbot.waitSignal(model.headerDataChanged if names else model.modelReset):
            model.set_table(
                table, np.ones(40, bool), same_rows=bool(names), reading=reading
            )
        shown = f"Intensity mean {names[1] if names else 1}, measured"
        listed = [inputs.list.item(row).text() for row in range(inputs.list.count())]
        compared = [weights.item(row, 0).text() for row in range(weights.rowCount())]
        assert shown in listed
        assert shown in compared


def test_channels_of_a_color_image_are_red_green_and_blue(
    make_napari_viewer: Any,
    sparse_image: NDArray[np.uint8],
    sparse_labels: NDArray[np.int32],
    encode_in: Callable[..., Any],
) -> None:
    viewer = make_napari_viewer()
    viewer.add_image(sparse_image, rgb=True, name="image")
    viewer.add_labels(sparse_labels, name="cells")
    encode_in(viewer)
    reading = reading_of(session_of(viewer))
    assert reading.title("intensity_mean_2") == "Intensity mean blue, measured"
    assert reading.title("area") == "Area (px²), measured"


def test_the_area_of_a_cell_in_a_stack_is_told_in_voxels(
    make_napari_viewer: Any, sparse_labels: NDArray[np.int32], encode_in: Any
) -> None:
    viewer = make_napari_viewer()
    stack = np.stack([sparse_labels] * 3)
    names = ["z", "y", "x"]
    viewer.add_image((9 * stack).astype(np.uint8), name="image", axis_labels=names)
    viewer.add_labels(stack, name="cells")
    encode_in(viewer)
    reading = reading_of(session_of(viewer))
    assert reading.title("area") == "Area (voxels), measured"
    assert reading.title("area_projected") == "Area projected (px²), measured"
