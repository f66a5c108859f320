"""What workers change of Python itself, and give back."""

from __future__ import annotations

import gc
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any

from napari_disentangle.tasks import Progress
from napari_disentangle.widgets._worker import INTERPRETER, start

if TYPE_CHECKING:
    from napari_disentangle.tasks import Task


def test_two_workers_at_once_leave_warnings_as_they_were(qtbot: Any) -> None:
    before = warnings.showwarning, list(warnings.filters)
    first_on, second_on = threading.Event(), threading.Event()
    ended: list[str] = []

    def first() -> Task[Any, None]:
        first_on.set()
        second_on.wait(10)  # so the first ends while the second runs
        yield

    def second() -> Task[Any, None]:
        second_on.set()
        while "first" not in ended:
            time.sleep(0.01)
            yield

    start(first(), "first", finished=lambda: ended.append("first"))
    first_on.wait(10)
    start(second(), "second", finished=lambda: ended.append("second"))
    qtbot.waitUntil(lambda: len(ended) == 2)
    qtbot.waitUntil(lambda: warnings.showwarning is before[0])
    assert list(warnings.filters) == before[1]


def test_the_window_gets_its_turn_soon_while_a_worker_runs(qtbot: Any) -> None:
    before = sys.getswitchinterval()
    seen: list[float] = []

    def look() -> Task[Any, None]:
        seen.append(sys.getswitchinterval())
        yield

    start(look(), "look")
    qtbot.wait_for_workers()
    assert seen[0] < 0.001 <= before
    qtbot.waitUntil(lambda: sys.getswitchinterval() == before)


def test_all_objects_are_not_looked_through_while_a_worker_runs(qtbot: Any) -> None:
    before = gc.get_threshold()
    seen: list[tuple[int, ...]] = []

    def look() -> Task[Any, None]:
        seen.append(gc.get_threshold())
        yield

    start(look(), "look")
    qtbot.wait_for_workers()
    assert seen[0][:2] == before[:2]
    assert seen[0][2] > 1_000 * before[2]
    qtbot.waitUntil(lambda: gc.get_threshold() == before)


def test_objects_are_left_out_of_collections_after_a_worker_until_layers_go(
    qtbot: Any,
) -> None:
    INTERPRETER.thaw()
    gc.collect()
    work(qtbot)
    left_out = gc.get_freeze_count()
    assert left_out > 0
    work(qtbot)
    assert gc.get_freeze_count() <= left_out  # it loaded no code
    INTERPRETER.thaw()
    assert gc.get_freeze_count() == 0
    work(qtbot)
    assert gc.get_freeze_count() == 0  # what went with a layer is not collected yet


def work(qtbot: Any) -> None:
    def count() -> Task[Any, None]:
        yield Progress("Counting", 1, 1)

    start(count(), "count")
    qtbot.wait_for_workers()
