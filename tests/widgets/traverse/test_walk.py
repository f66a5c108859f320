"""Where a walk starts, which factors it takes, and why it cannot be made."""

from __future__ import annotations

from typing import Any

import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_disentangle.widgets._traverse.walk import ShownBox, StartBox, WalkPanel

FACTORS = ["scale", "shape", "residual_1"]


@pytest.fixture
def start(qtbot: Any) -> StartBox:
    box = StartBox()
    qtbot.addWidget(box)
    return box


@pytest.fixture
def panel(qtbot: Any) -> WalkPanel:
    panel = WalkPanel(lambda: None)
    qtbot.addWidget(panel)
    panel.set_factors(FACTORS)
    return panel


def test_a_clicked_cell_is_taken_and_the_mean_once_it_is_gone(start: StartBox) -> None:
    start.set_cell(7)
    assert start.cell_button.isChecked()
    assert start.cell_button.text().endswith("(7)")
    start.set_cell(None)
    assert start.mean_button.isChecked()
    assert not start.cell_button.isEnabled()
    assert start.cell_button.toolTip().endswith("Not now: no cell is clicked.")


def test_a_start_that_is_chosen_is_told_once(start: StartBox) -> None:
    told: list[str] = []
    start.changed.connect(lambda: told.append("changed"))
    start.set_cell(7)
    assert told == ["changed"]
    start.set_cell(8)
    assert told == ["changed"]


@pytest.mark.parametrize(
    ("n_cells", "text", "why"),
    [
        (0, "cell", "no cells are selected"),
        (9, "cell (9; at most 8)", "at most 8 cells"),
        (8, "cell (8)", ""),
    ],
)
def test_selected_cells_are_a_start_unless_there_are_none_or_too_many(
    start: StartBox, n_cells: int, text: str, why: str
) -> None:
    start.set_selected(2, 8)
    start.cells_button.setChecked(True)
    start.set_selected(n_cells, 8)
    assert start.cells_button.text().endswith(text)
    assert start.cells_button.isEnabled() == (not why)
    assert start.cells_button.isChecked() == (not why)
    assert start.mean_button.isChecked() == bool(why)
    assert start.cells_button.toolTip().endswith(f"Not now: {why}." if why else "cell")


def test_factors_with_a_name_are_checked_at_first_and_all_where_none_has_one(
    panel: WalkPanel,
) -> None:
    assert panel.factors() == ["scale", "shape"]
    panel.set_factors(["residual_1", "residual_2"])
    assert panel.factors() == ["residual_1", "residual_2"]


def test_the_same_factors_offered_again_keep_the_choice(panel: WalkPanel) -> None:
    panel.check(["residual_1"])
    panel.set_factors(FACTORS)
    assert panel.factors() == ["residual_1"]


def test_the_space_bar_unchecks_a_factor_and_tells(panel: WalkPanel) -> None:
    told: list[str] = []
    panel.changed.connect(lambda: told.append("changed"))
    panel.list.setCurrentRow(0)
    QTest.keyClick(panel.list, Qt.Key.Key_Space)
    assert panel.factors() == ["shape"]
    assert told == ["changed"]


def test_why_no_walk_can_be_made_is_said_and_what_runs_comes_first(
    panel: WalkPanel,
) -> None:
    panel.allow("", "")
    assert panel.make_button.isEnabled()
    panel.check([])
    panel.allow("", "")
    assert panel.make_button.toolTip().endswith("Not now: check at least one factor.")
    panel.allow("Walking is running", "encode first")
    assert panel.make_button.toolTip().endswith("Not now: Walking is running.")


def test_range_and_overview_are_restored(panel: WalkPanel, qtbot: Any) -> None:
    panel.form.setValue(panel.form.value().replace(steps=5, low_sd=-1.5))
    panel.overview_box.click()
    on = panel.overview_box.isChecked()
    again = WalkPanel(lambda: None)
    qtbot.addWidget(again)
    assert (again.form.value().steps, again.form.value().low_sd) == (5, -1.5)
    assert again.overview_box.isChecked() == on


def test_what_is_shown_is_told_in_words_and_nothing_hides_them(qtbot: Any) -> None:
    box = ShownBox()
    qtbot.addWidget(box)
    assert box.isHidden()
    box.tell("drawn", "Scale, +1 sd")
    assert not box.isHidden()
    assert (box.legend.text(), box.position.text()) == ("drawn", "Scale, +1 sd")
    box.tell("", "")
    assert box.isHidden()
