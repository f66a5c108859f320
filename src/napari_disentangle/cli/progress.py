"""Events of a task as lines on stderr; results alone go to stdout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

from napari_disentangle.tasks import Progress, run

if TYPE_CHECKING:
    from napari_disentangle.tasks import Task

E = TypeVar("E")
R = TypeVar("R")

_STEPS = 10  # lines a stage in a log file


def follow(task: Task[E, R]) -> R:
    """Run `task` to its end, telling its progress on stderr, and return its result."""
    return run(task, _Reporter().show)


class _Reporter:
    """Shows each stage: one rewritten line on a terminal, some lines in a log."""

    def __init__(self) -> None:
        self._shown = ("", -1)

    def show(self, event: object) -> None:
        if isinstance(event, Progress):
            self._show_progress(event)
        else:
            self._write(f"{event}\n")

    def _show_progress(self, event: Progress) -> None:
        total = max(event.total, 1)
        step = event.done * _STEPS // total
        finished = event.done >= total
        if sys.stderr.isatty():
            end = "\n" if finished else ""
            self._write(f"\r{event.stage}: {event.done}/{total}{end}")
        elif (event.stage, step) != self._shown:
            self._write(f"{event.stage}: {event.done}/{total}\n")
        self._shown = (event.stage, step)

    @staticmethod
    def _write(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
