from __future__ import annotations

from typing import TYPE_CHECKING, Any

from napari_disentangle.errors import TaskError
from napari_disentangle.tasks import Progress
from napari_disentangle.widgets._worker import start

if TYPE_CHECKING:
    from napari_disentangle.tasks import Task


def fail(error: Exception) -> Task[Any, int]:
    yield Progress("Failing", 1, 2)
    raise error


def test_a_runtime_error_becomes_a_task_error(qtbot: Any) -> None:
    seen: list[Exception] = []
    start(fail(RuntimeError("boom")), "fail", errored=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], TaskError)
    assert not isinstance(seen[0], RuntimeError)
