"""Where a new run goes, and what its settings are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from napari_disentangle.errors import ConfigError, DataError
from napari_disentangle.widgets._finetune.settings import SettingsPanel

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def panel(qtbot: Any) -> SettingsPanel:
    panel = SettingsPanel()
    qtbot.addWidget(panel)
    return panel


def test_a_new_run_gets_a_free_name_in_the_folder(
    panel: SettingsPanel, tmp_path: Path
) -> None:
    panel.runs_folder.set_path(tmp_path)
    assert panel.new_run() == tmp_path / "tuned"
    (tmp_path / "tuned").mkdir()
    (tmp_path / "tuned" / "manifest.json").write_text("{}")
    assert panel.new_run() == tmp_path / "tuned-2"
    panel.name_edit.setText("  ")
    assert panel.new_run() == tmp_path / "tuned-2"


@pytest.mark.parametrize("name", ["../elsewhere", ".hidden", "a/b"])
def test_a_name_that_leads_elsewhere_is_refused(
    panel: SettingsPanel, tmp_path: Path, name: str
) -> None:
    panel.runs_folder.set_path(tmp_path)
    panel.name_edit.setText(name)
    with pytest.raises(ConfigError, match="cannot be called"):
        panel.new_run()


def test_without_a_folder_it_says_what_is_missing(panel: SettingsPanel) -> None:
    assert panel.why_no_place() == "choose a folder for the runs"
    with pytest.raises(DataError, match="type or choose one"):
        panel.new_run()


def test_runs_are_kept_beside_the_data_unless_a_folder_is_chosen(
    panel: SettingsPanel, tmp_path: Path
) -> None:
    panel.suggest(tmp_path / "blood.png")
    assert panel.runs_folder.path() == tmp_path / "napari-disentangle" / "runs"
    panel.runs_folder.set_path(tmp_path / "mine")
    panel.suggest(tmp_path / "other" / "blood.png")
    assert panel.runs_folder.path() == tmp_path / "mine"
