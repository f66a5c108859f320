"""Crops sorted by a column, both tails, within the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from qtpy.QtCore import QItemSelectionModel

from napari_disentangle.widgets._explore.cells import Cells
from napari_disentangle.widgets._explore.gallery import TailGallery

if TYPE_CHECKING:
    from napari_disentangle.widgets._explore.crop_list import CropList


class GrayCrops:
    """Crops whose brightness is their label id."""

    window_px = 8.0

    def __init__(self, labels: list[int]) -> None:
        self.table = pd.DataFrame(
            {"label": labels, "index": labels, "roi_id": "a", "frame": 0}
        )

    def __len__(self) -> int:
        return len(self.table)

    def cut(self, rows: np.ndarray, size: int) -> np.ndarray:
        level = self.table["label"].to_numpy(np.float32)[rows] / 255
        return np.tile(level[:, None, None, None], (1, 3, size, size))


@pytest.fixture
def cells() -> Cells:
    """Cells 10, 1, 5, 7, 20 of which 7 has no crop and 20 no value."""
    labels = [10, 1, 5, 7, 20]
    table = pd.DataFrame({"label": labels, "roi_id": "a", "frame": 0})
    table["z_scale"] = [3.0, 1.0, 2.0, 0.0, np.nan]
    return Cells(table, GrayCrops([1, 5, 10, 20]), "a")


@pytest.fixture
def gallery(qtbot: Any, cells: Cells) -> TailGallery:
    gallery = TailGallery()
    qtbot.addWidget(gallery)
    gallery.resize(320, 300)
    gallery.show()
    gallery.set_cells(cells, cells._crops, np.ones(5, bool))
    yield gallery
    gallery.thumbs.jobs.abandon()
    qtbot.waitUntil(lambda: not gallery.thumbs.jobs.running)


def labels(view: CropList, cells: Cells) -> list[int]:
    return cells.table["label"].to_numpy()[view.crops.rows()].tolist()


def test_tails_leave_excluded_cells_out_and_say_so(
    gallery: TailGallery, cells: Cells
) -> None:
    table = cells.table.assign(excluded=[True, False, False, False, False])
    bad = Cells(table, cells._crops, "a")
    gallery.set_cells(bad, cells._crops, np.ones(5, bool))
    assert labels(gallery.low_list, bad) == [1]
    assert labels(gallery.high_list, bad) == [5]
    assert "of 2; 2 without a value or crop; 1 excluded" in gallery.caption.text()
    gallery.sort_by("z_scale", "falling")
    assert labels(gallery.low_list, bad) == [10, 5, 1]
    assert gallery.caption.text().startswith("3 cells; 2 without")


def test_tails_meet_in_the_middle_and_never_overlap(
    gallery: TailGallery, cells: Cells
) -> None:
    assert labels(gallery.low_list, cells) == [1, 5]
    assert labels(gallery.high_list, cells) == [10]
    assert gallery.caption.text() == (
        "2 lowest | 1 highest of 3; 2 without a value or crop"
    )
    gallery.number_box.setValue(1)
    assert labels(gallery.low_list, cells) == [1]
    assert labels(gallery.high_list, cells) == [10]


def test_all_cells_rise_or_fall(gallery: TailGallery, cells: Cells) -> None:
    gallery.sort_by("z_scale", "rising")
    assert labels(gallery.low_list, cells) == [1, 5, 10]
    assert not gallery.high_list.isVisible()
    gallery.sort_by("z_scale", "falling")
    assert labels(gallery.low_list, cells) == [10, 5, 1]


def test_only_gated_cells_are_shown(gallery: TailGallery, cells: Cells) -> None:
    gallery.sort_by("z_scale", "rising")
    gallery.set_gate(np.array([True, False, True, False, False]))
    assert labels(gallery.low_list, cells) == [5, 10]
    assert gallery.caption.text() == "2 cells"


def test_each_thumbnail_is_that_of_its_cell(
    gallery: TailGallery, cells: Cells, qtbot: Any
) -> None:
    gallery.sort_by("z_scale", "falling")
    qtbot.waitUntil(lambda: all(gallery.thumbs.is_cut(row) for row in range(3)))
    model = gallery.low_list.crops
    for place, label in enumerate([10, 5, 1]):
        picture = model.data(model.index(place, 0), 1).toImage()
        assert picture.pixelColor(3, 3).red() == label
        assert f"Cell {label}," in model.data(model.index(place, 0), 3)


def test_several_crops_of_both_tails_are_chosen(
    gallery: TailGallery, cells: Cells, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qtpy.QtCore import Qt
    from qtpy.QtWidgets import QApplication

    chosen: list[Any] = []
    gallery.chose.connect(chosen.append)
    select = QItemSelectionModel.SelectionFlag.Select
    gallery.low_list.selectionModel().select(gallery.low_list.crops.index(0, 0), select)
    assert cells.table["label"][chosen[-1]].tolist() == [1]
    monkeypatch.setattr(
        QApplication,
        "keyboardModifiers",
        lambda: Qt.KeyboardModifier.ControlModifier,
    )
    gallery.high_list.selectionModel().select(
        gallery.high_list.crops.index(0, 0), select
    )
    assert cells.table["label"][chosen[-1]].tolist() == [10, 1]


def test_a_new_column_keeps_thumbnails_and_order(
    gallery: TailGallery, cells: Cells, qtbot: Any
) -> None:
    gallery.sort_by("z_scale", "rising")
    qtbot.waitUntil(lambda: gallery.thumbs.is_cut(0))
    newer = Cells(cells.table.assign(annotation="rbc"), cells._crops, "a")
    gallery.set_cells(newer, cells._crops, np.ones(5, bool))
    assert gallery.thumbs.is_cut(0)
    assert labels(gallery.low_list, cells) == [1, 5, 10]
    gallery.set_cells(None, None, np.zeros(0, bool))
    assert gallery.low_list.crops.rowCount() == 0
