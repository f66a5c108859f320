"""Checkpoints of a training while it goes."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from napari_disentangle.storage.checkpoint import Checkpoint
    from napari_disentangle.tasks import Task

E = TypeVar("E")
R = TypeVar("R")

_KEEP_S = 3.0


def iter_keep(
    task: Task[E, R],
    taken: Callable[[], Checkpoint],
    write: Callable[[Checkpoint], None],
    *,
    every_s: float = _KEEP_S,
) -> Task[E, R]:
    """Pass events on; write a checkpoint every few seconds and at any end.

    Parameters
    ----------
    task : Task
        A training, which yields an event an epoch.
    taken : callable
        Returns a copy of where the training stands, called after each event: an
        interrupt may come within the next epoch.
    write : callable
        Keeps a checkpoint.
    every_s : float
        Seconds between two checkpoints, which is what a kill can cost.
    """
    latest: Checkpoint | None = None
    written = monotonic()
    try:
        while True:
            try:
                event = next(task)
            except StopIteration as stop:
                result: R = stop.value
                return result
            latest = taken()
            if monotonic() - written > every_s:
                write(latest)
                latest, written = None, monotonic()
            yield event
    finally:
        if latest is not None:
            write(latest)
