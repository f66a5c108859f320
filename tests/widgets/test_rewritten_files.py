"""Chunks of a zarr array that another program writes anew while it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import zarr
from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import QApplication

from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.factors import FactorsWidget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture
def array(tmp_path: Path, sparse_labels: NDArray[np.int32]) -> Any:
    """Cells of a brightness each, in chunks on the disk."""
    path = tmp_path / "image.zarr"
    array = zarr.create_array(path, shape=(60, 90), chunks=(30, 30), dtype="uint16")
    array[:] = 100 * sparse_labels
    return array


@pytest.fixture
def encoded(
    array: Any,
    make_napari_viewer: Any,
    sparse_labels: NDArray[np.int32],
    dock_in: Callable[..., Any],
    wait_for: Callable[[Any], None],
    settle: Callable[[Any], None],
    pixel_model: Path,
    tmp_path: Path,
) -> FactorsWidget:
    viewer = make_napari_viewer()
    viewer.open(tmp_path / "image.zarr", plugin="napari")
    viewer.add_labels(sparse_labels, name="image cells")
    crops = dock_in(viewer, CropsWidget)
    crops.cut()
    wait_for(crops)
    factors: FactorsWidget = dock_in(viewer, FactorsWidget)
    factors.set_model(pixel_model)
    factors.encode()
    wait_for(factors)
    settle(factors)
    return factors


def come_back() -> None:
    """Activate the window, as after work in another program."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)


def test_all_cells_are_encoded_anew_once_chunks_were_written_elsewhere(
    array: Any,
    encoded: FactorsWidget,
    settle: Callable[[Any], None],
    wait_for: Callable[[Any], None],
) -> None:
    assert not isinstance(encoded.viewer.layers[0].data, np.ndarray)
    come_back()
    settle(encoded)
    assert encoded.edits_note.text() == ""
    array[:, 30:60] = 300
    assert encoded.edits_note.text() == ""
    come_back()
    settle(encoded)
    assert encoded.edits_note.text().startswith("The image was changed since the cells")
    assert encoded.encode_button.text() == "&Encode 3 cells"
    shown = np.asarray(encoded.viewer.layers[0]._slice.image.view)
    assert shown[30, 45] == 300
    encoded.encode_button.click()
    wait_for(encoded)
    settle(encoded)
    table = encoded.session.table
    assert table is not None
    assert table["intensity_mean_0"].tolist() == [100, 300, 1000]
    come_back()
    settle(encoded)
    assert encoded.edits_note.text() == ""


def test_a_closed_viewer_is_not_held_by_the_application(encoded: FactorsWidget) -> None:
    files = encoded._edits._files
    assert files._connected
    encoded.deleteLater()
    QApplication.sendPostedEvents(encoded, QEvent.Type.DeferredDelete)
    assert not files._connected
    come_back()


def test_nothing_is_looked_at_after_the_dock_is_closed(
    array: Any, encoded: FactorsWidget, qtbot: Any
) -> None:
    encoded.viewer.window.remove_dock_widget(encoded)
    array[:, 30:60] = 300
    come_back()
    qtbot.wait(500)
    assert not encoded._edits.looking
    assert not encoded._edits.image_edited
