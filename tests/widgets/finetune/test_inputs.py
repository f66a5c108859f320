"""What a fine-tuning learns from, and why it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import imageio.v3 as iio
import numpy as np
import pytest
from napari.components import ViewerModel
from qtpy.QtCore import Qt
from qtpy.QtGui import QStandardItemModel

from napari_disentangle.recipes.folders import open_crops
from napari_disentangle.widgets._finetune.inputs import (
    CROPS,
    FOLDER,
    IMAGES,
    InputsPanel,
)
from napari_disentangle.widgets._session import Session, session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def viewer(with_cells: Callable[[Any], Any], qapp: Any) -> Any:
    return with_cells(ViewerModel())


@pytest.fixture
def panel(viewer: Any, qtbot: Any) -> Iterator[InputsPanel]:
    panel = InputsPanel(viewer, session_of(viewer))
    qtbot.addWidget(panel)
    yield panel
    panel.stop()


def choose(panel: InputsPanel, data: str) -> None:
    panel.data_combo.setCurrentIndex(panel.data_combo.findData(data))
    panel.refresh()


def may_choose_images(panel: InputsPanel) -> bool:
    model = panel.data_combo.model()
    assert isinstance(model, QStandardItemModel)
    return bool(model.item(panel.data_combo.findData(IMAGES)).isEnabled())


def test_the_present_crops_come_first(panel: InputsPanel, viewer: Any) -> None:
    assert panel.data() == CROPS
    assert panel.crops() is session_of(viewer).crops
    assert panel.why_none() == ""
    assert list(panel.images().others) == []
    assert list(panel.images().left_out) == []


def test_without_crops_only_a_folder_will_do(qtbot: Any, tmp_path: Path) -> None:
    panel = InputsPanel(ViewerModel(), Session())
    qtbot.addWidget(panel)
    for data in (CROPS, IMAGES):
        choose(panel, data)
        assert panel.why_none() == "cut crops in the Crops dock first"
    choose(panel, FOLDER)
    assert panel.why_none() == "choose a folder of images first"
    assert not panel.data_folder.isHidden()
    panel.set_folder(tmp_path)
    assert panel.why_none() == ""
    assert panel.crops() is None
    panel.stop()


def test_other_images_are_no_choice_beside_crops_of_a_folder(
    panel: InputsPanel, viewer: Any, tmp_path: Path
) -> None:
    choose(panel, IMAGES)
    assert may_choose_images(panel)
    assert panel.why_none() == ""
    (tmp_path / "a").mkdir()
    rng = np.random.default_rng(0)
    for number in range(2):
        pixels = rng.integers(0, 255, (40, 40, 3), dtype=np.uint8)
        iio.imwrite(tmp_path / "a" / f"{number}.png", pixels)
    session = session_of(viewer)
    assert session.source is not None
    session.set_crops(session.source, open_crops(tmp_path))
    panel.refresh()
    why = "crops of a folder are shown; cut those of an open image"
    assert panel.why_none() == why
    assert not may_choose_images(panel)
    row = panel.data_combo.findData(IMAGES)
    tip = panel.data_combo.itemData(row, Qt.ItemDataRole.ToolTipRole)
    assert tip == f"Not now: {why}."
    choose(panel, CROPS)
    assert panel.why_none() == ""
