"""Two groups: offered with their sizes, paired, compared, walked across."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from napari_disentangle.latents.contrast import FactorContrast
from napari_disentangle.metrics.effect import effect
from napari_disentangle.recipes.cells_across import CellsAcross, CellsIn
from napari_disentangle.recipes.image_groups import ImageGroup
from napari_disentangle.widgets._traverse.groups import GroupsPanel
from napari_disentangle.widgets._traverse.pairing import PairingBox


def cells(name: str, n: int, images: int = 1) -> CellsAcross:
    table = pd.DataFrame({"label": np.arange(1, n + 1)})
    parts = [CellsIn((f"k{i}", f"i{i}"), table, np.arange(n)) for i in range(images)]
    return CellsAcross(name, tuple(parts))


def images(condition: str, days: str) -> ImageGroup:
    """A group with one image on each of these days."""
    return ImageGroup(
        f"condition {condition}",
        tuple(pd.DataFrame({"label": [1, 2]}) for _ in days),
        frozenset((f"{condition}{day}", f"{condition}{day}") for day in days),
        "m-1",
        "condition",
        tuple({"condition": condition, "day": day} for day in days),
    )


def contrast(name: str, delta: float, low: float = np.nan) -> FactorContrast:
    rng, values = np.random.default_rng(0), np.arange(8)
    found = effect(values, values + 1, rng, unit="image")
    found = replace(found, delta=delta, delta_low=low)
    return FactorContrast(0, name, found, np.zeros((2, 1), np.float32))


@pytest.fixture
def panel(qtbot: Any) -> GroupsPanel:
    panel = GroupsPanel(lambda: None)
    qtbot.addWidget(panel)
    return panel


def why(panel: GroupsPanel) -> str:
    panel.allow("", "")
    return panel.compare_button.toolTip().partition("Not now: ")[2]


def test_groups_are_offered_with_their_sizes_and_two_are_chosen(
    panel: GroupsPanel,
) -> None:
    panel.set_groups([cells("selected", 3), cells("not selected", 5, images=2)])
    assert [combo.currentText() for combo in panel.combos] == [
        "selected (3)",
        "not selected (10 in 2 images)",
    ]
    assert why(panel) == ""
    assert panel.compare_button.isEnabled()


def test_it_says_why_groups_do_not_compare(panel: GroupsPanel) -> None:
    panel.set_groups([cells("selected", 3)])
    assert why(panel).startswith("select cells in Explore, give two classes")
    panel.set_groups([cells("selected", 3), cells("other", 3), images("drug", "12")])
    panel.choose("other", "other")
    assert why(panel) == "A and B are the same group."
    panel.choose("other", "condition drug")
    assert why(panel) == "images compare with images only, cells with cells."


def test_what_was_compared_goes_with_its_groups_and_stays_with_them(
    panel: GroupsPanel,
) -> None:
    both = [cells("selected", 3), cells("other", 3)]
    panel.set_groups(both)
    panel.show_contrasts([contrast("scale", 0.5)])
    panel.set_groups([*both, cells("third", 4)])
    assert len(panel.contrasts()) == 1
    panel.set_groups([cells("selected", 4), both[1]])
    assert panel.contrasts() == ()
    assert panel.table.isHidden()


def test_a_row_that_is_chosen_tells_what_is_walked_across(panel: GroupsPanel) -> None:
    panel.set_groups([cells("selected", 3), cells("other", 3)])
    found = [contrast("scale", 0.5, 0.2), contrast("shape", -0.1)]
    panel.show_contrasts(found)
    told: list[FactorContrast] = []
    panel.chosen.connect(told.append)
    panel.table.setCurrentCell(1, 0)
    QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert told == [found[1]]
    assert panel.table.texts() == ["Scale +0.50", "Shape -0.10"]


def test_a_caution_is_said_of_images_that_are_compared_with_others(
    panel: GroupsPanel,
) -> None:
    panel.set_groups([images("none", "123"), images("drug", "456")], "Cut unlike.")
    panel.show_contrasts([contrast("scale", 0.5, 0.2)])
    assert "Cut unlike." in panel.told.text()
    panel.show_contrasts([contrast("scale", 0.5)])  # nothing is tested
    assert "Cut unlike." not in panel.told.text()


def test_images_of_the_same_days_are_paired_unless_told_otherwise(
    panel: GroupsPanel,
) -> None:
    assert panel.pairing.isHidden()
    panel.set_groups([images("none", "1234"), images("drug", "1234")])
    assert not panel.pairing.isHidden()
    pairs = panel.pairs()
    assert pairs is not None
    assert pairs.column == "day"
    assert panel.pairing.combo.currentText() == "day (4 with both)"
    panel.show_contrasts([contrast("scale", 0.5, 0.2)])
    panel.pairing.combo.choose("-")
    assert panel.pairs() is None
    assert panel.contrasts() == ()  # they were of pairs


def test_a_choice_of_pairing_stays_while_its_groups_do(panel: GroupsPanel) -> None:
    both = [images("none", "1234"), images("drug", "1234")]
    panel.set_groups(both)
    panel.pairing.combo.choose("-")
    panel.set_groups([*both, images("third", "12")])
    assert panel.pairs() is None
    panel.set_groups([images("none", "123"), images("drug", "123")])
    assert panel.pairs() is not None


def test_the_box_keeps_its_choice_when_the_same_groups_are_offered_again(
    qtbot: Any,
) -> None:
    box = PairingBox()
    qtbot.addWidget(box)
    told: list[str] = []
    box.changed.connect(lambda: told.append("changed"))
    box.offer((images("none", "1234"), images("drug", "1234")))
    assert told == []
    box.combo.choose("-")
    box.offer((images("none", "1234"), images("drug", "1234")))
    assert box.pairs() is None
    assert told == ["changed"]


def test_groups_that_share_images_are_not_paired(panel: GroupsPanel) -> None:
    panel.set_groups([images("none", "1234"), images("none", "123")])
    panel.choose("condition none", "condition none")
    assert panel.pairs() is None
