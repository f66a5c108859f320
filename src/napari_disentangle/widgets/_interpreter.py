"""What all threads share of Python, set for workers and given back once none runs."""

from __future__ import annotations

import gc
import sys
import threading
import warnings
from typing import Any

_OLDEST = 2  # generation of the objects that survived
_MANY_MODULES = 50  # some 10,000 objects, looked through in some milliseconds

TURN_S = 0.0005
"""How long a worker may keep Python from the window, once that asks for it.

Drawing a window takes Python back after each of some hundred calls of OpenGL; with
Python's own 5 ms a worker that computes in Python made each picture 0.2 s late.
"""

NEVER = 1_000_000_000
"""Turns after which all objects are looked through for circles that nothing refers to.

With napari and torch there are some 600,000 of them, and looking holds Python for 0.3 s
in whichever thread it is due. New objects are looked through as ever.
"""


class Interpreter:
    """To be entered by each worker while it runs.

    Each worker catches warnings while it runs and then restores what it found, which
    for the second of two is the first one's own; Python has one place for all threads.

    After a worker that loaded code, which is most of all objects, those there are then
    are left out of later collections until `thaw`: else the one that is due then holds
    the window. Other workers change nothing, so that what they leave is collected.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workers = 0
        self._warnings: tuple[Any, Any] = (warnings.showwarning, warnings.filters)
        self._turn_s = sys.getswitchinterval()
        self._collection = gc.get_threshold()
        self._n_modules = 0  # when objects were left out
        self._thawed = -1  # full collections until then

    def __enter__(self) -> None:
        with self._lock:
            if self._workers == 0:
                self._warnings = warnings.showwarning, warnings.filters
                self._turn_s = sys.getswitchinterval()
                self._collection = gc.get_threshold()
                sys.setswitchinterval(min(TURN_S, self._turn_s))
                gc.set_threshold(*self._collection[:2], NEVER)
            self._workers += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._workers -= 1
            if self._workers == 0:
                warnings.showwarning, warnings.filters = self._warnings
                sys.setswitchinterval(self._turn_s)
                gc.set_threshold(*self._collection)
                self._freeze()

    def _freeze(self) -> None:
        """Leave objects out, once what a removed layer left has been collected."""
        loaded = len(sys.modules) - self._n_modules
        if loaded >= _MANY_MODULES and _full_collections() > self._thawed:
            gc.freeze()
            self._n_modules = len(sys.modules)

    def thaw(self) -> None:
        """Let all objects be collected; to be called when layers or docks go."""
        with self._lock:
            gc.unfreeze()
            self._n_modules = 0
            self._thawed = _full_collections()


def _full_collections() -> int:
    return int(gc.get_stats()[_OLDEST]["collections"])
