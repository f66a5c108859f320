from __future__ import annotations

import pytest

from napari_disentangle.tasks import Progress, Task, run


def count(n: int) -> Task[Progress, str]:
    for i in range(n):
        yield Progress("counting", i + 1, n)
    return f"{n} done"


def twice(n: int) -> Task[Progress, tuple[str, str]]:
    first = yield from count(n)
    second = yield from count(n)
    return first, second


def test_run_returns_the_result_of_the_generator() -> None:
    assert run(count(3)) == "3 done"


def test_run_passes_every_event_in_order() -> None:
    seen: list[int] = []
    run(twice(2), lambda event: seen.append(event.done))
    assert seen == [1, 2, 1, 2]


def test_composed_tasks_return_both_results() -> None:
    assert run(twice(1)) == ("1 done", "1 done")


def test_an_error_inside_a_task_reaches_the_caller() -> None:
    def broken() -> Task[Progress, None]:
        yield Progress("about to fail", 0, 1)
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        run(broken())
