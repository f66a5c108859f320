from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from napari.utils import progress
from qtpy.QtCore import QTimer

from napari_disentangle.errors import CropError, DisentangleError
from napari_disentangle.tasks import Progress
from napari_disentangle.widgets._jobs import Jobs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from napari_disentangle.tasks import Task


def count(
    n: int, pause: float = 0.0, closed: list[str] | None = None
) -> Task[Any, int]:
    try:
        for i in range(n):
            time.sleep(pause)
            yield Progress("Counting", i + 1, n)
    finally:
        if closed is not None:
            closed.append("closed")
    return n


def fail(error: Exception) -> Task[Any, int]:
    yield Progress("Failing", 1, 2)
    raise error


@pytest.fixture
def jobs(qtbot: Any) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.abandon()
    qtbot.wait_for_workers()


def test_a_result_and_its_events_arrive_in_the_gui_thread(
    qtbot: Any, jobs: Jobs
) -> None:
    events: list[int] = []
    results: list[Any] = []
    jobs.progressed.connect(lambda event: events.append(event.done))
    jobs.run(count(3), "count", lambda n: results.append((n, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(results))
    assert results == [(3, threading.get_ident())]
    assert events == [1, 2, 3]
    assert not jobs.running


def test_a_cancelled_task_is_closed_while_others_still_hold_it(
    qtbot: Any, jobs: Jobs
) -> None:
    closed: list[str] = []
    task = count(10_000, 0.005, closed)
    jobs.run(task, "count", lambda _: None)
    seen: list[Any] = []
    jobs.progressed.connect(seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    jobs.cancel()
    qtbot.waitUntil(lambda: closed == ["closed"])
    assert task.gi_frame is None


@pytest.mark.parametrize("kind", [RuntimeError, ValueError, CropError])
def test_every_kind_of_error_is_reported_once(
    qtbot: Any, jobs: Jobs, notes: list[str], kind: type[Exception]
) -> None:
    how: list[str] = []
    jobs.finished.connect(lambda word: how.append(word))
    jobs.run(fail(kind("mat1 and mat2\nshapes")), "fail", lambda _: how.append("no"))
    qtbot.wait_for_workers()
    assert how == ["failed"]
    assert len(notes) == 1
    assert "mat1 and mat2" in notes[0]


def test_cancel_stops_the_task_and_drops_its_result(qtbot: Any, jobs: Jobs) -> None:
    closed: list[str] = []
    results: list[int] = []
    how: list[str] = []
    jobs.finished.connect(lambda word: how.append(word))
    jobs.progressed.connect(lambda _: jobs.cancel())
    jobs.run(count(10_000, 0.01, closed), "count", results.append)
    qtbot.waitUntil(lambda: closed == ["closed"])
    qtbot.wait_for_workers()
    assert how == ["cancelled"]
    assert results == []


def test_a_new_job_replaces_the_old_one(qtbot: Any, jobs: Jobs) -> None:
    results: list[str] = []
    jobs.run(count(10_000, 0.01), "old", lambda _: results.append("old"))
    jobs.run(count(2), "new", lambda _: results.append("new"))
    qtbot.wait_for_workers()
    assert results == ["new"]


def test_an_abandoned_job_tells_nobody(qtbot: Any, jobs: Jobs) -> None:
    told: list[Any] = []
    jobs.finished.connect(lambda how: told.append(how))
    jobs.run(count(500, 0.02), "count", told.append)
    jobs.abandon()
    qtbot.wait_for_workers()
    assert told == []


def test_the_activity_dock_shows_a_job_while_it_runs(qtbot: Any, jobs: Jobs) -> None:
    results: list[int] = []
    before = set(progress._all_instances)
    jobs.run(count(20, 0.02), "Counting cells", results.append)
    qtbot.wait_for_turns()
    (bar,) = set(progress._all_instances) - before
    assert bar.desc.startswith("Counting cells")
    qtbot.waitUntil(lambda: bool(results))
    assert bar not in progress._all_instances


def test_a_job_that_is_cancelled_in_its_first_turn_leaves_no_bar(
    qtbot: Any, jobs: Jobs
) -> None:
    before = set(progress._all_instances)
    jobs.run(count(500, 0.02), "count")
    jobs.cancel()
    qtbot.wait_for_turns()
    qtbot.wait_for_workers()
    assert set(progress._all_instances) == before


def test_a_job_that_ends_at_once_runs_still_when_its_start_returns(
    viewer: Any, qtbot: Any, jobs: Jobs
) -> None:
    jobs.started.connect(lambda _: time.sleep(0.2))
    jobs.run(count(1), "count", lambda _: None)
    assert jobs.running
    qtbot.waitUntil(lambda: not jobs.running)
    assert not progress._all_instances


def test_an_error_in_the_slot_of_a_result_is_shown(
    qtbot: Any, jobs: Jobs, notes: list[str]
) -> None:
    def refuse(_: int) -> None:
        raise DisentangleError("The layer is gone; open it again.")

    jobs.run(count(1), "count", refuse)
    qtbot.waitUntil(lambda: bool(notes))
    assert notes == ["The layer is gone; open it again."]


def test_a_result_that_takes_long_is_shown_step_by_step(qtbot: Any, jobs: Jobs) -> None:
    shown: list[int] = []
    ends: list[str] = []
    jobs.finished.connect(lambda how: ends.append(how))

    def steps(n: int) -> Iterator[None]:
        for step in range(n):
            shown.append(step)
            QTimer.singleShot(0, lambda: shown.append(-1))
            yield

    jobs.run(count(3), "count", steps=steps)
    qtbot.waitUntil(lambda: bool(ends))
    assert shown == [0, -1, 1, -1, 2, -1]  # others had their turn in between
    assert ends == ["done"]


@pytest.mark.parametrize("end", ["cancel", "abandon"])
def test_a_result_half_shown_is_finished_by_cancel_and_left_by_a_closed_dock(
    qtbot: Any, jobs: Jobs, end: str
) -> None:
    shown: list[int] = []

    def steps(n: int) -> Iterator[None]:
        for step in range(n):
            shown.append(step)
            if step == 0:
                QTimer.singleShot(0, getattr(jobs, end))
            yield

    jobs.run(count(3), "count", steps=steps)
    qtbot.waitUntil(lambda: bool(shown) and not jobs.running)
    qtbot.wait(50)
    assert shown == ([0, 1, 2] if end == "cancel" else [0])


def test_an_error_while_a_result_is_shown_is_one_sentence(
    qtbot: Any, jobs: Jobs, notes: list[str]
) -> None:
    ends: list[str] = []
    jobs.finished.connect(lambda how: ends.append(how))

    def steps(_: int) -> Iterator[None]:
        yield
        raise DisentangleError("The image is gone.")

    jobs.run(count(1), "count", steps=steps)
    qtbot.waitUntil(lambda: bool(ends))
    assert ends == ["failed"]
    assert notes == ["The image is gone."]


def test_a_paused_task_waits_until_it_goes_on(qtbot: Any, jobs: Jobs) -> None:
    events: list[int] = []
    held: list[bool] = []
    results: list[int] = []
    jobs.progressed.connect(lambda event: events.append(event.done))
    jobs.held.connect(held.append)
    n = 500  # more than a late window lets the worker count before it pauses
    jobs.run(count(n, pause=0.01), "count", results.append)
    qtbot.waitUntil(lambda: len(events) >= 3)
    jobs.pause()
    qtbot.waitUntil(lambda: jobs._worker.is_paused)
    qtbot.wait(50)  # what was sent before the pause arrives
    seen = len(events)
    qtbot.wait(100)
    assert len(events) == seen < n
    jobs.go_on()
    qtbot.waitUntil(lambda: bool(results))
    assert events == list(range(1, n + 1))
    assert held == [True, False]
    assert not jobs.paused


def test_pausing_and_going_on_at_once_lets_the_task_run(qtbot: Any, jobs: Jobs) -> None:
    results: list[int] = []
    jobs.run(count(20, pause=0.01), "count", results.append)
    for _ in range(3):
        jobs.pause()
        jobs.go_on()
    qtbot.waitUntil(lambda: bool(results))


def test_a_paused_task_can_be_cancelled(qtbot: Any, jobs: Jobs) -> None:
    closed: list[str] = []
    jobs.progressed.connect(lambda _: jobs.pause())
    jobs.run(count(10_000, pause=0.01, closed=closed), "count", lambda _: None)
    qtbot.waitUntil(lambda: jobs._worker.is_paused)
    jobs.cancel()
    qtbot.waitUntil(lambda: closed == ["closed"])
    assert not jobs.paused


def test_what_a_task_raises_is_told_before_its_end(qtbot: Any, jobs: Jobs) -> None:
    told: list[Any] = []
    jobs.failed.connect(told.append)
    jobs.finished.connect(told.append)
    error = CropError("no cells")
    jobs.run(fail(error), "fail", told.append)
    qtbot.waitUntil(lambda: not jobs.running)
    assert told == [error, "failed"]
