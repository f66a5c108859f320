"""What holds of every dock in a real viewer, whatever its work is."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any
from weakref import ref

import napari
import pytest
from qtpy.QtWidgets import QApplication, QWidget

from napari_disentangle.widgets.annotate import AnnotateWidget
from napari_disentangle.widgets.classify import ClassifyWidget
from napari_disentangle.widgets.crops import CropsWidget
from napari_disentangle.widgets.explore import ExploreWidget
from napari_disentangle.widgets.export import ExportWidget
from napari_disentangle.widgets.factors import FactorsWidget
from napari_disentangle.widgets.finetune import FinetuneWidget
from napari_disentangle.widgets.traversal import TraversalWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from napari_disentangle.tasks import Task
    from napari_disentangle.widgets._dock import Dock


@pytest.fixture
def dock(grid: Any, put_dock: Callable[[Any], Dock]) -> Dock:
    return put_dock(grid)


def work(dock: Any) -> None:
    """Start what the dock is for."""
    starts = {
        CropsWidget: lambda: dock.cut(),
        FactorsWidget: lambda: dock.encode(),
        ExploreWidget: lambda: dock.project("pca"),
        AnnotateWidget: lambda: dock.next.suggest(),
        ClassifyWidget: lambda: dock.train(),
        FinetuneWidget: lambda: dock.finetune(),
        TraversalWidget: lambda: dock.make(),
        ExportWidget: lambda: dock.export(),
    }
    starts[type(dock)]()


def once(dock: Dock, do: Callable[[], object]) -> None:
    """Do something in the middle of the work, when it first tells how far it is."""
    done: list[object] = []

    def on_event(_: object) -> None:
        if not done:
            done.append(True)
            do()

    dock.jobs.progressed.connect(on_event)


@pytest.fixture
def ends(dock: Dock) -> Iterator[list[str]]:
    """How the tasks of the dock ended."""
    told: list[str] = []
    dock.jobs.finished.connect(told.append)
    yield told
    dock.jobs.finished.disconnect(told.append)


def test_work_is_done_and_can_be_done_again(
    dock: Dock, ends: list[str], wait_for: Callable[[Any], None], qtbot: Any
) -> None:
    for _ in range(2):
        work(dock)
        wait_for(dock)
    assert ends == ["done", "done"]
    assert not dock._why_busy()


def test_cancel_in_the_middle_leaves_a_dock_that_can_work(
    dock: Dock,
    ends: list[str],
    wait_for: Callable[[Any], None],
    qtbot: Any,
    notes: list[str],
) -> None:
    once(dock, dock.jobs.cancel)
    work(dock)
    qtbot.wait_for_workers()
    assert ends == ["cancelled"]
    assert dock.job_bar.text().endswith("cancelled.")
    assert notes == []
    work(dock)
    wait_for(dock)
    assert ends == ["cancelled", "done"]


def test_an_error_in_the_middle_is_one_sentence_and_leaves_a_dock_that_can_work(
    dock: Dock,
    ends: list[str],
    wait_for: Callable[[Any], None],
    notes: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = dock.jobs.run

    def run_out_of_memory(task: Task[Any, Any], *args: Any, **kwargs: Any) -> None:
        def broken() -> Task[Any, Any]:
            yield next(task)
            task.close()
            raise RuntimeError("CUDA out of memory.\nTried to allocate 2 GiB")

        real(broken(), *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(dock.jobs, "run", run_out_of_memory)
        work(dock)
        wait_for(dock)
    assert ends == ["failed"]
    assert len(notes) == 1
    assert "CUDA out of memory. Tried to allocate 2 GiB" in notes[0]
    assert dock.job_bar.text().endswith("failed.")
    work(dock)
    wait_for(dock)
    assert ends == ["failed", "done"]


def test_layers_removed_in_the_middle_are_at_most_one_sentence(
    grid: Any,
    dock: Dock,
    ends: list[str],
    wait_for: Callable[[Any], None],
    notes: list[str],
) -> None:
    once(dock, grid.layers.clear)
    work(dock)
    wait_for(dock)
    assert len(ends) == 1
    warned = [note for note in notes if "written" not in note and "saved" not in note]
    assert len(warned) <= 1
    assert all("removed" in note or "dropped" in note for note in warned)
    assert not [layer for layer in grid.layers if layer.name in ("image", "cells")]


def test_napari_closed_in_the_middle_ends_the_work_silently(
    grid: Any, dock: Dock, ends: list[str], qtbot: Any, notes: list[str]
) -> None:
    jobs = dock.jobs
    once(dock, grid.close)
    work(dock)
    qtbot.wait_for_workers()
    assert not jobs.running
    assert ends == []
    assert notes == []


def test_a_dock_closed_in_the_middle_ends_its_work_silently(
    grid: Any, dock: Dock, ends: list[str], qtbot: Any, notes: list[str]
) -> None:
    jobs = dock.jobs
    once(dock, lambda: grid.window.remove_dock_widget(dock))
    work(dock)
    qtbot.wait_for_workers()
    assert not jobs.running
    assert ends == []
    assert notes == []
    grid.theme = "light"  # nobody follows any more
    grid.layers.clear()


def test_a_closed_dock_leaves_nothing_behind(
    grid: Any,
    put_dock: Callable[[Any], Dock],
    wait_for: Callable[[Any], None],
    qtbot: Any,
) -> None:
    windows = set(QApplication.topLevelWidgets())
    dock = put_dock(grid)
    work(dock)
    wait_for(dock)
    gone = ref(dock)
    grid.window.remove_dock_widget(dock)
    del dock
    qtbot.waitUntil(lambda: collected(gone))
    left = set(QApplication.topLevelWidgets()) - windows
    assert [path for path in map(path_of, left) if not is_of_layers(path)] == []


def path_of(widget: QWidget | None) -> list[str]:
    """Return the types of a widget and of all that it is in."""
    path = []
    while widget is not None:
        path.append(type(widget).__name__)
        widget = widget.parent()
    return path


def is_of_layers(path: list[str]) -> bool:
    """Return whether napari made a window for layers that stay: sliders, controls."""
    own = {"QtDims", "QtLayerControlsContainer"}
    return path[-1] == "_QtMainWindow" and bool(own.intersection(path))


def test_a_closed_viewer_takes_dock_and_session_along(
    put_dock: Callable[[Any], Dock],
    wait_for: Callable[[Any], None],
    with_cells: Callable[[Any], Any],
    qtbot: Any,
) -> None:
    windows = set(QApplication.topLevelWidgets())
    viewer = with_cells(napari.Viewer(show=False))
    dock = put_dock(viewer)
    work(dock)
    wait_for(dock)
    gone = [ref(each) for each in (viewer, dock, dock.session)]
    viewer.close()
    del viewer, dock
    for each in gone:
        qtbot.waitUntil(lambda each=each: collected(each))
    left = set(QApplication.topLevelWidgets()) - windows
    assert [path_of(widget) for widget in left] == []


def collected(gone: ref[Any]) -> bool:
    QApplication.processEvents()
    gc.unfreeze()
    gc.collect()
    return gone() is None
