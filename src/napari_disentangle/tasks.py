"""Long work as a generator of events that returns its result.

A caller decides what an event means: a widget shows it, the command line prints it, a
notebook ignores it. Stop asking for events and the work stops.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

E = TypeVar("E")
R = TypeVar("R")

Task: TypeAlias = Generator[E, None, R]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage of a task has come.

    Attributes
    ----------
    stage : str
        What is being done, a few words ("Encoding cells").
    done, total : int
        Finished and expected units of work, ``0 <= done <= total``.
    """

    stage: str
    done: int
    total: int


def run(task: Task[E, R], on_event: Callable[[E], object] | None = None) -> R:
    """Exhaust `task`, pass each event to `on_event`, and return the task's result."""
    while True:
        try:
            event = next(task)
        except StopIteration as stop:
            result: R = stop.value
            return result
        if on_event is not None:
            on_event(event)
