"""Edits in plain words: which are offered, which way they go, and how far."""

from __future__ import annotations

from typing import Any

import pytest
from qtpy.QtWidgets import QPushButton

from napari_disentangle.recipes.counterfactual import EditWord
from napari_disentangle.widgets._traverse.edit import EditPanel

WORDS = EditWord("larger", "scale", 1), EditWord("smaller", "scale", -1)


@pytest.fixture
def panel(qtbot: Any) -> EditPanel:
    panel = EditPanel(lambda: None, lambda: None)
    qtbot.addWidget(panel)
    panel.show_words(WORDS)
    return panel


def button(panel: EditPanel, text: str) -> QPushButton:
    found = [b for b in panel.findChildren(QPushButton) if b.text() == text]
    assert len(found) == 1
    return found[0]


def test_each_word_moves_its_factor_its_own_way_by_the_amount(
    panel: EditPanel,
) -> None:
    told: list[tuple[str, float]] = []
    panel.edited.connect(lambda *change: told.append(change))
    panel.amount.setValue(1.5)
    button(panel, "larger").click()
    button(panel, "smaller").click()
    panel.edit("rounder")  # is not on offer
    assert told == [("scale", 1.5), ("scale", -1.5)]
    assert button(panel, "smaller").toolTip().endswith("moves Scale down")


def test_no_word_at_all_is_said_but_not_before_it_is_known(panel: EditPanel) -> None:
    assert panel.told.isHidden()
    panel.show_words(())
    assert not panel.told.isHidden()
    assert "No factor earned its name" in panel.told.text()
    panel.show_words(None)
    assert panel.told.isHidden()
    assert panel.words() == []


def test_other_words_replace_those_there_were(panel: EditPanel, qtbot: Any) -> None:
    panel.show_words(WORDS[:1])
    qtbot.wait(1)  # Qt deletes in a later turn
    assert panel.words() == ["larger"]
    texts = [each.text() for each in panel.findChildren(QPushButton)]
    assert texts.count("larger") == 1
    assert "smaller" not in texts


def test_the_way_can_be_walked_once_a_slider_is_moved(panel: EditPanel) -> None:
    panel.allow("", "", "move a slider first")
    assert panel.find_button.isEnabled()
    assert panel.keep_button.toolTip().endswith("Not now: move a slider first.")
    panel.allow("", "", "")
    assert panel.keep_button.isEnabled()
    panel.allow("", "encode first", "")
    assert panel.find_button.toolTip().endswith("Not now: encode first.")


def test_the_amount_has_a_unit_and_is_restored(panel: EditPanel, qtbot: Any) -> None:
    panel.amount.setValue(2.5)
    again = EditPanel(lambda: None, lambda: None)
    qtbot.addWidget(again)
    assert again.amount.text() == "2.5 sd"
