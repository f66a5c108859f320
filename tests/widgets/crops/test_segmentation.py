"""Options of the segmentation, and a preview that is off again when it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from napari.components import ViewerModel

from napari_disentangle.widgets._crops.choices import ImageChoice
from napari_disentangle.widgets._crops.segmentation import SegmentPanel
from napari_disentangle.widgets._jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def make(qtbot: Any) -> Iterator[Callable[[Any], SegmentPanel]]:
    made: list[Any] = []

    def make(viewer: Any) -> SegmentPanel:
        choice = ImageChoice(viewer)
        panel = SegmentPanel(viewer, choice, Jobs())
        qtbot.addWidget(choice)
        qtbot.addWidget(panel)
        made.extend([choice, panel])
        return panel

    yield make
    for part in made:
        part.stop()
    qtbot.wait_for_workers()


@pytest.fixture
def panel(make: Callable[[Any], SegmentPanel]) -> SegmentPanel:
    viewer = ViewerModel()
    viewer.add_image(np.zeros((40, 50, 3), np.uint8), rgb=True, name="image")
    return make(viewer)


def test_channels_are_offered_by_name_after_the_grays_made_of_them(
    panel: SegmentPanel,
) -> None:
    panel.offer_channels(["DAPI", "GFP"])
    combo = panel.form.editor("channel")
    assert combo.choices == ("auto", "contrast", "gray", "saturation", "0", "1")
    texts = [combo.native.itemText(row) for row in range(6)]
    assert texts[4:] == ["DAPI", "GFP"]


def test_options_are_restored(
    panel: SegmentPanel, make: Callable[[Any], SegmentPanel]
) -> None:
    panel.form.setValue(panel.form.value().replace(min_area_px=77))
    assert make(ViewerModel()).form.value().min_area_px == 77


def test_it_says_why_nothing_can_be_segmented(panel: SegmentPanel) -> None:
    panel.refresh("Segmentation is running", "")
    assert panel.preview_box.isEnabled()
    why = "Not now: Segmentation is running."
    assert panel.button.toolTip().endswith(why)
    panel.refresh("", "open an image first")
    for widget in (panel.preview_box, panel.button):
        assert widget.toolTip().endswith("Not now: open an image first.")


def test_a_preview_without_an_image_is_one_sentence_and_off_again(
    make: Callable[[Any], SegmentPanel], notes: list[str]
) -> None:
    panel = make(ViewerModel())
    panel.preview_box.setChecked(True)
    assert not panel.preview_box.isChecked()
    assert notes == ["There is no image; open one first."]
