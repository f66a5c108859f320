"""Channels are ticked by name and kept by number, three at most."""

from __future__ import annotations

from typing import Any

import pytest

from napari_disentangle.crops.config import CropConfig
from napari_disentangle.widgets._crops.channels import ChannelBoxes
from napari_disentangle.widgets._form import ConfigForm

NAMES = ["DAPI", "GFP", "R & D", "Cy5"]


@pytest.fixture
def form(qtbot: Any) -> ConfigForm[CropConfig]:
    form = ConfigForm(CropConfig)
    qtbot.addWidget(form)
    return form


@pytest.fixture
def boxes(qtbot: Any, form: ConfigForm[CropConfig]) -> ChannelBoxes:
    boxes = ChannelBoxes(form)
    qtbot.addWidget(boxes)
    boxes.set_names(NAMES)
    return boxes


def ticked(boxes: ChannelBoxes) -> list[int]:
    return [number for number, box in boxes.boxes.items() if box.isChecked()]


def test_a_box_says_its_name_and_the_number_it_has_in_tables(
    boxes: ChannelBoxes,
) -> None:
    assert boxes.boxes[2].text() == "R && D"  # one & is a key of Qt
    assert "intensity_mean_2" in boxes.boxes[2].toolTip()


def test_the_order_of_ticking_gives_the_colors(
    boxes: ChannelBoxes, form: ConfigForm[CropConfig]
) -> None:
    for number in (3, 0):
        boxes.boxes[number].click()
    assert form.value().channels == (3, 0)
    assert boxes.note.text() == "Channels of the crops: red Cy5, green DAPI."
    boxes.boxes[3].click()
    assert form.value().channels == (0,)
    assert boxes.note.text() == "Channels of the crops: DAPI, as gray."


def test_a_fourth_channel_is_refused_with_the_reason(boxes: ChannelBoxes) -> None:
    for number in range(3):
        boxes.boxes[number].click()
    assert not boxes.boxes[3].isEnabled()
    assert boxes.boxes[3].toolTip().endswith("Not now: three are ticked already.")
    boxes.boxes[0].click()
    assert boxes.boxes[3].isEnabled()


def test_nothing_ticked_means_the_first_three(boxes: ChannelBoxes) -> None:
    text = "Channels of the crops: none ticked, so the first (DAPI, GFP, R & D)."
    assert boxes.note.text() == text


def test_options_that_come_from_elsewhere_are_shown(
    boxes: ChannelBoxes, form: ConfigForm[CropConfig]
) -> None:
    form.setValue(form.value().replace(channels=(1, 6)))
    assert ticked(boxes) == [1, 6]
    assert boxes.boxes[6].text() == "channel 7 (not in this image)"


def test_one_channel_is_no_choice(boxes: ChannelBoxes) -> None:
    boxes.set_names(["gray"])
    assert boxes.isHidden()
    boxes.set_names(NAMES)
    assert not boxes.isHidden()
