"""The bar of a task in napari's own activity dock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from napari.utils import progress

from napari_disentangle.widgets._soon import Soon

if TYPE_CHECKING:
    from collections.abc import Callable

_BAR_S = 0.1  # between two moves of a bar, which handles other events


class NapariBar:
    """A bar that opens and moves in turns of its own.

    napari's bars handle other events while they open and move, so that the task may
    end, or another begin, before such a call returns.

    Parameters
    ----------
    wanted : callable
        Returns the number of the task whose bar shall be open, 0 for none.
    """

    def __init__(self, wanted: Callable[[], int]) -> None:
        self._wanted = wanted
        self._name = ""
        self._event: Any = None
        self._bar: progress | None = None
        self._is_moving = False
        self._moved = 0.0
        self._open_soon = Soon(self._open)  # a short task needs none
        self._move_soon = Soon(self._move)  # not in the turn that shows an event

    def open(self, name: str) -> None:
        """Show a bar of the task `name` in a later turn."""
        self._name = name
        self._open_soon()

    def move(self, event: Any) -> None:
        """Show how far the task is, in a later turn."""
        self._event = event
        self._move_soon()

    def close(self) -> None:
        """Show no bar."""
        self._open_soon.stop()
        self._move_soon.stop()
        self._event = None
        bar, self._bar = self._bar, None
        if bar is not None and not self._is_moving:
            bar.close()

    def _open(self) -> None:
        number = self._wanted()
        bar = progress(total=0, desc=self._name)
        if number and self._wanted() == number:
            self._bar = bar
        else:
            bar.close()

    def _move(self) -> None:
        bar, event, now = self._bar, self._event, time.monotonic()
        if bar is None or self._is_moving or now - self._moved < _BAR_S:
            return
        self._moved = now
        total = int(getattr(event, "total", 0))
        done = int(getattr(event, "done", getattr(event, "step", 0)))
        self._is_moving = True
        try:
            if bar.total != total:
                bar.total = total
            bar.update(done - bar.n)
        finally:
            self._is_moving = False
            if self._bar is not bar:
                bar.close()
