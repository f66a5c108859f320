"""The one running task of a dock, and how its result is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from psygnal import Signal

from napari_disentangle.errors import DisentangleError
from napari_disentangle.widgets._napari_bar import NapariBar
from napari_disentangle.widgets._soon import Soon
from napari_disentangle.widgets._worker import guard, report, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from napari_disentangle.tasks import Task

E = TypeVar("E")
R = TypeVar("R")


class Jobs:
    """At most one running task of a dock; a new one replaces the old.

    Every start gets a new number, and whatever an older worker still sends is dropped.
    The signals are emitted in the GUI thread: `started` with the name, `progressed`
    with each event, `held` whenever the task is paused or goes on, `failed` with the
    error and `finished` with "done", "cancelled" or "failed". It is no Qt object, so it
    outlives its dock and can tell a late worker that nobody listens.
    """

    started = Signal(str)
    progressed = Signal(object)
    held = Signal(bool)
    failed = Signal(object)
    finished = Signal(str)

    def __init__(self) -> None:
        self._worker: Any = None
        self._number = 0
        self._name = ""
        self._bar = NapariBar(lambda: self._number if self.running else 0)
        self._on_result: Callable[[Any], object] | None = None
        self._steps: Callable[[Any], Iterator[None]] | None = None
        self._showing: Iterator[None] | None = None
        self._step_soon = Soon(self._step)
        self._paused = False

    @property
    def running(self) -> bool:
        return self._worker is not None

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def name(self) -> str:
        return self._name

    def run(
        self,
        task: Task[E, R],
        name: str,
        on_result: Callable[[R], object] | None = None,
        *,
        steps: Callable[[R], Iterator[None]] | None = None,
        quiet: bool = False,
    ) -> None:
        """Start `task`; `on_result` gets what it returns, unless replaced or cancelled.

        Parameters
        ----------
        task : Task
            The work.
        name : str
            Shown beside the progress bar.
        on_result : callable, optional
            Called in the GUI thread, after the end.
        steps : callable, optional
            Called in the GUI thread; what it returns is gone through a step each turn
            of the event loop, before the end. For results that take long to show.
        quiet : bool
            Leave napari's activity dock alone (for short, frequent work).
        """
        self.cancel()
        self._number += 1
        number = self._number
        self._name = name
        self._on_result = on_result
        self._steps = steps
        self._worker = start(
            task,
            name,
            yielded=lambda event: self._on_yielded(number, event),
            returned=lambda result: self._on_returned(number, result),
            errored=lambda error: self._on_errored(number, error),
            aborted=lambda: self._on_aborted(number),
            paused=lambda: self._on_held(number),
            resumed=lambda: self._on_held(number),
        )
        if not quiet:
            self._bar.open(name)
        self.started.emit(name)

    def cancel(self) -> None:
        """Stop the running task at its next event; its result is dropped.

        A result that is being shown is shown to the end instead.
        """
        while self._showing is not None:
            self._step()
        if self._worker is not None:
            self._worker.quit()
            self._end("cancelled")

    def pause(self) -> None:
        """Hold the running task after its next event, until `go_on`."""
        if self.running and not self._paused:
            self._paused = True
            self._worker.pause()
            self.held.emit(True)

    def go_on(self) -> None:
        """Let a paused task go on."""
        if self._paused:
            self._paused = False
            self._worker.resume()
            self.held.emit(False)

    def abandon(self) -> None:
        """Stop the running task and tell nobody: the dock is going away."""
        if self._worker is not None:
            self._worker.quit()
        self._number += 1
        self._forget()

    def _on_yielded(self, number: int, event: Any) -> None:
        if number != self._number or not self.running:
            return
        self.progressed.emit(event)
        self._bar.move(event)

    def _on_returned(self, number: int, result: Any) -> None:
        if number != self._number or not self.running:
            return
        on_result, steps = self._on_result, self._steps
        if steps is not None:
            self._showing = steps(result)
            self._step()
            return
        self._end("done")
        if on_result is not None:
            guard(on_result, result)

    def _step(self) -> None:
        """Go one step on in showing a result, and leave the next to a later turn."""
        if self._showing is None:
            return
        how = "failed"
        try:
            next(self._showing)
            how = ""
            self._step_soon()
        except StopIteration:
            how = "done"
        except DisentangleError as error:
            report(error)
        finally:
            if how:
                self._end(how)

    def _on_errored(self, number: int, error: Exception) -> None:
        if number == self._number and self.running:
            self.failed.emit(error)
            self._end("failed")
            report(error)

    def _on_held(self, number: int) -> None:
        """Ask again: a worker on its way into a pause, or out of it, hears nothing."""
        if number == self._number and self.running:
            if self._worker.is_paused and not self._paused:
                self._worker.resume()
            elif self._paused and not self._worker.is_paused:
                self._worker.pause()

    def _on_aborted(self, number: int) -> None:
        if number == self._number and self.running:
            self._end("cancelled")

    def _end(self, how: str) -> None:
        self._forget()
        self.finished.emit(how)

    def _forget(self) -> None:
        self._worker = None
        self._paused = False
        self._on_result = self._steps = self._showing = None
        self._step_soon.stop()
        self._bar.close()
