"""What came of a fine-tuning, and which runs can go on or be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from napari.components import ViewerModel

from napari_disentangle.errors import DataError, ModelError
from napari_disentangle.storage.layout import CARD
from napari_disentangle.storage.runs import RunManifest, start_run
from napari_disentangle.training.finetune_state import FinetuneReport
from napari_disentangle.training.health import Health
from napari_disentangle.training.state import Losses
from napari_disentangle.widgets._finetune.results import ResultsPanel, RunsPanel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def results(qtbot: Any) -> Iterator[ResultsPanel]:
    panel = ResultsPanel(ViewerModel())
    qtbot.addWidget(panel)
    yield panel
    panel.stop()
    qtbot.wait_for_turns()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs; one is finished, as far as a list can see."""
    for name in ("done", "stopped"):
        start_run(tmp_path / name, RunManifest(parent="m-1", config={}, data_hash="a"))
    (tmp_path / "done" / CARD).write_text("{}")
    return tmp_path


@pytest.fixture
def runs(qtbot: Any, folder: Path) -> RunsPanel:
    panel = RunsPanel(lambda: None, lambda: None)
    qtbot.addWidget(panel)
    panel.show_folder(folder, None)
    return panel


def report(epoch: int) -> FinetuneReport:
    losses = Losses(total=2.0, reconstruction=1.0, kl=(0.5,))
    health = Health(("scale",), (), (0.9,), None, None, (), ())
    return FinetuneReport(
        step=epoch,
        total=3,
        beta=1.0,
        train=losses,
        validation=losses,
        active=(0,),
        epoch=epoch,
        epochs=3,
        anchor=0.0,
        class_error=0.0,
        health=health,
    )


def reasons(panel: RunsPanel) -> tuple[str, str]:
    """Return why no run can go on, and why none can be used."""
    tips = panel.go_on_button.toolTip(), panel.use_button.toolTip()
    go_on, use = (tip.partition("Not now: ")[2] for tip in tips)
    return go_on, use


def test_each_epoch_is_told_in_the_line_of_the_run(results: ResultsPanel) -> None:
    results.begin()
    for epoch in (1, 2):
        results.add(report(epoch))
    assert [each.epoch for each in results.history] == [1, 2]
    assert results.status.text().startswith("Epoch 2/3: loss 2.0, validation 2.0")
    assert "scale 0.90" in results.status.text()
    assert "from 0 to 1" in results.status.toolTip()


def test_a_run_that_is_stopped_before_its_first_epoch_tells_nothing(
    results: ResultsPanel,
) -> None:
    results.begin()
    results.tell_stopped()
    assert results.status.text() == ""
    results.add(report(1))
    results.tell_stopped()
    assert results.status.text().startswith("Stopped: the old model stays as it is")


def test_a_new_run_takes_away_what_the_last_one_showed_a_turn_later(
    results: ResultsPanel, qtbot: Any
) -> None:
    results.add(report(1))
    results.compared_section.show()
    results.begin()
    assert results.history == []
    assert results.status.text() == ""
    assert not results.compared_section.isHidden()
    qtbot.wait_for_turns()
    assert results.compared_section.isHidden()
    assert results.curves_section.isExpanded()


def test_runs_are_listed_and_the_last_one_is_chosen_once(
    runs: RunsPanel, folder: Path
) -> None:
    assert runs.runs.run() is None
    found = runs.show_folder(folder, folder / "stopped")
    assert [run.folder.name for run in found] == ["done", "stopped"]
    assert runs.require().folder == folder / "stopped"
    runs.runs.choose("done")
    runs.show_folder(folder, folder / "stopped")
    assert runs.require().folder == folder / "done"  # the user's choice stays


def test_a_folder_without_runs_says_so(runs: RunsPanel, folder: Path) -> None:
    assert runs.told.text() == "Runs in the folder above:"
    runs.show_folder(folder / "done", None)
    assert runs.told.text() == "No run is in the folder above yet."
    assert runs.runs.isHidden()
    runs.show_folder(folder, None)
    assert not runs.runs.isHidden()


def test_without_a_chosen_run_it_says_so(runs: RunsPanel) -> None:
    runs.allow("", "")
    assert reasons(runs) == ("click a run in the list first.",) * 2
    with pytest.raises(DataError, match="No run is chosen"):
        runs.require()
    with pytest.raises(ModelError, match="No finished run"):
        runs.require_finished()


def test_a_run_without_a_model_can_go_on_and_is_no_model_yet(runs: RunsPanel) -> None:
    runs.runs.choose("stopped")
    runs.allow("", "")
    assert reasons(runs) == ("", "it is not finished.")
    with pytest.raises(ModelError, match="No finished run"):
        runs.require_finished()


def test_a_finished_run_can_be_used_also_without_cells(
    runs: RunsPanel, folder: Path
) -> None:
    runs.runs.choose("done")
    runs.allow("", "cut crops first")
    assert reasons(runs) == ("cut crops first.", "")
    assert runs.require_finished().folder == folder / "done"
    runs.allow("Fine-tuning is running", "")
    assert reasons(runs) == ("Fine-tuning is running.",) * 2
