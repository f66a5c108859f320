"""Pixels of the image that are changed in place after encoding, in a viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
import pandas as pd
import pytest

from napari_disentangle.widgets.annotate import AnnotateWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.widgets.factors import FactorsWidget


@pytest.fixture
def encoded(encoded: FactorsWidget, settle: Callable[[Any], None]) -> FactorsWidget:
    """The Factors dock, whose pixels were all looked at."""
    settle(encoded)
    return encoded


def test_pixels_written_in_place_are_noticed_when_the_image_is_drawn_anew(
    viewer: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    image, before = viewer.layers["image"], encoded.session.table
    assert before is not None
    image.data[20:30, 40:50] = 255
    image.refresh()
    settle(encoded)
    assert encoded._edits.cells == {(0, 5)}
    assert "has other pixels" in encoded.edits_note.text()
    assert encoded.encode_button.text() == "Up&date 1 cell"
    encoded.encode_button.click()
    wait_for(encoded)
    table = encoded.session.table
    assert table is not None
    others = [0, 2]
    pd.testing.assert_frame_equal(table.iloc[others], before.iloc[others])
    assert table["intensity_mean_1"][1] > before["intensity_mean_1"][1]
    assert table["z_texture"][1] != before["z_texture"][1]
    settle(encoded)
    assert encoded.encode_button.text() == "&Encode 3 cells"
    image.data[20:30, 10:20] = 255  # the new pixels are followed
    image.refresh()
    settle(encoded)
    assert encoded._edits.cells == {(0, 1)}


def test_pixels_between_the_cells_are_no_edit(
    viewer: Any, encoded: FactorsWidget, settle: Callable[[Any], None]
) -> None:
    image = viewer.layers["image"]
    image.data[:10] = 255
    image.refresh()
    settle(encoded)
    assert encoded._edits.cells == set()
    assert not encoded._edits.due


def test_pixels_that_are_written_back_are_no_edit(
    viewer: Any, encoded: FactorsWidget, settle: Callable[[Any], None]
) -> None:
    image = viewer.layers["image"]
    kept = image.data[20, 45].copy()
    image.data[20, 45] = 0
    image.refresh()
    settle(encoded)
    assert encoded._edits.cells == {(0, 5)}
    image.data[20, 45] = kept
    image.refresh()
    settle(encoded)
    assert encoded._edits.cells == set()


def test_pixels_changed_without_a_word_are_found_when_other_cells_are_updated(
    viewer: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    before = encoded.session.table
    viewer.layers["cells"].paint((20, 45), 0)
    settle(encoded)
    viewer.layers["image"].data[20:30, 70:80] = 0
    encoded.encode()
    wait_for(encoded)
    table = encoded.session.table
    assert before is not None
    assert table is not None
    assert (table["z_scale"] != before["z_scale"]).tolist() == [False, True, True]
    assert table["intensity_mean_2"][2] < before["intensity_mean_2"][2]


def test_an_array_of_which_few_pixels_differ_replaces_few_cells_and_keeps_classes(
    viewer: Any,
    encoded: FactorsWidget,
    dock_in: Callable[..., Any],
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    annotate = dock_in(viewer, AnnotateWidget)
    table = encoded.session.table
    assert table is not None
    annotate.add_class("round")
    annotate.give_to(table, "round")
    image = viewer.layers["image"]
    data = image.data.copy()
    data[15:45, 35:55] = 90
    image.data = data
    settle(encoded)
    assert encoded._edits.cells == {(0, 5)}
    assert not encoded._edits.image_edited
    encoded.encode()
    wait_for(encoded)
    session = encoded.session
    assert session.table is not None
    assert session.crops is not None
    assert session.table["intensity_mean_0"][1] == pytest.approx(90)
    named = annotate.book.value.names_of(session.crops.table)
    assert named.tolist() == ["round"] * 3
    assert len(session.images) == 1


def test_a_lazy_image_is_another_one_when_it_is_replaced(
    viewer: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
) -> None:
    image = viewer.layers["image"]
    image.data = da.from_array(image.data, chunks=(30, 30, 3))
    settle(encoded)
    assert encoded._edits.image_edited
    assert encoded.edits_note.text().startswith("The image was changed")


def test_only_the_frame_that_was_painted_is_stale(
    make_napari_viewer: Any,
    sparse_image: Any,
    sparse_labels: Any,
    encode_in: Callable[..., FactorsWidget],
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    viewer = make_napari_viewer()
    image = viewer.add_image(np.stack([sparse_image] * 3), rgb=True, name="image")
    viewer.add_labels(np.stack([sparse_labels] * 3), name="cells")
    factors = encode_in(viewer)
    settle(factors)
    image.data[2, 20:30, 40:50] = 255
    viewer.dims.set_current_step(0, 2)
    settle(factors)
    assert factors._edits.cells == {(2, 5)}
    viewer.dims.set_current_step(0, 0)
    settle(factors)
    assert factors._edits.cells == {(2, 5)}
    factors.encode()
    wait_for(factors)
    settle(factors)
    assert not factors._edits.due
