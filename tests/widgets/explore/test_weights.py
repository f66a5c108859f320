from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from qtpy.QtCore import Qt

from napari_disentangle.widgets._explore.cells import Cells
from napari_disentangle.widgets._explore.weights import FactorWeights
from napari_disentangle.widgets._settings import remember


def cells(*columns: str) -> Cells:
    table = pd.DataFrame({"label": [1, 2], "roi_id": "a", "frame": 0})
    return Cells(table.assign(**dict.fromkeys(columns, 1.0)), None, "a")


@pytest.fixture
def weights(qtbot: Any) -> FactorWeights:
    weights = FactorWeights()
    qtbot.addWidget(weights)
    weights.set_cells(cells("z_scale", "z_orientation", "area"))
    return weights


def check(weights: FactorWeights, row: int, on: bool) -> None:
    state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
    weights.item(row, 0).setCheckState(state)


def test_at_first_the_factors_count_that_stay_when_a_cell_is_turned(
    weights: FactorWeights,
) -> None:
    assert weights.choice() == {"z_scale": 1.0}


def test_a_weight_of_zero_leaves_a_factor_out(weights: FactorWeights) -> None:
    weights.set_choice({"z_scale": 2.0, "area": 0.5})
    assert weights.choice() == {"z_scale": 2.0, "area": 0.5}
    weights.item(0, 1).setData(Qt.ItemDataRole.EditRole, 0.0)
    assert weights.choice() == {"area": 0.5}


def test_what_was_chosen_stays_while_other_cells_are_shown(
    weights: FactorWeights,
) -> None:
    weights.set_choice({"area": 3.0})
    weights.set_cells(cells("z_texture"))
    assert weights.choice() == {"z_texture": 1.0}
    weights.set_cells(cells("z_scale", "area"))
    assert weights.choice() == {"area": 3.0}


def test_a_choice_is_remembered_and_told_at_once(
    weights: FactorWeights, qtbot: Any
) -> None:
    told: list[bool] = []
    weights.changed.connect(lambda: told.append(True))
    check(weights, 1, True)
    assert told == [True]
    other = FactorWeights()
    qtbot.addWidget(other)
    other.set_cells(cells("z_orientation"))
    assert other.choice() == {"z_orientation": 1.0}


@pytest.mark.parametrize("kept", [7, ["z_scale"], {"z_scale": "yes"}])
def test_a_memory_that_makes_no_sense_is_forgotten(qtbot: Any, kept: object) -> None:
    remember("explore_weights", kept)
    weights = FactorWeights()
    qtbot.addWidget(weights)
    weights.set_cells(cells("z_scale"))
    assert weights.choice() == {"z_scale": 1.0}
