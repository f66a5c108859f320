"""Calls that wait for a turn of the event loop of their own.

What a change of the session entails is a little work in each dock. All of it in one
turn would hold the window; a turn each lets it answer in between. Timers would not do:
those that are due together are served together.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from qtpy.QtCore import QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from qtpy.QtCore import QObject


_BREATH_MS = 10
"""Between two turns, long enough for Qt to draw what the first one changed."""


class Soon:
    """A call that is made in a moment, once for all wishes until then.

    Parameters
    ----------
    call : callable
        Made in the GUI thread.
    parent : QObject, optional
        After this is deleted no call is made, also none that is wished later.
    """

    def __init__(
        self, call: Callable[[], object], parent: QObject | None = None
    ) -> None:
        self._call = call
        self._is_over = False
        if parent is not None:
            parent.destroyed.connect(self._end)

    @property
    def due(self) -> bool:
        """Whether a call waits."""
        return self in _TURNS.waiting

    def __call__(self) -> None:
        if not self._is_over and not self.due:
            _TURNS.add(self)

    def flush(self) -> None:
        """Make a call that waits at once."""
        if self.due:
            self.stop()
            self.make()

    def stop(self) -> None:
        """Forget a call that waits."""
        if self.due:
            _TURNS.waiting.remove(self)

    def make(self) -> None:
        """Make the call now."""
        self._call()

    def _end(self) -> None:
        self._is_over = True
        self.stop()


class _Turns:
    """Who waits, first come first served: one a turn."""

    def __init__(self) -> None:
        self.waiting: deque[Soon] = deque()
        self._called = False

    def add(self, soon: Soon) -> None:
        self.waiting.append(soon)
        self._go_on()

    def _go_on(self) -> None:
        if self.waiting and not self._called:
            self._called = True
            QTimer.singleShot(_BREATH_MS, self._serve)

    def _serve(self) -> None:
        self._called = False
        try:
            if self.waiting:
                self.waiting.popleft().make()
        finally:
            self._go_on()


_TURNS = _Turns()
