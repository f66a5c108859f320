"""Cells merged, split and deleted in the Labels layer of a real viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.recipes.objects import iter_plan_objects
from napari_disentangle.tasks import run
from napari_disentangle.widgets import _layers
from napari_disentangle.widgets._selection import Selection
from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.annotate import AnnotateWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


pytestmark = pytest.mark.usefixtures("home")


def cut(viewer: Any, axes: str = "yxc") -> Any:
    image, labels = viewer.layers["image"], viewer.layers["cells"]
    source = _layers.read_source(image, labels, axes)
    session = session_of(viewer)
    session.set_crops(source, run(iter_plan_objects(source, CropConfig())))
    return session


def choose(session: Any, *labels: int, frame: int = 0) -> None:
    session.selection = Selection(np.full(len(labels), frame), np.array(labels))


@pytest.fixture
def dock(viewer: Any, dock_in: Callable[..., Any]) -> AnnotateWidget:
    cut(viewer)
    return dock_in(viewer, AnnotateWidget)


def test_merged_cells_have_the_lowest_id_and_undo_parts_them(
    viewer: Any, dock: AnnotateWidget
) -> None:
    layer = viewer.layers["cells"]
    before = layer.data.copy()
    painted: list[Any] = []
    layer.events.paint.connect(painted.append)
    choose(dock.session, 10, 5)
    dock.parts.editing.merge_button.click()
    np.testing.assert_array_equal(layer.data, np.where(before == 10, 5, before))
    assert len(painted) == 1  # one step, which others are told of
    dock.parts.editing.undo_button.click()
    np.testing.assert_array_equal(layer.data, before)
    assert "nothing was edited" in dock.parts.editing.undo_button.toolTip()


def test_deleted_cells_are_background_and_napari_undoes_it_too(
    viewer: Any, dock: AnnotateWidget
) -> None:
    layer = viewer.layers["cells"]
    before = layer.data.copy()
    choose(dock.session, 5)
    dock.parts.editing.delete_button.click()
    np.testing.assert_array_equal(layer.data, np.where(before == 5, 0, before))
    assert layer.get_value((30, 45)) == 0
    layer.undo()
    np.testing.assert_array_equal(layer.data, before)


def test_a_cell_is_split_at_its_waist(viewer: Any, dock: AnnotateWidget) -> None:
    layer = viewer.layers["cells"]
    layer.data[15:45, 24:36] = 0
    layer.data[28:32, 24:36] = 1  # a bridge from cell 1 to cell 5
    layer.data[layer.data == 5] = 1
    cut(viewer)
    choose(dock.session, 1)
    area = (layer.data == 1).sum()
    dock.parts.editing.split_button.click()
    parts = [(layer.data == number).sum() for number in (1, 11)]
    assert sum(parts) == area
    assert min(parts) > 0.4 * area
    assert (layer.data == 10).any()


def test_only_the_frame_that_is_shown_changes(
    make_napari_viewer: Any, sparse_labels: Any, dock_in: Callable[..., Any]
) -> None:
    viewer = make_napari_viewer()
    movie = np.stack([sparse_labels] * 3)
    viewer.add_image((movie > 0).astype(np.float32), name="image")
    viewer.add_labels(movie.copy(), name="cells")
    session = cut(viewer, "tyx")
    dock = dock_in(viewer, AnnotateWidget)
    viewer.dims.set_point(0, 1)
    session.selection = Selection(np.array([0, 1]), np.array([10, 5]))
    assert dock.parts.editing.cells() == [5]
    dock.parts.editing.delete()
    found = viewer.layers["cells"].data
    np.testing.assert_array_equal(found[[0, 2]], movie[[0, 2]])
    assert np.unique(found[1]).tolist() == [0, 1, 10]


def test_labels_that_are_not_in_memory_are_left_alone(
    viewer: Any, sparse_labels: Any, dock: AnnotateWidget
) -> None:
    viewer.layers.remove("cells")
    viewer.add_labels(da.from_array(sparse_labels), name="cells")
    cut(viewer)
    choose(dock.session, 1, 5)
    assert "not in memory" in dock.parts.editing.merge_button.toolTip()
    assert not dock.parts.editing.delete_button.isEnabled()


def test_a_round_cell_is_one_sentence(
    viewer: Any, dock: AnnotateWidget, notes: list[str]
) -> None:
    y, x = np.indices(viewer.layers["cells"].data.shape)
    viewer.layers["cells"].data[(y - 30) ** 2 + (x - 45) ** 2 < 196] = 5
    viewer.layers["cells"].data[(y - 30) ** 2 + (x - 45) ** 2 >= 196] = 0
    cut(viewer)
    choose(dock.session, 5)
    dock.parts.editing.split_button.click()
    assert "no waist" in notes[-1]
    assert "nothing was edited" in dock.parts.editing.undo_button.toolTip()


def test_buttons_say_how_many_cells_they_need(dock: AnnotateWidget) -> None:
    choose(dock.session, 1)
    assert "two or more" in dock.parts.editing.merge_button.toolTip()
    assert dock.parts.editing.split_button.isEnabled()
    choose(dock.session, 1, 5)
    assert dock.parts.editing.merge_button.isEnabled()
    assert "one cell" in dock.parts.editing.split_button.toolTip()


def test_removed_layers_end_editing_without_an_error(
    viewer: Any, dock: AnnotateWidget, notes: list[str]
) -> None:
    choose(dock.session, 1, 5)
    dock.parts.editing.merge()
    viewer.layers.remove("cells")
    dock.parts.editing.undo()
    dock.refresh()
    assert "cut crops" in dock.parts.editing.merge_button.toolTip()
    assert notes == []


def test_cells_of_a_hidden_layer_are_left_alone_in_one_sentence(
    make_napari_viewer: Any,
    dock_in: Callable[..., Any],
    sparse_labels: NDArray[np.int32],
    qtbot: Any,
    notes: list[str],
) -> None:
    viewer = make_napari_viewer()
    movie = np.stack([sparse_labels] * 3)
    viewer.add_image(movie.astype(np.uint8), name="image")
    layer = viewer.add_labels(movie.copy(), name="cells")
    session, dock = cut(viewer, "tyx"), dock_in(viewer, AnnotateWidget)
    editing = dock.parts.editing
    choose(session, 5, frame=1)
    with qtbot.captureExceptions() as raised:
        layer.visible = False
        viewer.dims.set_current_step(0, 1)
        editing.delete_button.setEnabled(True)  # as it was before the layer was hidden
        editing.delete_button.click()
        np.testing.assert_array_equal(layer.data, movie)
        layer.visible = True
        editing.delete()
        assert not (layer.data[1] == 5).any()
        layer.visible = False
        editing.undo_button.click()
        assert not (layer.data[1] == 5).any()
        layer.visible = True
        editing.undo_button.click()
        np.testing.assert_array_equal(layer.data, movie)
    assert raised == []
    assert [("hidden; show it first" in note) for note in notes] == [True, True]
