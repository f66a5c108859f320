"""Classes of points and rectangles that were edited between two sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.layers import Points

from napari_disentangle.widgets._session import session_of
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.usefixtures("home")

CENTERS = np.array([[30.0, 15], [30, 19], [34, 19], [30, 75], [20, 30]])
CLASSES = "abcde"
WINDOW_PX = 40


@pytest.fixture(params=["points", "shapes"])
def annotated(
    request: pytest.FixtureRequest,
    make_napari_viewer: Any,
    sparse_image: NDArray[np.uint8],
    dock_in: Callable[..., Any],
    cut: Callable[[Any], Any],
) -> Any:
    """A viewer in which each of five marks, close to each other, has its own class."""
    viewer = make_napari_viewer()
    viewer.add_image(sparse_image, rgb=True, name="image")
    if request.param == "points":
        viewer.add_points(CENTERS, name="marks")
    else:
        viewer.add_shapes([[at - 4, at + 4] for at in CENTERS], name="marks")
    session = cut(viewer)
    dock = dock_in(viewer, AnnotateWidget)
    for row, name in enumerate(CLASSES):
        dock.add_class(name)
        dock.give_to(session.crops.table.iloc[[row]], name)
    return viewer


@pytest.fixture
def cut(
    dock_in: Callable[..., Any], wait_for: Callable[[Any], None]
) -> Callable[[Any], Any]:
    """Cut the crops of a viewer with the Crops dock, and return the session."""

    def do(viewer: Any) -> Any:
        dock = dock_in(viewer, CropsWidget)
        form = dock.crop_form
        form.setValue(form.value().replace(window_px=WINDOW_PX))
        dock.cut()
        wait_for(dock)
        viewer.window.remove_dock_widget(dock)
        return session_of(viewer)

    return do


def reopen(viewer: Any, folder: Path, order: list[int]) -> None:
    """Save some of the marks with napari, in another order, and open the file."""
    layer = viewer.layers["marks"]
    layer.data = [np.array(layer.data[row]) for row in order]
    file = folder / "marks.csv"
    assert layer.save(str(file))
    viewer.layers.remove(layer)
    (opened,) = viewer.open(str(file), plugin="napari")
    assert isinstance(opened, type(layer))
    assert len(opened.data) == len(order)


def classes_by_place(session: Any) -> dict[tuple[float, float], str]:
    table = session.crops.table
    named = session.annotations.names_of(table)
    places = zip(table["pos_y"].round(), table["pos_x"].round(), strict=True)
    return {at: name for at, name in zip(places, named, strict=True) if name == name}


@pytest.mark.parametrize("order", [[1, 2, 3, 4], [4, 3, 2, 1, 0], [4, 0, 2]])
def test_classes_stay_in_place_when_marks_are_deleted_and_reordered_in_the_file(
    annotated: Any,
    cut: Callable[[Any], Any],
    tmp_path: Path,
    notes: list[str],
    order: list[int],
) -> None:
    reopen(annotated, tmp_path, order)
    session = cut(annotated)
    wanted = {tuple(CENTERS[row].tolist()): CLASSES[row] for row in order}
    assert classes_by_place(session) == wanted
    n_gone = len(CENTERS) - len(order)
    told = [note for note in notes if "found no cell" in note]
    assert len(told) == (n_gone > 0)
    if told:
        assert f"{n_gone} of 5 annotations" in told[0]
        assert "before-new-cells" in told[0]


def test_classes_stay_with_marks_that_were_moved_here_and_cut_again(
    annotated: Any, cut: Callable[[Any], Any], notes: list[str]
) -> None:
    layer = annotated.layers["marks"]
    by = 1.0 if isinstance(layer, Points) else [[1.0, 1.0]]
    layer.data = [np.array(mark) + by for mark in layer.data]
    session = cut(annotated)
    table = session.crops.table
    assert session.annotations.names_of(table).tolist() == list(CLASSES)
    assert table["pos_y"].tolist() == (CENTERS[:, 0] + 1).tolist()
    again = cut(annotated)
    assert again.annotations.names_of(again.crops.table).tolist() == list(CLASSES)
    assert notes == []
