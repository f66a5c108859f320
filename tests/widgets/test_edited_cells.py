"""Labels that are painted, undone, deleted or replaced after encoding, in a viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
import pandas as pd
import pytest

from napari_disentangle.storage.annotations import read_annotations
from napari_disentangle.widgets._selection import Cell
from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def crops(
    viewer: Any, dock_in: Callable[..., Any], wait_for: Callable[[Any], None]
) -> CropsWidget:
    crops: CropsWidget = dock_in(viewer, CropsWidget)
    crops.cut()
    wait_for(crops)
    return crops


@pytest.fixture
def factors(
    viewer: Any, crops: CropsWidget, dock_in: Callable[..., Any], pixel_model: Path
) -> FactorsWidget:
    factors: FactorsWidget = dock_in(viewer, FactorsWidget)
    factors.set_model(pixel_model)
    return factors


def test_a_painted_cell_is_told_and_only_it_is_updated(
    viewer: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    before = encoded.session.table
    assert before is not None
    settle(encoded)
    assert encoded.encode_button.text() == "&Encode 3 cells"
    assert not encoded.edits_note.isVisibleTo(encoded)
    cells = viewer.layers["cells"]
    cells.brush_size = 6
    cells.paint((20, 45), 0)
    settle(encoded)
    assert encoded._edits.cells == {(0, 5)}
    assert encoded.edits_note.isVisibleTo(encoded)
    assert encoded.edits_note.text().startswith("1 cell was repainted")
    assert encoded.encode_button.text() == "Up&date 1 cell"
    encoded.encode_button.click()
    wait_for(encoded)
    table = encoded.session.table
    assert table is not None
    assert table["area"].tolist() == [
        (cells.data == label).sum() for label in (1, 5, 10)
    ]
    others = [0, 2]
    pd.testing.assert_frame_equal(table.iloc[others], before.iloc[others])
    assert table["z_scale"][1] != before["z_scale"][1]
    settle(encoded)
    assert encoded.encode_button.text() == "&Encode 3 cells"
    assert not encoded.edits_note.isVisibleTo(encoded)


def test_a_stroke_that_is_undone_is_no_edit(
    viewer: Any, encoded: FactorsWidget, settle: Callable[[Any], None]
) -> None:
    cells = viewer.layers["cells"]
    cells.fill((20, 45), 10)
    settle(encoded)
    assert encoded._edits.cells == {(0, 5), (0, 10)}
    cells.undo()
    settle(encoded)
    assert encoded._edits.cells == set()
    cells.redo()
    settle(encoded)
    assert encoded._edits.cells == {(0, 5), (0, 10)}


def test_pixels_that_another_plugin_changes_in_place_are_noticed(
    viewer: Any, encoded: FactorsWidget, settle: Callable[[Any], None]
) -> None:
    cells = viewer.layers["cells"]
    settle(encoded)
    cells.data[cells.data == 1] = 0
    cells.refresh()
    settle(encoded)
    assert encoded._edits.cells == {(0, 1)}


def test_replaced_labels_lose_and_gain_rows(
    viewer: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    cells = viewer.layers["cells"]
    data = np.array(cells.data)
    data[data == 10] = 0
    data[48:56, 70:80] = 12
    cells.data = data
    settle(encoded)
    assert encoded._edits.cells == {(0, 10), (0, 12)}
    encoded.encode()
    wait_for(encoded)
    table = encoded.session.table
    assert table is not None
    assert table["label"].tolist() == [1, 5, 12]
    assert table["z_scale"].notna().all()
    assert cells.features["index"].tolist() == [1, 5, 12]
    settle(encoded)
    assert encoded._edits.cells == set()
    cells.paint((50, 75), 0)  # the new array is followed
    settle(encoded)
    assert encoded._edits.cells == {(0, 12)}


def test_lazy_labels_are_looked_at_when_they_are_replaced(
    viewer: Any, encoded: FactorsWidget, settle: Callable[[Any], None]
) -> None:
    cells = viewer.layers["cells"]
    data = np.where(cells.data == 5, 0, cells.data)
    cells.data = da.from_array(data, chunks=30)
    settle(encoded)
    assert encoded._edits.cells == {(0, 5)}


def test_cells_painted_during_encoding_are_known_to_be_old_even_if_it_is_undone(
    viewer: Any,
    factors: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    cells = viewer.layers["cells"]
    settle(factors)
    factors.encode()
    factors.jobs.pause()
    cells.data[20:30, 45] = 0
    cells.refresh()
    settle(factors)
    cells.data[20:30, 45] = 5
    cells.refresh()
    settle(factors)
    factors.jobs.go_on()
    wait_for(factors)
    assert factors.session.table is not None
    assert len(factors.session.table) == 3
    assert factors._edits.cells == {(0, 5)}
    assert factors.encode_button.text() == "Up&date 1 cell"
    factors.encode()
    wait_for(factors)
    settle(factors)
    assert factors._edits.cells == set()


def test_labels_edited_before_the_dock_was_opened_are_noticed(
    viewer: Any,
    crops: CropsWidget,
    dock_in: Callable[..., Any],
    pixel_model: Path,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    cells = viewer.layers["cells"]
    cells.data[cells.data == 1] = 0
    factors = dock_in(viewer, FactorsWidget)
    factors.set_model(pixel_model)
    settle(factors)
    assert factors._edits.cells == {(0, 1)}
    assert "since the cells were cut" in factors.edits_note.text()
    factors.encode()
    wait_for(factors)
    assert factors.session.table["label"].tolist() == [5, 10]


def test_a_changed_image_asks_for_all_cells(
    viewer: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    image = viewer.layers["image"]
    settle(encoded)
    image.data = 255 - image.data
    settle(encoded)
    assert encoded.edits_note.text().startswith("The image was changed")
    assert encoded.encode_button.text() == "&Encode 3 cells"
    before = encoded.session.table
    encoded.encode()
    wait_for(encoded)
    table = encoded.session.table
    assert before is not None
    assert table is not None
    np.testing.assert_allclose(
        table["intensity_mean_0"], 255 - before["intensity_mean_0"]
    )
    assert not encoded.edits_note.isVisibleTo(encoded)


def test_an_image_that_is_replaced_during_an_update_is_not_taken_for_the_old_one(
    viewer: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    viewer.layers["cells"].fill((20, 45), 10)
    settle(encoded)
    encoded.encode()
    assert encoded.jobs.name == "Updating"
    viewer.layers["image"].data = 255 - viewer.layers["image"].data
    wait_for(encoded)
    settle(encoded)
    assert encoded.session.table is not None
    assert encoded.session.table["label"].tolist() == [1, 10]
    assert encoded.edits_note.text().startswith("The image was changed")


def test_cells_painted_during_an_update_are_in_it_or_known_to_be_old(
    viewer: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    cells = viewer.layers["cells"]
    cells.fill((20, 45), 10)
    settle(encoded)
    seen: list[Any] = []

    def paint_late(event: Any) -> None:
        if not seen:
            cells.paint((20, 15), 0)
        seen.append(event)

    encoded.jobs.progressed.connect(paint_late)
    encoded.encode()
    wait_for(encoded)
    settle(encoded)
    assert seen
    table = encoded.session.table
    assert table is not None
    area = table.set_index("label").loc[1, "area"]
    is_old = area != (cells.data == 1).sum()
    assert is_old == ((0, 1) in encoded._edits.cells)


def test_labels_that_fit_the_image_no_more_are_one_sentence(
    viewer: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
    notes: list[str],
) -> None:
    before = encoded.session.table
    viewer.layers["cells"].data = np.ones((30, 30), np.int32)
    settle(encoded)
    assert len(encoded._edits.cells) == 3
    encoded.encode_button.click()
    wait_for(encoded)
    assert encoded.session.table is before
    assert any("30" in note and "60" in note for note in notes)


def test_classes_follow_the_ids_of_cells_whose_middle_moved(
    viewer: Any,
    encoded: FactorsWidget,
    dock_in: Callable[..., Any],
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    annotate: AnnotateWidget = dock_in(viewer, AnnotateWidget)
    table = encoded.session.table
    assert table is not None
    for name, label in (("small", 1), ("large", 5)):
        annotate.add_class(name)
        annotate.give_to(table[table["label"] == label], name)
    encoded.session.cell = Cell(5)
    cells = viewer.layers["cells"]
    cells.data[15:60, 30:60] = 0
    cells.data[0:12, 30:88] = 5  # elsewhere, farther than an annotation reaches
    cells.refresh()
    settle(encoded)
    encoded.encode()
    wait_for(encoded)
    named = annotate.book.value.names_of(encoded.session.crops.table)  # type: ignore[union-attr]
    assert named.tolist()[:2] == ["small", "large"]
    path = annotate.book._files.places["image"]
    kept = read_annotations(path).images["image"]
    assert kept[0, 5].y == pytest.approx(5.5)
    assert encoded.session.cell == Cell(5)


def test_a_movie_is_followed_in_every_frame(
    make_napari_viewer: Any,
    sparse_image: Any,
    sparse_labels: Any,
    encode_in: Callable[..., FactorsWidget],
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    viewer = make_napari_viewer()
    viewer.add_image(np.stack([sparse_image] * 3), rgb=True, name="image")
    cells = viewer.add_labels(np.stack([sparse_labels] * 3), name="cells")
    factors = encode_in(viewer)
    viewer.dims.set_current_step(0, 2)
    cells.paint((2, 20, 45), 0)
    viewer.dims.set_current_step(0, 0)
    settle(factors)
    assert factors._edits.cells == {(2, 5)}
    factors.encode()
    wait_for(factors)
    assert len(factors.session.table) == 9
    cells.undo()  # of frame 2, while frame 0 is shown
    viewer.dims.set_current_step(0, 2)
    settle(factors)
    assert factors._edits.cells == {(2, 5)}


def test_the_layers_are_let_go_with_the_dock(
    viewer: Any, encoded: FactorsWidget, settle: Callable[[Any], None]
) -> None:
    settle(encoded)
    encoded.shutdown()
    viewer.layers["cells"].fill((20, 45), 10)
    assert not encoded._edits.due
    assert not encoded._edits.looking
