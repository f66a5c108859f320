from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from napari_disentangle.tasks import Progress
from napari_disentangle.training.decoder import DecoderReport
from napari_disentangle.widgets._jobbar import JobBar, remaining
from napari_disentangle.widgets._jobs import Jobs

if TYPE_CHECKING:
    from napari_disentangle.tasks import Task


@pytest.mark.parametrize(
    ("seconds", "done", "left", "words"),
    [
        (10.0, 10, 20, ", about 20 s left"),
        (30.0, 10, 50, ", about 2 min 30 s left"),
        (0.5, 10, 20, ""),
        (10.0, 0, 20, ""),
        (10.0, 10, 0, ""),
    ],
)
def test_the_time_that_remains(
    seconds: float, done: int, left: int, words: str
) -> None:
    assert remaining(seconds, done, left) == words


def work(events: list[Any]) -> Task[Any, None]:
    yield from events


def test_the_bar_tells_stage_and_count_and_goes_when_done(qtbot: Any) -> None:
    jobs = Jobs()
    bar = JobBar(jobs)
    qtbot.addWidget(bar)
    told: list[str] = []
    jobs.progressed.connect(lambda _: told.append(bar.text()))
    assert bar.isHidden()
    jobs.run(
        work([Progress("Cutting", 1, 4), DecoderReport(5, 10, 0.1)]),
        "Learning",
        lambda _: None,
    )
    assert not bar.isHidden()
    qtbot.waitUntil(lambda: not jobs.running)
    assert told == ["Cutting 1 of 4", "Learning 5 of 10"]
    assert bar.isHidden()
    assert bar.text() == ""


def endless_work() -> Task[Progress, None]:
    while True:
        yield Progress("Cutting", 1, 2000)
        time.sleep(0.001)


def test_the_event_on_the_way_into_a_pause_does_not_hide_it(qtbot: Any) -> None:
    jobs = Jobs()
    bar = JobBar(jobs)
    qtbot.addWidget(bar)
    jobs.run(endless_work(), "Cutting")
    jobs.progressed.connect(lambda _: jobs.pause())
    jobs.progressed.connect(lambda _: told.append(bar.text()))
    told: list[str] = []
    qtbot.waitUntil(lambda: jobs._worker.is_paused)
    jobs.progressed.emit(Progress("Cutting", 1, 2000))
    assert told[-1] == "Cutting is paused"
    jobs.cancel()
    qtbot.wait_for_workers()
