"""One button a format: asks for a path, and says why nothing can be saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from qtpy.QtWidgets import QFileDialog

from napari_disentangle.errors import StorageError
from napari_disentangle.widgets._traverse.save import SavePanel


@pytest.fixture
def saved() -> dict[str, list[Path]]:
    return {"walk": [], "cards": []}


@pytest.fixture
def panel(qtbot: Any, saved: dict[str, list[Path]]) -> SavePanel:
    panel = SavePanel(saved["walk"].append, saved["cards"].append)
    qtbot.addWidget(panel)
    return panel


def answer(monkeypatch: pytest.MonkeyPatch, path: str) -> list[str]:
    """Let the user answer `path`; return the names that were suggested."""
    asked: list[str] = []

    def ask(parent: Any, what: str, name: str, kinds: str) -> tuple[str, str]:
        asked.append(name)
        return path, kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return asked


def test_the_ending_of_the_button_is_added_where_it_is_missing(
    panel: SavePanel, saved: dict[str, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch, "/tmp/mine")
    panel.walk_buttons[".ome.zarr"].click()
    panel.card_buttons[".html"].click()
    assert asked == ["traversal.ome.zarr", "factors.html"]
    assert saved == {
        "walk": [Path("/tmp/mine.ome.zarr")],
        "cards": [Path("/tmp/mine.html")],
    }
    answer(monkeypatch, "/tmp/MINE.TIF")
    panel.walk_buttons[".tif"].click()
    assert saved["walk"][-1] == Path("/tmp/MINE.TIF")


def test_who_is_asked_and_does_not_answer_saves_nothing(
    panel: SavePanel, saved: dict[str, list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "")
    panel.walk_buttons[".gif"].click()
    assert saved == {"walk": [], "cards": []}


def test_what_cannot_be_written_is_one_sentence(
    qtbot: Any, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise StorageError(f"{path} cannot be written; choose another folder.")

    panel = SavePanel(refuse, refuse)
    qtbot.addWidget(panel)
    answer(monkeypatch, "/nowhere/x.png")
    panel.walk_buttons[".png"].click()
    assert notes == ["/nowhere/x.png cannot be written; choose another folder."]


def test_walks_and_cards_each_say_what_they_lack(panel: SavePanel) -> None:
    panel.allow("", "make a traversal first", "")
    for button in panel.walk_buttons.values():
        assert button.toolTip().endswith("Not now: make a traversal first.")
    assert all(button.isEnabled() for button in panel.card_buttons.values())
    panel.allow("Walking is running", "", "")
    every = [*panel.walk_buttons.values(), *panel.card_buttons.values()]
    assert not any(button.isEnabled() for button in every)
