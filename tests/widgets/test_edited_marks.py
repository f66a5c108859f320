"""Points and rectangles moved, added or deleted after encoding, in a viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from napari_disentangle.widgets.factors import FactorsWidget

CENTERS = np.array([[30.0, 15], [30, 45], [30, 75], [20, 30]])


@pytest.fixture(params=["points", "shapes"])
def marks(
    request: pytest.FixtureRequest,
    make_napari_viewer: Any,
    sparse_image: NDArray[np.uint8],
) -> Any:
    """A Points or a Shapes layer over an image, in a viewer."""
    viewer = make_napari_viewer()
    viewer.add_image(sparse_image, rgb=True, name="image")
    if request.param == "points":
        viewer.add_points(CENTERS, name="marks")
    else:
        viewer.add_shapes([[at - 8, at + 8] for at in CENTERS], name="marks")
    return viewer


@pytest.fixture
def encoded(marks: Any, encode_in: Callable[..., FactorsWidget]) -> FactorsWidget:
    return encode_in(marks, window_px=20)


def delete(layer: Any, row: int) -> None:
    layer.selected_data = {row}
    layer.remove_selected()


def add(layer: Any, at: NDArray[np.float64]) -> None:
    if hasattr(layer, "add_rectangles"):
        layer.add_rectangles(np.array([at - 8, at + 8]))
    else:
        layer.add(at)


def move(layer: Any, row: int, by: float) -> None:
    """Move a mark as napari does: in place, told at the end."""
    if hasattr(layer, "add_rectangles"):
        data = [np.array(corners) for corners in layer.data]
        data[row] = data[row] + by
        layer.data = data
    else:
        layer.data[row] += by
        layer.refresh()


def test_only_marks_that_were_moved_or_added_are_updated_and_others_keep_their_rows(
    marks: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    layer, before = marks.layers["marks"], encoded.session.table
    assert before is not None
    settle(encoded)
    assert encoded.encode_button.text() == "&Encode 4 cells"
    delete(layer, 1)
    settle(encoded)
    assert encoded._edits.cells == {(0, 2)}
    move(layer, 1, 3.0)
    add(layer, np.array([40.0, 60]))
    settle(encoded)
    assert encoded._edits.cells == {(0, 2), (0, 3), (0, 5)}
    assert encoded.encode_button.text() == "Up&date 3 cells"
    encoded.encode_button.click()
    wait_for(encoded)
    table = encoded.session.table
    assert table is not None
    assert table["label"].tolist() == [1, 3, 4, 5]
    assert table["pos_y"].round(1).tolist() == [30.0, 33.0, 20.0, 40.0]
    kept = [1, 4]
    pd.testing.assert_frame_equal(
        table[table["label"].isin(kept)].reset_index(drop=True),
        before[before["label"].isin(kept)].reset_index(drop=True),
    )
    assert layer.features["index"].tolist() == [1, 3, 4, 5]
    settle(encoded)
    assert encoded.encode_button.text() == "&Encode 4 cells"


def test_a_mark_that_is_put_back_is_no_edit(
    marks: Any, encoded: FactorsWidget, settle: Callable[[Any], None]
) -> None:
    layer = marks.layers["marks"]
    move(layer, 2, 4.0)
    settle(encoded)
    assert encoded._edits.cells == {(0, 3)}
    move(layer, 2, -4.0)
    settle(encoded)
    assert encoded._edits.cells == set()


def test_classes_clicks_and_colors_stay_with_marks_when_another_is_deleted(
    marks: Any,
    encoded: FactorsWidget,
    dock_in: Callable[..., Any],
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    annotate = dock_in(marks, AnnotateWidget)
    table = encoded.session.table
    assert table is not None
    annotate.add_class("last")
    annotate.give_to(table[table["label"] == 4], "last")
    layer = marks.layers["marks"]
    delete(layer, 0)
    settle(encoded)
    encoded.encode()
    wait_for(encoded)
    session = encoded.session
    assert session.crops is not None
    named = annotate.book.value.names_of(session.crops.table)
    assert session.crops.table["label"].tolist() == [2, 3, 4]
    assert (named == "last").tolist() == [False, False, True]
    assert session.source is not None
    layer.visible = True
    marks.layers.selection.active = layer
    assert _layers.cell_at(marks, session.source, CENTERS[3]) == Cell(4)
    encoded.color_by("pos_x")
    shown = getattr(layer, "face_color" if hasattr(layer, "symbol") else "edge_color")
    coloring = encoded._coloring
    assert coloring is not None
    assert session.table is not None
    values = session.table["pos_x"].to_numpy(float)
    np.testing.assert_allclose(shown, _layers.rgba_of(values, coloring), atol=1e-6)


def test_crops_cut_anew_keep_the_ids_of_the_marks(
    marks: Any,
    encoded: FactorsWidget,
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
) -> None:
    crops = dock_in(marks, CropsWidget)
    crops.crop_form.setValue(crops.crop_form.value().replace(window_px=20))
    delete(marks.layers["marks"], 0)
    crops.cut()
    wait_for(crops)
    assert crops.session.crops.table["label"].tolist() == [2, 3, 4]


def test_colors_can_be_given_back_after_marks_were_deleted(
    marks: Any, encoded: FactorsWidget
) -> None:
    layer = marks.layers["marks"]
    name = "face_color" if hasattr(layer, "symbol") else "edge_color"
    encoded.restore_colors()
    own = getattr(layer, name)[0].copy()
    encoded.color_by("z_scale")
    delete(layer, 0)
    add(layer, np.array([40.0, 60]))
    add(layer, np.array([12.0, 70]))
    encoded.restore_colors()
    np.testing.assert_allclose(getattr(layer, name), np.tile(own, (5, 1)))
