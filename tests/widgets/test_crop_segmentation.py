from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from napari_disentangle.crops.segment import SegmentConfig
from napari_disentangle.widgets._layers.made_by import segmentation_of
from napari_disentangle.widgets.crops import CropsWidget

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def dock(viewer: Any, dock_in: Callable[..., Any]) -> CropsWidget:
    return dock_in(viewer, CropsWidget)


def test_segmenting_adds_labels_and_chooses_them(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    viewer.layers.remove("cells")
    dock.segment_form.setValue(SegmentConfig(split_px=0))
    dock.segment_button.click()
    wait_for(dock)
    layer = viewer.layers["image cells"]
    assert dock.cells_combo.layer() is layer
    assert layer.data.max() == 3
    assert dock.session.crops is None
    assert segmentation_of(layer) == SegmentConfig(split_px=0)


def test_without_labels_one_button_segments_and_cuts(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None]
) -> None:
    assert not dock.segment_section.isExpanded()
    viewer.layers.remove("cells")
    assert dock.segment_section.isExpanded()
    assert dock.cut_button.text() == "Segment and c&ut crops"
    dock.segment_form.setValue(SegmentConfig(split_px=0))
    dock.cut_button.click()
    wait_for(dock)
    assert dock.session.crops is not None
    assert dock.session.crops.table["label"].tolist() == [1, 2, 3]
    assert dock.cut_button.text() == "C&ut crops"
    assert not dock.segment_section.isExpanded()


def test_segmentation_of_a_removed_image_is_dropped(
    viewer: Any, dock: CropsWidget, wait_for: Callable[[Any], None], notes: list[str]
) -> None:
    dock.jobs.progressed.connect(lambda _: viewer.layers.clear())
    dock.segment()
    wait_for(dock)
    assert len(viewer.layers) == 0
    assert len(notes) == 1


def test_the_preview_follows_the_options_and_goes_away(
    qtbot: Any, viewer: Any, dock: CropsWidget
) -> None:
    def preview() -> Any:
        return next((x for x in viewer.layers if "preview" in x.metadata), None)

    dock.segment_form.setValue(SegmentConfig(split_px=0))
    dock.preview_box.setChecked(True)
    qtbot.waitUntil(lambda: preview() is not None)
    assert preview().data.max() == 3
    dock.segment_form.editor("min_area_px").value = 5000
    qtbot.waitUntil(lambda: preview().data.max() == 0)
    dock.preview_box.setChecked(False)
    assert preview() is None
    assert dock.cells_combo.layer() is viewer.layers["cells"]


def test_a_failing_preview_is_told_once_and_switched_off(
    qtbot: Any, viewer: Any, dock: CropsWidget, notes: list[str]
) -> None:
    viewer.add_image(np.zeros((40, 40)), name="constant")
    dock.segment_form.setValue(SegmentConfig(channel="7"))
    dock.preview_box.setChecked(True)
    qtbot.waitUntil(lambda: not dock.preview_box.isChecked())
    assert len(notes) == 1
