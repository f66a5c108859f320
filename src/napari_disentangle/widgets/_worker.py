"""The one thread boundary: tasks run on a worker thread, their events come back.

Three traps are closed here. Qt's generator worker takes a `RuntimeError`, so every
torch error, for a deleted worker and reports nothing; it re-raises errors in a slot,
which aborts PyQt6, unless `errored` is connected; and two workers at once leave Python
to show every later warning through a worker that is gone, which raises (see
`Interpreter`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from napari.qt.threading import GeneratorWorker, create_worker
from napari.utils.notifications import show_error

from napari_disentangle.errors import DisentangleError, TaskError
from napari_disentangle.places import keep_cache_in
from napari_disentangle.widgets._interpreter import Interpreter
from napari_disentangle.widgets._opengl import keep_triton_out
from napari_disentangle.widgets._settings import preference
from napari_disentangle.widgets._torch_libraries import load_torch_ahead

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.tasks import Task

E = TypeVar("E")
R = TypeVar("R")


INTERPRETER = Interpreter()
"""Entered by all workers; docks thaw it when they or layers go."""


class _ClosingWorker(GeneratorWorker):  # type: ignore[misc]
    """Closes its task at once when it is cancelled, so that `finally` is not late.

    Qt's worker only stops asking for events; a task that has a process running would
    keep it until Python happens to collect the generator.
    """

    def run(self) -> None:
        with INTERPRETER:
            super().run()

    def work(self) -> Any:
        try:
            return super().work()
        finally:
            self._gen.close()


def start(task: Task[E, R], name: str, **connect: Callable[..., object]) -> Any:
    """Run `task` on a worker thread and return the worker; call its `quit` to cancel.

    Parameters
    ----------
    task : Task
        The work.
    name : str
        What napari calls it when it is closed meanwhile.
    **connect : callable
        Slots by signal: yielded, returned, errored, aborted, finished, paused, resumed.
        They run in the calling thread. `errored` gets a `TaskError` for a
        `RuntimeError` of the task.
    """

    def guarded() -> Task[E, R]:
        try:
            return (yield from task)
        except RuntimeError as error:
            raise TaskError(_one_line(error)) from error

    keep_triton_out()
    load_torch_ahead()
    keep_cache_in(preference("cache_folder", ""))
    guarded.__name__ = guarded.__qualname__ = name
    connect.setdefault("errored", report)
    return create_worker(
        guarded,
        _connect=connect,
        _start_thread=True,
        _ignore_errors=True,
        _worker_class=_ClosingWorker,
    )


def guard(slot: Callable[..., object], *args: Any) -> bool:
    """Call `slot`; show what it raises for the user as a notification.

    Returns
    -------
    bool
        Whether the call went through.
    """
    try:
        slot(*args)
    except DisentangleError as error:
        report(error)
        return False
    return True


def report(error: Exception) -> None:
    """Show `error` as one sentence; what is not ours also says its kind."""
    if isinstance(error, DisentangleError):
        show_error(str(error))
    else:
        show_error(f"{type(error).__name__}: {_one_line(error)}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
